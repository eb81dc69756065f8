import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// Records of one read that bear one number: who is seen first decides nothing.
@Suite struct NumberOrderTests {
    /// What became of each record, by its place and with its candidates.
    private typealias Outcome = [Int: String]

    /// Some records with one number, at up to three schools, and who was known before.
    private struct Read {
        var known: [Observation] = []
        var records: [Observation] = []

        /// A read in which `count` records state the number, with whoever is known already.
        init(_ count: Int, isKnown: Bool, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            let schools = [SchoolKey.example, .other, .third]
            func record(_ id: String) -> Observation {
                .staff(
                    id,
                    forename: ["Amara", "Zoë"].randomElement(using: &generator) ?? "",
                    surname: ["Abdi", "Brown"].randomElement(using: &generator) ?? "",
                    in: schools.randomElement(using: &generator) ?? .example
                ).with { $0.neutralKeys = .teacher(1) }
            }
            if isKnown { known = [record("known")] }
            records = (known.count..<count).map { record("N\($0)") }
        }

        /// Takes the records in `order`, a few in a step, as a batch that staged all of them.
        func outcome(in order: [Int], stepping size: Int) async throws -> Outcome {
            let bench = Bench()
            for record in known { try await bench.see(record) }
            let run = Run(id: RunID(1), connection: .example, startedAt: bench.now)
            _ = try await bench.store.begin(run, aliveSince: bench.now)
            let staged = try await number(order.map { records[$0] }, on: bench)
            try await bench.store.stage(
                staged.map {
                    StagedObservation(observation: $0, email: $0.claimedEmail, isLinked: false)
                },
                in: run.id
            )
            for start in stride(from: 0, to: staged.count, by: size) {
                let step = Array(staged[start..<min(start + size, staged.count)])
                try await bench.see(step, stagedIn: run.id)
            }
            return try await told(by: bench)
        }

        private func number(
            _ records: [Observation],
            on bench: Bench
        ) async throws -> [Observation] {
            let sequence = try await bench.store.nextSequence()
            return records.map { record in record.with { $0.sequence = sequence } }
        }

        /// What became of the records, whatever ids accounts have.
        private func told(by bench: Bench) async throws -> Outcome {
            var outcome: Outcome = [:]
            for (place, record) in records.enumerated() {
                if let account = try await bench.account(record.key) {
                    let own = try await bench.store.summary(of: account.id)?.links ?? []
                    let others = own.map(\.key.id).filter { $0 != record.key.id }.sorted()
                    outcome[place] = "account, beside \(others)"
                } else if let waiting = try await bench.unlinked(record.key) {
                    outcome[place] = "\(waiting.reason) of \(waiting.candidates.count)"
                }
            }
            return outcome
        }
    }

    private static func orders(of count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(of: count - 1).flatMap { order in
            (0...order.count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `three records or more end alike in every order and in steps of every size`(
        seed: UInt64
    ) async throws {
        let read = Read(3 + Int(seed % 2), isKnown: seed % 3 == 0, seed: seed)
        let count = read.records.count
        var first: Outcome?
        for order in Self.orders(of: count) {
            for size in [1, 2, count] {
                let outcome = try await read.outcome(in: order, stepping: size)
                #expect(outcome.count == count, "seed \(seed)")
                #expect(outcome == first ?? outcome, "seed \(seed), order \(order), by \(size)")
                first = first ?? outcome
            }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `nobody is joined by a number that three bear, and a person is asked`(
        seed: UInt64
    ) async throws {
        let read = Read(3, isKnown: false, seed: seed)
        let outcome = try await read.outcome(in: [0, 1, 2], stepping: 3)
        #expect(Set(outcome.values) == ["sharedNeutralKey of 0"], "seed \(seed)")
    }

    @Test func `a known person and two newcomers are three, at whatever schools`() async throws {
        let bench = Bench()
        func amara(_ id: String, in school: SchoolKey) -> Observation {
            .staff(id, in: school).with { $0.neutralKeys = .teacher(1) }
        }
        try await bench.see(amara("A", in: .example))
        let step = try await bench.see(amara("B", in: .other), amara("C", in: .third))
        let holder = try await bench.account("A").id
        for plan in step.plans {
            #expect(plan.match == .unlinked(.sharedNeutralKey, candidates: [holder]))
        }
        let words = UnlinkedReason.sharedNeutralKey.words
        #expect(words.contains("other records without an account"))
    }
}
