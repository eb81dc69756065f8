import Accounts
import MusterTesting
import Roster
import Synchronization
import Testing

@testable import Muster

/// Two people whose line managers depend on each other, seen at the same moment.
@Suite(.timeLimit(.minutes(1))) struct ManagerRaceTests {
    /// What is known before, what two processes hear at once, and whose line manager is whose then.
    struct Race: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var known: [Observation] = []
        let heard: [Observation]
        let managers: [String: String]
    }

    private static func person(_ id: String, under manager: String? = nil) -> Observation {
        .staff(id, surname: id, managers: [manager].compactMap(\.self))
    }

    static let races = [
        Race(
            testDescription: "a manager and who names her come at once",
            heard: [person("Anna"), person("Ben", under: "Anna")],
            managers: ["Ben": "Anna"]
        ),
        Race(
            testDescription: "a manager leaves while somebody is put under her",
            known: [person("Anna"), person("Ben")],
            heard: [
                person("Anna").with { $0.standing = .left(.notCurrent) },
                person("Ben", under: "Anna"),
            ],
            managers: [:]
        ),
        Race(
            testDescription: "two are put under each other",
            known: [person("Anna"), person("Ben")],
            heard: [person("Anna", under: "Ben"), person("Ben", under: "Anna")],
            managers: [:]
        ),
        Race(
            testDescription: "a loop of three closes",
            known: [person("Anna", under: "Ben"), person("Ben"), person("Cleo")],
            heard: [person("Ben", under: "Cleo"), person("Cleo", under: "Anna")],
            managers: [:]
        ),
    ]

    @Test(arguments: races, [false, true])
    func `line managers come out as if one had come after the other`(
        race: Race,
        isReversed: Bool
    ) async throws {
        let premises = try await Premises()
        if !race.known.isEmpty { try await take(race.known, at: premises) }
        let heard = isReversed ? race.heard.reversed() : race.heard
        let isFirst = Mutex(true)
        try await take([heard[0]], at: premises) {
            // Both have read the store by now, and this one writes first.
            let isFirst = isFirst.withLock { value in
                defer { value = false }
                return value
            }
            if isFirst { try? await take([heard[1]], at: premises) }
        }
        for id in ["Anna", "Ben", "Cleo"] {
            guard let account = try await premises.account(id) else { continue }
            var manager: Account?
            if let id = account.lineManager {
                manager = try await premises.store.summary(of: id)?.account
            }
            #expect(manager?.home?.id == race.managers[id], "the line manager of \(id)")
        }
    }

    private func take(
        _ observations: [Observation],
        at premises: Premises,
        beforeApplying: () async -> Void = {}
    ) async throws {
        let sequence = try await premises.store.nextSequence()
        let (workshop, school) = (premises.workshop, try await premises.school())
        _ = try await workshop.reconcile(
            observations.map { said in said.with { $0.sequence = sequence } },
            tenant: .standard,
            run: nil,
            cause: .login,
            planner: workshop.planner(policy: Policy(), school: school.school, mayCreate: true)
        ) { step in
            await beforeApplying()
            return step
        }
    }
}
