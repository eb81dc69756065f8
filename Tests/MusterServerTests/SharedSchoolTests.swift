import Accounts
import Credentials
import Foundation
import HTTPTypes
import Logging
import Muster
import MusterTesting
import Passwords
import Roster
import Sealing
import ServiceLifecycle
import Testing

@testable import MusterServer

/// Two customers connect one school: the pages of its address are for the people of both.
@Suite(.timeLimit(.minutes(3))) struct `A school of two tenants` {
    private let daemon: Daemon
    private let account: Account

    init() async throws {
        daemon = try await Daemon()
        try await daemon.syncAll()
        _ = try await daemon.store.addConnection(
            .example("second", schools: [.example], tenant: Daemon.other)
        ) { _ in [] }
        var account = Account(id: AccountID(900), tenant: Daemon.other)
        account.email = "e1@school.example"
        var changes = ChangeSet(
            tenant: Daemon.other,
            run: nil,
            cause: .administrator,
            at: daemon.clock.now()
        )
        changes.accounts = [AccountWrite(after: account, before: nil)]
        try await daemon.store.apply(changes)
        self.account = account
    }

    @Test func `a link of the younger tenant sets the password of its account`() async throws {
        let link = try await daemon.link(for: account)
        try await serve { client in
            let path = "/password/new/\(Daemon.school)"
            let headers: HTTPFields = [.cookie: "muster_link=\(link)"]
            let page = try await client.send(.get, path, headers: headers)
            #expect(page.status == 200 && page.text.contains("e1@school.example"))
            let answer = try await client.send(
                .post,
                path,
                headers: headers,
                body: Self.form(
                    proof: FormSecret(link)?.proof,
                    "password=heron+lantern+copper+meadow&again=heron+lantern+copper+meadow"
                )
            )
            #expect(answer.status == 200)
        }
        #expect(try await daemon.store.password(of: account.id) != nil)
        let older = try await daemon.account("E1")
        #expect(try await daemon.store.password(of: older.id) == nil)
    }

    @Test func `a request for a link is one at each tenant`() async throws {
        try await serve { client in
            let secret = FormSecret()
            let answer = try await client.send(
                .post,
                "/password/forgot/\(Daemon.school)",
                headers: [.cookie: "\(FormSecret.cookie)=\(secret.text)"],
                body: Self.form(proof: secret.proof, "email=e1%40school.example")
            )
            #expect(answer.status == 202)
        }
        let tenants = try await daemon.store.requests(limit: 10).map(\.tenant)
        #expect(Set(tenants) == [.standard, Daemon.other] && tenants.count == 2)
    }

    private static func form(proof: String?, _ fields: String) -> String {
        "form=\(proof ?? "")&\(fields)"
    }

    /// Runs a daemon that has pages.
    private func serve(
        _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var parts = MusterServer.Parts(
            workshop: daemon.workshop,
            access: daemon.store,
            login: daemon.login,
            passwords: PasswordDesk(
                store: daemon.store,
                workshop: daemon.workshop,
                login: daemon.login,
                hasher: PasswordHasher(cost: Daemon.cheap)
            ),
            keyFile: KeyFile(path: NSTemporaryDirectory() + "muster-no-key-\(UUID().uuidString)"),
            logger: logger
        ) { [workshop = daemon.workshop] connection, order, run, progress in
            await BatchSync(workshop).run(connection, by: order, as: run, progress: progress)
        }
        parts.pages = PageURL("https://accounts.school.example")
        let listening = Watched<String?>(nil)
        parts.onListening = { address in listening.update { $0 = address } }
        var settings = ServerSettings()
        settings.port = 0
        let server = MusterServer(parts, settings: settings)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: logger)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // A daemon that cannot begin must not leave the test waiting.
            tasks.addTask { try await listening.wait { $0 != nil } }
            try await tasks.next()
            let address = try #require(listening.value)
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            try await body(Client(port: port))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
