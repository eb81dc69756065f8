import Accounts
import Credentials
import Foundation
import Muster
import MusterTesting
import Roster
import SQLiteStore

@testable import Passwords

/// A school with a real store, some of whose people have a password.
final class TimingScene: Sendable {
    private let clock = ManualClock()
    private let store: SQLiteStore
    private let desk: PasswordDesk
    private let school: ConnectedSchool
    private let folder: URL

    /// `count` people who have a password, and as many who have none: `p1@…` and on, `q1@…` and on.
    init(people count: Int) async throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("muster-timing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try SQLiteStore(path: folder.appendingPathComponent("muster.sqlite").path)
        let source = ScriptedSource(pageSize: 50, clock: clock)
        source.script { $0.schools = [.example] }
        for number in 1...count {
            for letter in ["p", "q"] {
                var person = Observation.staff("\(letter)\(number)", surname: "Name\(number)")
                person.email = .value("\(letter)\(number)@school.example")
                source.put(person)
            }
        }
        let connection = try await store.addConnection(
            .example(schools: [.example], people: [.staff])
        ) { _ in [] }
        school = ConnectedSchool(connection: connection, school: connection.schools[0])
        let workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
        // A four-hundredth of the work of a hash in use: whatever else takes time shows the better.
        let cost = PasswordHash.Cost(logRounds: 8, blockSize: 8, parallelism: 1) ?? .standard
        desk = PasswordDesk(
            store: store,
            workshop: workshop,
            login: LoginRefresh(workshop),
            hasher: PasswordHasher(cost: cost)
        )
        _ = await BatchSync(workshop).run(connection)
        for number in 1...count { try await setPassword(of: "p\(number)") }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func setPassword(of name: String) async throws {
        let person = try await store.person(
            .sourceID(name),
            in: .example,
            of: .standard,
            formerSince: clock.now()
        )
        guard let account = person?.account else { throw NoSuchMail(count: 0) }
        let token = Token()
        let mail = OutboxMail(
            id: name,
            tenant: .standard,
            account: account.id,
            kind: .reset,
            address: account.email ?? "",
            writtenAt: clock.now()
        )
        _ = try await store.issue(
            PasswordToken(
                digest: token.digest,
                account: account.id,
                purpose: .reset,
                issuedAt: clock.now(),
                expiresAt: clock.now().advanced(by: .seconds(3600))
            ),
            in: mail
        )
        _ = try await desk.set(SignInOffice.password, by: token.revealed())
    }

    /// How long it takes to learn that a password of `email` is wrong.
    func verify(_ email: String) async throws -> Duration {
        let event = LoginEvent(school: school, key: .email(email), method: .password)
        let began = ContinuousClock.now
        let result = try await desk.verify("not the right password", of: event)
        let took = began.duration(to: .now)
        guard result.outcome == .wrongPassword else { throw NoSuchMail(count: 1) }
        return took
    }

    /// How long it takes to ask for a link.
    func request(_ email: String) async throws -> Duration {
        let began = ContinuousClock.now
        try await desk.request(email, of: .standard)
        return began.duration(to: .now)
    }
}

/// How well one can guess from how long an answer took to which of two kinds it belongs.
struct RankTest {
    /// The share of pairs in which the one of the second kind took longer: 0.5 tells nothing.
    let share: Double
    /// By how many standard deviations that differs from what chance would give.
    let deviations: Double

    /// Compares two kinds (Mann and Whitney).
    init(_ first: [Duration], _ second: [Duration]) {
        let pairs = first.flatMap { one in second.map { (one, $0) } }
        let wins = pairs.reduce(0.0) { sum, pair in
            sum + (pair.0 < pair.1 ? 1 : pair.0 == pair.1 ? 0.5 : 0)
        }
        share = wins / Double(pairs.count)
        let spread = Double(first.count + second.count + 1) / Double(12 * pairs.count)
        deviations = (share - 0.5) / spread.squareRoot()
    }
}
