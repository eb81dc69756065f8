import Accounts
import HTTPTypes
import Muster
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite struct HealthTests {
    @Test func `a daemon that serves lives and is ready`() async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            for path in ["/livez", "/readyz", "/healthz"] {
                let answer = try await client.send(.get, path)
                #expect(answer.status == 200)
                #expect(answer.text == "ok\n")
            }
            let head = try await client.send(.head, "/livez")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
        }
    }

    @Test func `a source that is away is degraded, not unready`() async throws {
        var watch = ServerWatch()
        watch.sources = {
            [
                SourceReport(connection: "alder", isWell: false, detail: "The breaker is open."),
                SourceReport(connection: "birch", isWell: true, detail: nil),
            ]
        }
        let daemon = try await Daemon(watch: watch)
        let answer = try await daemon.serve { try await $0.send(.get, "/readyz?verbose") }
        let json = try answer.json()
        #expect(answer.status == 200)
        #expect(json["status"] == "degraded")
        #expect(json["sources"][0]["detail"] == "The breaker is open.")
        #expect(json["sources"][1]["status"] == "ok")
    }

    @Test func `a sync that failed degrades its source, for whoever may know`() async throws {
        let daemon = try await Daemon { $0.isBehindProxy = true }
        daemon.source.script { $0.describeError = .refused(reason: "The token was withdrawn.") }
        _ = await BatchSync(daemon.workshop).run(daemon.connection)
        try await daemon.serve { client async throws in
            let own = try await client.send(.get, "/readyz?verbose", key: .logins).json()
            #expect(own["status"] == "degraded")
            #expect(own["sources"].elements.map { $0["connection"] } == ["alder"])
            #expect(own["sources"][0]["detail"] == "The last sync failed: The token was withdrawn.")
            let foreign = try await client.send(.get, "/readyz?verbose", key: .foreign).json()
            #expect(foreign["sources"].elements.map { $0["connection"] } == ["birch"])
            #expect(foreign["status"] == "ok")
        }
    }

    @Test func `a list that cannot tell who left degrades its source until the next whole one`()
        async throws
    {
        let daemon = try await Daemon()
        daemon.source.script { $0.countTrouble = .unavailable(reason: "It has trouble.") }
        let batch = BatchSync(daemon.workshop)
        #expect(await batch.run(daemon.connection).state == .completed)
        try await daemon.serve { client async throws in
            let short = try await client.send(.get, "/readyz?verbose")
            #expect(short.status == 200)
            #expect(try short.json()["status"] == "degraded")
            let detail = try short.json()["sources"][0]["detail"].text
            let words = "The last sync of everybody cannot tell who left: The MIS did not say"
            #expect(detail?.hasPrefix(words) == true, "\(detail ?? "")")
            daemon.source.script { $0.countTrouble = nil }
            #expect(await batch.run(daemon.connection).state == .completed)
            #expect(try await client.send(.get, "/readyz?verbose").json()["status"] == "ok")
        }
    }

    @Test func `a key file that cannot be used degrades it, and so does a store that is full`()
        async throws
    {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            let well = try await client.send(.get, "/readyz?verbose").json()
            #expect(well["keyFile"] == "ok")
            #expect(well["status"] == "ok")
            try daemon.removeKeyFile()
            let answer = try await client.send(.get, "/readyz?verbose")
            #expect(answer.status == 200)
            #expect(try answer.json()["keyFile"] == "unusable")
            #expect(try answer.json()["status"] == "degraded")
        }
        let full = try await Daemon(access: FullStore())
        let answer = try await full.serve { try await $0.send(.get, "/readyz?verbose") }
        #expect(answer.status == 200)
        #expect(try answer.json()["store"] == "readOnly")
        #expect(try answer.json()["status"] == "degraded")
    }

    @Test func `figures and reasons are for this machine, or for whoever has a key`() async throws {
        var watch = ServerWatch()
        watch.metrics = { Array("muster_up 1\n".utf8) }
        let daemon = try await Daemon(watch: watch) { $0.isBehindProxy = true }
        try await daemon.serve { client async throws in
            #expect(try await client.send(.get, "/metrics").status == 401)
            #expect(try await client.send(.get, "/metrics", key: .logins).status == 403)
            let metrics = try await client.send(.get, "/metrics", key: .admin)
            #expect(metrics.text == "muster_up 1\n")
            #expect(
                metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8"
            )
            #expect(try await client.send(.get, "/readyz").status == 200)
            #expect(try await client.send(.get, "/readyz?verbose").status == 401)
            #expect(try await client.send(.get, "/readyz?verbose", key: .logins).status == 200)
        }
    }

    @Test func `what a proxy on this machine passes on does not come from it`() async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            #expect(try await client.send(.get, "/metrics").status == 200)
            for name in ["X-Forwarded-For", "Forwarded"] {
                var headers: HTTPFields = [:]
                headers[try #require(HTTPField.Name(name))] = "192.0.2.1"
                #expect(try await client.send(.get, "/metrics", headers: headers).status == 401)
            }
        }
    }

    @Test(arguments: ["0.0.0.0", "192.0.2.1", "::", "school.example", ""])
    func `plain HTTP is not served where others can read it`(host: String) async throws {
        var settings = ServerSettings()
        settings.host = host
        #expect(throws: ServerError.plainOutside(host: host)) {
            _ = try Listener(settings: settings, connections: .few).builder()
        }
        settings.isBehindProxy = true
        _ = try Listener(settings: settings, connections: .few).builder()
    }
}

/// A store of keys on a disk that takes no more.
private struct FullStore: AccessStore {
    private static let full = StoreError.full(reason: "The disk is full.")

    func addKey(_ key: AccessKey) async throws(StoreError) { throw Self.full }
    func keys() async throws(StoreError) -> [AccessKey] { [] }
    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? { nil }
    func removeKey(named name: String) async throws(StoreError) -> Bool { throw Self.full }
    func take(
        _ message: Accounts.SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool { throw Self.full }
    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        throw Self.full
    }
    func keyUses() async throws(StoreError) -> [String: Timestamp] { [:] }
    func tryWriting() async throws(StoreError) { throw Self.full }
}
