import Accounts
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Muster
import MusterTesting
import NIOCore
import Passwords
import Roster
import Sealing
import ServiceLifecycle
import Testing

@testable import MusterServer

/// A daemon in this process with two tenants, a school each, and keys of every kind.
final class Daemon: Sendable {
    /// The keys of the tenant `default`, by what they may do, and one of the other tenant.
    enum Key: String, CaseIterable {
        case logins, accounts, admin, all, narrow, expired, foreign
    }

    static let school = SchoolDescription.example.id
    static let foreignSchool = "A2000000002"
    static let secretText = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    static let other = TenantID("other")

    /// The least that a hash may cost: what is tested is not its strength.
    static let cheap = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1) ?? .standard

    let clock = ManualClock()
    let source: ScriptedSource
    let store = MemoryStore()
    let connection: Connection
    let workshop: Workshop
    let login: LoginRefresh
    let listening = Watched<String?>(nil)
    let syncs = Watched(0)
    private let folder: String
    private let keyFile: KeyFile
    private let settings: ServerSettings
    private let watch: ServerWatch
    private let access: any AccessStore
    private let logger: Logger
    /// Where the pages for people are; nil: there are none.
    let pages: PageURL?

    /// A daemon whose tenant `default` has `people` at its school.
    init(
        people: [Observation] = [.staff("E1"), .staff("E2", forename: "Bela", surname: "Bondar")],
        login: LoginSettings = LoginSettings(),
        watch: ServerWatch = ServerWatch(),
        access: (any AccessStore)? = nil,
        logger: Logger? = nil,
        pages: PageURL? = nil,
        settings: (inout ServerSettings) -> Void = { _ in }
    ) async throws {
        source = ScriptedSource(clock: clock)
        for person in people { source.put(person) }
        connection = try await store.addConnection(.example()) { _ in [] }
        let foreign = SchoolDescription(id: Self.foreignSchool, name: "Birch", timeZone: nil)
        _ = try await store.addConnection(
            .example("birch", schools: [foreign], tenant: Self.other)
        ) { _ in [] }
        workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
        self.login = LoginRefresh(workshop, settings: login)
        folder = NSTemporaryDirectory() + "/muster-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        keyFile = KeyFile(path: folder + "/key")
        var chosen = ServerSettings()
        chosen.port = 0
        settings(&chosen)
        self.settings = chosen
        self.watch = watch
        self.access = access ?? store
        self.logger = logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.pages = pages
        try await addKeys()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func addKeys() async throws {
        for key in Key.allCases {
            let scopes: Set<AccessScope> =
                switch key {
                case .logins: [.logins]
                case .accounts: [.accounts]
                case .admin: [.admin]
                case .all, .narrow, .expired, .foreign: Set(AccessScope.allCases)
                }
            var kept = AccessKey(
                name: key.rawValue,
                tenant: key == .foreign ? Self.other : .standard,
                scopes: scopes,
                createdAt: .example,
                proof: .bearer(digest: BearerKey.digest(of: key.rawValue))
            )
            if key == .narrow { kept.fields = ["forename"] }
            if key == .expired { kept.expiresAt = .example }
            try await store.addKey(kept)
        }
        try await addSigner("signer", secret: Self.secretText)
    }

    /// Adds a key that signs.
    func addSigner(
        _ name: String,
        of tenant: TenantID = .standard,
        secret: String,
        scopes: Set<AccessScope> = [.logins]
    ) async throws {
        let sealed = try keyFile.sealMakingKey()
            .seal(Secret(secret), tenant: tenant, keyName: name)
        try await store.addKey(
            AccessKey(
                name: name,
                tenant: tenant,
                scopes: scopes,
                createdAt: .example,
                proof: .signature(sealed: sealed)
            )
        )
    }

    /// A new link with which somebody can set a password.
    func link(for account: Account) async throws -> String {
        let token = Token()
        let now = clock.now()
        let mail = OutboxMail(
            id: "mail-\(token.digest.map(String.init).joined())",
            tenant: account.tenant,
            account: account.id,
            kind: .reset,
            address: try #require(account.email),
            writtenAt: now
        )
        let isMade = try await store.issue(
            PasswordToken(
                digest: token.digest,
                account: account.id,
                purpose: .reset,
                issuedAt: now,
                expiresAt: now.advanced(by: .seconds(3600))
            ),
            in: mail
        )
        try #require(isMade)
        return token.revealed()
    }

    /// Takes the key of what is sealed away.
    func removeKeyFile() throws { try FileManager.default.removeItem(atPath: keyFile.path) }

    /// Brings the tenant's accounts up to date, as a sync before the tests' own.
    func syncAll() async throws {
        let result = await BatchSync(workshop).run(connection)
        try #require(result.state == .completed, "\(result.trouble ?? "")")
    }

    /// The account behind a member of staff.
    func account(_ id: String) async throws -> Account {
        let person = try await store.person(
            .sourceID(id),
            in: .example,
            of: .standard,
            formerSince: clock.now()
        )
        return try #require(person?.account)
    }

    /// The daemon, not running yet.
    func server() -> MusterServer {
        var parts = MusterServer.Parts(
            workshop: workshop,
            access: access,
            login: login,
            passwords: PasswordDesk(
                store: store,
                workshop: workshop,
                login: login,
                hasher: PasswordHasher(cost: Self.cheap)
            ),
            keyFile: keyFile,
            logger: logger
        ) { [workshop, syncs] connection, order, run, progress in
            syncs.update { $0 += 1 }
            return await BatchSync(workshop)
                .run(connection, by: order, as: run, progress: progress)
        }
        parts.watch = watch
        parts.pages = pages
        parts.onListening = { [listening] address in listening.update { $0 = address } }
        return MusterServer(parts, settings: settings)
    }

    /// Runs the daemon while `body` asks it, then stops it gracefully.
    func serve<Value: Sendable>(
        _ body: @escaping @Sendable (Client) async throws -> Value
    ) async throws -> Value {
        try await run { client, _ in try await body(client) }
    }

    /// Runs the daemon while `body` asks it; `body` may stop it itself.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Client, ServiceGroup) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server()], logger: logger)
        )
        listening.update { $0 = nil }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // A daemon that cannot begin must not leave the test waiting.
            let listening = listening
            tasks.addTask { try await listening.wait { $0 != nil } }
            try await tasks.next()
            let address = try #require(listening.value)
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            let value = try await body(Client(port: port), group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }
}
