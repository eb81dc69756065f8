import Accounts
import Credentials
import Foundation
import Muster
import MusterTesting
import Roster
import Sealing

@testable import Passwords

/// A school whose people set passwords, over a memory store.
final class SignInOffice: Sendable {
    let clock = ManualClock()
    let source: ScriptedSource
    let store = MemoryStore()
    let workshop: Workshop
    let login: LoginRefresh
    let desk: PasswordDesk
    let clerk: ResetClerk
    let invitations: Invitations
    let seal: SecretSeal
    private let folder: URL

    static let password = "heron lantern copper meadow"

    /// An office with the people `1` to `count`, who are `pN@school.example`, synced.
    init(people count: Int = 3) async throws {
        source = ScriptedSource(pageSize: 50, clock: clock)
        source.script { $0.schools = [.example] }
        _ = try await store.addConnection(.example(schools: [.example], people: [.staff])) { _ in []
        }
        workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
        login = LoginRefresh(workshop)
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("muster-office-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        seal = try KeyFile(path: folder.appendingPathComponent("key").path).sealMakingKey()
        // The cheapest cost that there is: what is tested is not the strength.
        let cost = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1) ?? .standard
        desk = PasswordDesk(
            store: store,
            workshop: workshop,
            login: login,
            hasher: PasswordHasher(cost: cost)
        )
        clerk = ResetClerk(
            store: store,
            workshop: workshop,
            seal: seal,
            settings: PasswordSettings()
        )
        invitations = Invitations(store: store, workshop: workshop, seal: seal)
        for number in 1...count {
            var person = Observation.staff("\(number)", surname: "Name\(number)")
            person.email = .value("p\(number)@school.example")
            source.put(person)
        }
        try await sync()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func school() async throws -> ConnectedSchool {
        let connection = try await store.connections()[0]
        return ConnectedSchool(connection: connection, school: connection.schools[0])
    }

    @discardableResult
    func sync() async throws -> SyncResult {
        var settings = SyncSettings()
        settings.attempts = 1
        return await BatchSync(workshop, settings: settings).run(try await school().connection)
    }

    func setPolicy(_ change: (inout Policy) -> Void) async throws {
        var policy = try await store.policy(of: .standard)
        change(&policy)
        try await store.setPolicy(policy, of: .standard)
    }

    func account(_ number: Int = 1) async throws -> Account? {
        try await store.person(
            .sourceID("\(number)"),
            in: .example,
            of: .standard,
            formerSince: clock.now()
        )?.account
    }

    /// Checks a password as a host does.
    func verify(
        _ password: String,
        of email: String = "p1@school.example"
    ) async throws -> LoginRefreshResult {
        let event = LoginEvent(school: try await school(), key: .email(email), method: .password)
        return try await desk.verify(password, of: event)
    }

    /// Asks for a link and has the request answered.
    func ask(for email: String = "p1@school.example") async throws {
        try await desk.request(email, of: .standard)
        _ = try await clerk.answerAll()
    }

    /// The mails that wait, taken out of the outbox.
    func mails() async throws -> [OutboxMail] {
        try await store.takeMails(
            dueAt: clock.now().advanced(by: .seconds(7 * 86_400)),
            until: clock.now().advanced(by: .seconds(8 * 86_400)),
            limit: 1000
        )
    }

    /// The text of the link in the only mail that waits.
    func link() async throws -> String {
        let waiting = try await mails().filter { $0.sealed != nil }
        guard waiting.count == 1, let sealed = waiting[0].sealed else {
            throw NoSuchMail(count: waiting.count)
        }
        return try seal.open(sealed, tenant: .standard, mail: waiting[0].id).revealed()
    }

    /// Sets somebody's password as she would.
    func setPassword(
        _ password: String = SignInOffice.password,
        of number: Int = 1
    ) async throws {
        try await ask(for: "p\(number)@school.example")
        _ = try await desk.set(password, by: try await link())
    }
}

struct NoSuchMail: Error {
    let count: Int
}
