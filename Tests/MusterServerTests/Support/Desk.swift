import Accounts
import Foundation
import HTTPTypes
import Muster
import MusterTesting
import Roster
import Testing

@testable import MusterServer

/// A daemon at which an administrator has much to decide, and requests that end in each status.
struct Desk: Sendable {
    let daemon: Daemon
    private let ids: [String: Int64]
    /// A sync that made more accounts than may be suspended without a word.
    let first: String
    /// A sync that changed nobody.
    let second: String
    /// What a preview left to a person.
    let planName: String
    /// An account that no run ever changed.
    static let untouched: Int64 = 900

    init() async throws {
        var people = (1...10).map { number in
            Observation.staff(
                "E\(number)",
                surname: "S\(number)",
                email: "e\(number)@school.example"
            )
        }
        // Two state an address that somebody has, and two share one of their own.
        for (id, email) in [("W1", "e7"), ("W4", "e7"), ("W2", "w"), ("W3", "w")] {
            people.append(.staff(id, surname: id, email: "\(email)@school.example"))
        }
        daemon = try await Daemon(people: people.filter { !$0.key.id.hasPrefix("W") })
        first = String(await BatchSync(daemon.workshop).run(daemon.connection).run.value)
        for person in people { daemon.source.put(person) }
        second = String(await BatchSync(daemon.workshop).run(daemon.connection).run.value)
        daemon.source.change(.staff("E10")) { $0.title = .value("Dr") }
        let preview = await BatchSync(daemon.workshop).run(daemon.connection, isPreview: true)
        planName = preview.plan?.text ?? "none"
        var ids: [String: Int64] = [:]
        for number in 1...7 {
            ids["E\(number)"] = try await daemon.account("E\(number)").id.value
        }
        self.ids = ids
        var changes = ChangeSet(
            tenant: .standard,
            run: nil,
            cause: .administrator,
            at: daemon.clock.now()
        )
        let account = Account(id: AccountID(Self.untouched), tenant: .standard)
        changes.accounts = [AccountWrite(after: account, before: nil)]
        try await daemon.store.apply(changes)
    }

    func id(_ name: String) -> Int64 { ids[name] ?? 0 }

    /// Sends the request to `operation` that ends in `status`.
    func send(
        _ operation: Operation,
        _ status: String,
        with client: Client
    ) async throws -> Answer {
        var path = operation.path(
            school: status == "404" ? Daemon.foreignSchool : Daemon.school,
            account: account(operation, status),
            run: operation.path.hasSuffix("/undo") && status == "409" ? first : second,
            record: record(operation, status)
        )
        if status == "400", operation.method == "GET" { path += "?limit=x" }
        let key: Daemon.Key? =
            switch status {
            case "401": nil
            case "403": .accounts
            case "404": operation.path.contains("{school}") ? .all : .foreign
            default: .all
            }
        if operation.method == "DELETE", status == "200" {
            // There must be something to lift.
            let whole = path.replacing("/pins/title", with: "/pins")
            let body = path.contains("/ignore") ? #"{"because":"x"}"# : #"{"field":"title"}"#
            #expect(try await client.send(.post, whole, key: .all, body: body).status == 200)
        }
        let method = try #require(HTTPRequest.Method(operation.method))
        return try await client.send(
            method,
            path,
            key: key,
            headers: status == "415" ? [.contentType: "text/xml"] : [:],
            body: operation.method == "POST" ? body(operation, status) : nil
        )
    }

    private func account(_ operation: Operation, _ status: String) -> Int64 {
        switch (operation.path.split(separator: "/").last, status) {
        case ("erasure", "200"): id(operation.path.contains("{school}") ? "E3" : "E4")
        case ("undo", "409"): Self.untouched
        default: id("E1")
        }
    }

    private func record(_ operation: Operation, _ status: String) -> String {
        switch (operation.path.split(separator: "/").last, status) {
        case ("link", _): "W1"
        case ("create", "422"): "W4"
        case ("create", _): "W2"
        default: "W3"
        }
    }

    private func body(_ operation: Operation, _ status: String) -> String? {
        let name = operation.path.split(separator: "/").last ?? ""
        switch status {
        case _ where name == "create": return nil
        case "400": return "{"
        case "413": return "\"\(String(repeating: "a", count: 70_000))\""
        default: break
        }
        let isRefused = status == "422"
        switch name {
        case "pins": return #"{"field":"title"\#(isRefused ? #","until":"2020-01-01""# : "")}"#
        case "erasure": return #"{"confirm":\#(status != "409")}"#
        case "undo" where operation.path.contains("{run}"): return status == "409" ? nil : "{}"
        case "undo" where status == "409": return nil
        case "undo": return #"{"run":"\#(isRefused ? "1" : second)"}"#
        case "link": return #"{"account":"\#(isRefused ? 1 : id("E7"))"}"#
        case "ignore":
            return #"{"because":"x"\#(isRefused ? #","until":"2020-01-01""# : "")}"#
        case "merges":
            return
                #"{"from":"\#(isRefused ? 1 : id("E5"))","into":"\#(id("E6"))","samePerson":true}"#
        default: return #"{"plan":"\#(isRefused ? "x" : planName)"}"#
        }
    }
}
