import Accounts
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import Muster
import MusterTesting
import Roster
import ServiceLifecycle
import Synchronization
import Testing

@testable import MusterServer

/// An operation of the document.
struct Operation: Sendable, Hashable {
    var path: String
    var method: String

    /// The path with values for what it names.
    func path(school: String, account: Int64, run: String, record: String = "W3") -> String {
        path.replacingOccurrences(of: "{school}", with: school)
            .replacingOccurrences(of: "{account}", with: "\(account)")
            .replacingOccurrences(of: "{run}", with: run)
            .replacingOccurrences(of: "{kind}", with: "staff")
            .replacingOccurrences(of: "{record}", with: record)
            .replacingOccurrences(of: "{field}", with: "title")
    }

    /// Whether an administrator's decision is behind it, which syncs must not disturb.
    var isDecision: Bool {
        ["/pins", "/export", "/erasure", "/undo", "/review", "/merges", "/approvals"].contains {
            path.contains($0)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct OpenAPITests {
    private let document: JSONValue

    init() throws {
        document = try JSONDecoder().decode(
            JSONValue.self,
            from: Data(OpenAPIDocument.text.utf8)
        )
    }

    private var operations: Set<Operation> {
        var operations: Set<Operation> = []
        for path in document["paths"].names {
            for method in document["paths"][path].names where method != "parameters" {
                operations.insert(Operation(path: path, method: method.uppercased()))
            }
        }
        return operations
    }

    private func responses(of operation: Operation) -> JSONValue {
        document["paths"][operation.path][operation.method.lowercased()]["responses"]
    }

    @Test func `every address of the server is in the document, and no other`() async throws {
        let daemon = try await Daemon()
        let routes = daemon.server().router.routes.map { route in
            Operation(path: route.path.description, method: route.method.rawValue)
        }
        // The others of an address only say that it does not take them.
        let answered = Set(routes).filter { route in
            operations.contains(route) || ["GET", "POST", "PATCH", "DELETE"].contains(route.method)
        }
        let refused = answered.filter { !operations.contains($0) }
        #expect(operations.subtracting(routes).isEmpty)
        try await daemon.serve { client async throws in
            for route in refused {
                let path = route.path(school: "x", account: 1, run: "1")
                let method = try #require(HTTPRequest.Method(route.method))
                let answer = try await client.send(method, path, key: .all)
                #expect(answer.status == 405, "\(route) is not in the document")
            }
        }
    }

    @Test func `every operation has a name of its own, and every reference leads somewhere`() {
        let names = operations.map {
            document["paths"][$0.path][$0.method.lowercased()]["operationId"].text ?? ""
        }
        #expect(Set(names).count == operations.count)
        var missing: [String] = []
        func look(_ value: JSONValue) {
            if let reference = value["$ref"].text {
                let parts = reference.split(separator: "/").dropFirst().map(String.init)
                if parts.reduce(document, { $0[$1] }) == nil { missing.append(reference) }
            }
            for element in value.elements { look(element) }
            for name in value.names { look(value[name]) }
        }
        look(document)
        #expect(missing.isEmpty)
    }

    @Test func `what the server gives is in the document, and what is there it gives`() async throws
    {
        let daemon = try await Daemon(
            people: [
                .staff(
                    "E1",
                    roles: ["Head"],
                    managers: ["E2"],
                    classes: [
                        ClassMembership(teachingClass: .example("7A"), role: .teacher)
                    ]
                ),
                .staff("E2", forename: "Bela", surname: "Bondar"),
            ]
        )
        try await daemon.syncAll()
        let broken = try await Daemon(access: BrokenAccess())
        let draining = try await Daemon { $0.drain = .seconds(5) }
        let person = try await daemon.account("E1")
        let schema = Mutex(Schema(document))
        let desk = try await Desk()
        try await desk.daemon.serve { deskClient async throws in
            for operation in self.operations where operation.isDecision {
                for status in self.responses(of: operation).names where status != "default" {
                    let answer =
                        status == "503"
                        ? try await broken.serve { client in
                            try await desk.send(operation, status, with: client)
                        } : try await desk.send(operation, status, with: deskClient)
                    #expect(answer.status == Int(status), "\(operation) \(answer.text)")
                    let fault = try schema.withLock { schema in
                        try self.fault(in: answer, of: operation, &schema)
                    }
                    #expect(fault == nil, "\(operation) \(status): \(answer.text)")
                }
            }
        }
        try await daemon.serve { client async throws in
            let begun = try await client.send(
                .post,
                "/v1/schools/\(Daemon.school)/syncs",
                key: .admin
            )
            let run = try #require(try begun.json()["run"].text)
            // Waits for its end.
            _ = try await client.send(.get, "/v1/runs/\(run)/events", key: .admin)
            let probe = Probe(account: person.id.value, run: run) {
                try await daemon.link(for: person)
            }
            for operation in self.operations where !operation.isDecision {
                for status in self.responses(of: operation).names where status != "default" {
                    let answer: Answer
                    switch (status, operation.path) {
                    case ("503", "/readyz"), ("503", "/healthz"):
                        answer = try await draining.run { client, group in
                            await group.triggerGracefulShutdown()
                            try await draining.clock.sleepers(atLeast: 1)
                            let answer = try await client.send(.get, operation.path + "?verbose")
                            draining.clock.advance(by: .seconds(5))
                            return answer
                        }
                    case ("503", _):
                        answer = try await broken.serve { client in
                            try await probe.send(operation, "200", with: client)
                        }
                    default: answer = try await probe.send(operation, status, with: client)
                    }
                    #expect(answer.status == Int(status), "\(operation) \(answer.text)")
                    let fault = try schema.withLock { schema in
                        try self.fault(in: answer, of: operation, &schema)
                    }
                    #expect(fault == nil, "\(operation) \(status): \(answer.text)")
                }
            }
        }
        let progress = Mutex<SyncProgress?>(nil)
        _ = await BatchSync(daemon.workshop).run(daemon.connection) { now in
            progress.withLock { $0 = now }
        }
        try schema.withLock { schema in
            try self.checkMembers(&schema, progress: progress.withLock { $0 })
        }
    }

    /// What is wrong with an answer by the document.
    private func fault(
        in answer: Answer,
        of operation: Operation,
        _ schema: inout Schema
    ) throws -> String? {
        var response = responses(of: operation)["\(answer.status)"]
        if let name = response["$ref"].text?.split(separator: "/").last {
            response = document["components"]["responses"][String(name)]
        }
        let type = answer.headers[.contentType]?.prefix { $0 != ";" } ?? ""
        guard response["content"].names.contains(String(type)) else {
            return "\(type) is not in the document"
        }
        guard type.hasSuffix("json") else { return nil }
        return schema.fault(in: try answer.json(), by: response["content"][String(type)]["schema"])
    }

    /// Every member in the document was there in some answer.
    private func checkMembers(_ schema: inout Schema, progress: SyncProgress?) throws {
        // Two that depend on what has long been so, and one that a run has only while it goes on.
        var result = LoginRefreshResult(.deny, .deferred)
        result.retryAfter = .seconds(5)
        result.isStale = true
        result.changes = [
            HistoryEntry(account: AccountID(1), field: .title, from: nil, to: "Dr", reason: "")
        ]
        var run = LiveRun(RunID(1), .example, SyncOrder(), at: .example)
        run.progress = progress
        var odd = SyncResult(run: RunID(2))
        odd.withdrawn = [WithdrawnField(school: .example, kind: .student, field: .contacts)]
        odd.renumbered = [Renumbering(school: .example, kind: .staff)]
        odd.remarks = [SyncResult.Remark(record: nil, reason: "Somebody should look.")]
        let ended = RunReport(odd, state: nil, from: .example, to: .example)
        for (name, bytes) in [
            ("LoginAnswer", Self.bytes { $0.login(result) }),
            ("Run", Self.bytes { $0.run(RunReport(run)) }),
            ("Run", Self.bytes { $0.run(ended) }),
            ("Account", Self.bytes { $0.account(Self.relative) }),
            ("Pins", Self.bytes { $0.pins([Pin(.surname, against: .value("x"))]) }),
        ] {
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
            let node = document["components"]["schemas"][name]
            #expect(schema.fault(in: value, by: node, named: name) == nil)
        }
        let sent: Set = [
            "Login", "AccountPatch", "PinWish", "Confirmation", "PersonUndo", "AccountName",
            "Ignoring", "Merge", "PlanName", "PasswordCheck", "LinkRequest", "Link", "NewPassword",
            "SyncOrder",
        ]
        for name in document["components"]["schemas"].names.subtracting(sent) {
            let members = document["components"]["schemas"][name]["properties"].names
            #expect(schema.produced[name] == members, "\(name)")
        }
    }

    /// A pupil who is a contact too, so that she has every member.
    private static var relative: AccountSummary {
        let account = Account.named("Niamh", "O'Hara", id: 1)
        let links = [Observation.student("1"), .contact("1")].map { Link.of($0, to: account.id) }
        var summary = AccountSummary(
            account: account,
            lineManager: nil,
            classes: [:],
            links: links
        )
        let relation = Guardianship(contact: .contact("1"), givenBy: nil)
        summary.contacts = [Relative(relation, account: nil, name: nil)]
        summary.students = [Relative(relation, account: account.id, name: "Niamh O'Hara")]
        return summary
    }

    private static func bytes(_ members: (inout JSONObjectWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(members)
        return writer.finish()
    }
}

/// Makes the request to an operation that ends in a given status.
private struct Probe: Sendable {
    let account: Int64
    let run: String
    /// Makes a link to set a password.
    let link: @Sendable () async throws -> String

    func send(
        _ operation: Operation,
        _ status: String,
        with client: Client
    ) async throws -> Answer {
        let isForeign = status == "404"
        var path = operation.path(
            school: isForeign ? Daemon.foreignSchool : Daemon.school,
            account: account,
            run: run
        )
        let isOpen = !path.hasPrefix("/v1/")
        var headers: HTTPFields = [:]
        if isOpen, status == "401" || status == "403" {
            headers[try #require(HTTPField.Name("X-Forwarded-For"))] = "192.0.2.1"
        }
        if path == "/readyz" || path == "/healthz" { path += "?verbose" }
        if status == "400", operation.method == "GET" { path += "?limit=x" }
        if path.hasSuffix("/accounts") { path += "?email=e1@school.example" }
        if status == "415" { headers[.contentType] = "text/xml" }
        let method = try #require(HTTPRequest.Method(operation.method))
        return try await client.send(
            method,
            path,
            key: key(operation, status, isOpen: isOpen),
            headers: headers,
            body: try await body(operation, status)
        )
    }

    private func key(_ operation: Operation, _ status: String, isOpen: Bool) -> Daemon.Key? {
        switch status {
        case "401": nil
        case "403": operation.path.hasSuffix("/syncs") || isOpen ? .logins : wrong(operation)
        // A foreign key for what has no school, and a foreign school for the rest.
        case "404": operation.path.contains("{school}") ? .all : .foreign
        default: isOpen ? nil : .all
        }
    }

    private func wrong(_ operation: Operation) -> Daemon.Key {
        operation.path.contains("logins") || operation.path.contains("runs") ? .accounts : .logins
    }

    private func body(_ operation: Operation, _ status: String) async throws -> String? {
        guard ["POST", "PATCH"].contains(operation.method) else { return nil }
        switch status {
        case "400": return "{"
        case "409": return #"{"email":"e2@school.example"}"#
        case "413": return "\"\(String(repeating: "a", count: 70_000))\""
        case "422" where operation.path.contains("/passwords"): return #"{"token":"none"}"#
        case "422": return #"{"email":"no address"}"#
        default:
            if operation.path.hasSuffix("/syncs") { return nil }
            if operation.path.contains("/passwords") { return try await ask(operation) }
            return operation.path.hasSuffix("/logins")
                ? #"{"email":"e1@school.example"}"# : #"{"title":"Dr"}"#
        }
    }
}

extension Probe {
    /// The body of a request about a password that is granted.
    private func ask(_ operation: Operation) async throws -> String {
        switch operation.path.split(separator: "/").last {
        case "verify": #"{"email":"e1@school.example","password":"wrong"}"#
        case "requests": #"{"email":"e1@school.example"}"#
        case "links": #"{"token":"\#(try await link())"}"#
        default: #"{"token":"\#(try await link())","password":"heron lantern copper meadow"}"#
        }
    }
}

/// A store of keys that cannot be read.
private struct BrokenAccess: AccessStore {
    func addKey(_ key: AccessKey) async throws(StoreError) {}
    func keys() async throws(StoreError) -> [AccessKey] { throw .busy }
    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? { throw .busy }
    func removeKey(named name: String) async throws(StoreError) -> Bool { false }
    func take(
        _ message: Accounts.SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool { throw .busy }
    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) { throw .busy }
    func keyUses() async throws(StoreError) -> [String: Timestamp] { throw .busy }
    func tryWriting() async throws(StoreError) { throw .busy }
}
