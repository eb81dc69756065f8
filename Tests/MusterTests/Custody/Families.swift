import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Pupils `k1`… whose mother is `c1` and whose father is `c2`, both responsible.
struct Families {
    let premises: Premises

    init(
        _ pupils: Int = 8,
        contacts: Int = 2,
        areSynced: Bool = true,
        settings: LoginSettings = LoginSettings()
    ) async throws {
        premises = try await Premises(settings: settings, people: [.student, .contact])
        if contacts > 0 {
            for number in 1...contacts {
                premises.source.put(.contact("c\(number)", surname: "Carer\(number)"))
            }
        }
        for number in 1...pupils {
            premises.source.put(
                .student(
                    "k\(number)",
                    surname: "Pupil\(number)",
                    contacts: [.example("c1", "Mother"), .example("c2", "Father")]
                )
            )
        }
        guard areSynced else { return }
        #expect(try await premises.syncAll().created == pupils + contacts)
        premises.letFreshnessPass()
    }

    /// The source says of some pupils that the father is responsible no more.
    func withdraw(_ pupils: some Sequence<Int>) {
        for number in pupils {
            premises.source.change(.student("k\(number)")) {
                $0.contacts = .value([
                    .example("c1", "Mother"), .example("c2", "Father", responsible: false),
                ])
            }
        }
    }

    /// The source says of some pupils that both are responsible.
    func restate(_ pupils: some Sequence<Int>) {
        for number in pupils {
            premises.source.change(.student("k\(number)")) {
                $0.contacts = .value([.example("c1", "Mother"), .example("c2", "Father")])
            }
        }
    }

    func sync(onlyChanges: Bool = false) async throws -> SyncResult {
        var settings = SyncSettings()
        settings.attempts = 1
        return await BatchSync(premises.workshop, settings: settings)
            .run(try await premises.school().connection, onlyChanges: onlyChanges)
    }

    /// Looks at one pupil in one way.
    func look(_ path: Path, _ number: Int = 1) async throws {
        switch path {
        case .batch: _ = try await sync()
        case .delta: #expect(try await sync(onlyChanges: true).kind == .delta)
        case .login:
            premises.letFreshnessPass()
            _ = try await premises.login(.sourceID("k\(number)"))
        }
    }

    func summary(_ id: String) async throws -> AccountSummary {
        let account = try #require(try await premises.account(id), "\(id) has no account")
        return try #require(try await premises.store.summary(of: account.id))
    }

    /// The father of a pupil, as hosts see him.
    func father(of number: Int) async throws -> Relative? {
        try await summary("k\(number)").contacts.first { $0.relationship == "Father" }
    }

    /// The numbers of the pupils whose father is as `isWanted` says.
    func pupils(
        _ count: Int = 8,
        where isWanted: (Relative?) -> Bool
    ) async throws -> Set<Int> {
        var found: Set<Int> = []
        for number in 1...count where isWanted(try await father(of: number)) {
            found.insert(number)
        }
        return found
    }

    /// The ways in which an answer about a pupil comes in.
    enum Path: CaseIterable { case login, batch, delta }
}
