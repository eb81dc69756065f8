import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the numbers that are a person's in any MIS, and of who is found by them.
    static let numberLaws: [ConformanceLaw] = [
        ConformanceLaw("links state their numbers, whatever became of them") { bench in
            let states: [LinkState] = [.active, .outOfScope, .absent, .left(.notCurrent)]
            for (number, state) in states.enumerated() {
                let record = bench.record("S\(number)").with { $0.neutralKeys = .teacher(1) }
                try await bench.open(Int64(number + 1), linkedTo: [record]) { $0.state = state }
            }
            try await bench.open(9, linkedTo: [bench.record("S9")])
            let expected: Set = ["S0", "S1", "S2", "S3"]
            try requireEqual(try await bench.claims(of: .teacher(1)), expected, "the claims")
            let view = try await bench.view { $0.neutralKeys = .teacher(1) }
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1, 2, 3, 4], "the accounts")
            try requireEqual(Set(view.links.keys.map(\.id)), expected, "their links")
            try requireEqual(view.claims, [:], "the claims of addresses")
            try requireEqual(try await bench.claims(of: .teacher(2)), [], "of another number")
        },
        ConformanceLaw("each of a record's numbers leads to it, and none of another kind") {
            bench in
            let numbers = Set<NeutralKey>.pupil(7).union(Set<NeutralKey>.learner(1)).union(
                Set<NeutralKey>.teacher(1)
            )
            let record = bench.record("S1").with { $0.neutralKeys = numbers }
            try await bench.open(1, linkedTo: [record])
            for number in numbers {
                try requireEqual(try await bench.claims(of: [number]), ["S1"], "by \(number)")
            }
            try requireEqual(try await bench.claims(of: .pupil(8)), [], "by another")
            let link = try await bench.link(record.key)
            try requireEqual(link.last.neutralKeys, numbers, "what is known")
        },
        ConformanceLaw("who states a number follows a link's answer, and goes with the link") {
            bench in
            let record = bench.record("S1").with { $0.neutralKeys = .teacher(1) }
            try await bench.open(1, linkedTo: [record])
            let link = try await bench.link(record.key)
            try await bench.change(link.with { $0.last.neutralKeys = .teacher(2) }, base: 1)
            try requireEqual(try await bench.claims(of: .teacher(1)), [], "the old")
            try requireEqual(try await bench.claims(of: .teacher(2)), ["S1"], "the new")
            try await bench.apply {
                $0.removedLinks = [
                    LinkRemoval(key: record.key, account: AccountID(1), baseSequence: 1)
                ]
            }
            try requireEqual(try await bench.claims(of: .teacher(2)), [], "without the link")
        },
        ConformanceLaw("records without an account state their numbers while they may get one") {
            bench in
            func park(_ id: String, _ change: (inout Observation) -> Void) async throws {
                let record = bench.record(id).with {
                    $0.neutralKeys = .teacher(1)
                    change(&$0)
                }
                try await bench.apply {
                    $0.unlinked = [
                        UnlinkedRecord(observation: record, email: nil, reason: .sharedEmail)
                    ]
                }
            }
            try await park("U1") { _ in }
            try await park("U2") { $0.standing = .left(.notCurrent) }
            try await park("U3") { $0.email = .empty }
            try requireEqual(try await bench.claims(of: .teacher(1)), ["U1"], "the claims")
            try await park("U1") { $0.neutralKeys = .teacher(2) }
            try requireEqual(try await bench.claims(of: .teacher(1)), [], "the old")
            try requireEqual(try await bench.claims(of: .teacher(2)), ["U1"], "the new")
            try await bench.apply { $0.noLongerUnlinked = [bench.staff("U1")] }
            try requireEqual(try await bench.claims(of: .teacher(2)), [], "when forgotten")
        },
        ConformanceLaw("numbers reach over the schools of a tenant and no further") { bench in
            for (number, school) in [bench.school, bench.second, bench.foreign].enumerated() {
                let tenant = number == 2 ? bench.stranger : .standard
                let linked = Observation.staff("S\(number)", in: school, sequence: 1).with {
                    $0.neutralKeys = .teacher(1)
                }
                try await bench.open(Int64(number + 1), linkedTo: [linked], tenant: tenant)
                let parked = Observation.staff("U\(number)", in: school, sequence: 1).with {
                    $0.neutralKeys = .teacher(1)
                }
                try await bench.apply(tenant: tenant) {
                    $0.unlinked = [
                        UnlinkedRecord(observation: parked, email: nil, reason: .sharedEmail)
                    ]
                }
            }
            let own = try await bench.claims(of: .teacher(1))
            try requireEqual(own, ["S0", "U0", "S1", "U1"], "the claims")
            let foreign = try await bench.claims(of: .teacher(1), tenant: bench.stranger)
            try requireEqual(foreign, ["S2", "U2"], "the stranger's claims")
        },
        ConformanceLaw("a staged answer states numbers in its own run, beside those of links") {
            bench in
            try await bench.stageNumbers()
            let run = RunID(70)
            try requireEqual(try await bench.claims(of: .teacher(1)), ["S1", "U1"], "outside")
            try requireEqual(try await bench.claims(of: .teacher(2)), [], "the new outside")
            try requireEqual(
                try await bench.claims(of: .teacher(1), run: run),
                ["S1"],
                "a link's are kept until its answer is applied"
            )
            try requireEqual(
                try await bench.claims(of: .teacher(2), run: run),
                ["S1", "U1", "N1"],
                "the new in the run"
            )
            try await bench.take(["S1", "N1"], in: run)
            try requireEqual(try await bench.claims(of: .teacher(2), run: run), ["U1"], "the rest")
            try await bench.stage(bench.record("U1"), email: nil, in: bench.run(70))
            try requireEqual(try await bench.claims(of: .teacher(2), run: run), [], "staged anew")
        },
        ConformanceLaw("nobody is found by the numbers of who was erased") { bench in
            let record = bench.record("S1").with { $0.neutralKeys = .teacher(1) }
            try await bench.open(1, linkedTo: [record])
            let dossier = try requirePresent(
                try await bench.store.dossier(of: AccountID(1)),
                "the dossier"
            )
            let known = dossier.summary.links.map(\.last.neutralKeys)
            try requireEqual(known, [.teacher(1)], "what she may read")
            let at = Timestamp(milliseconds: 9)
            _ = try await bench.store.erase(AccountID(1), of: .standard, at: at)
            try requireEqual(try await bench.claims(of: .teacher(1)), [], "the claims")
        },
    ]
}

extension Bench {
    /// Who states one of `numbers`.
    fileprivate func claims(
        of numbers: Set<NeutralKey>,
        run: RunID? = nil,
        tenant: TenantID = .standard
    ) async throws -> Set<String> {
        let view = try await view(run: run, tenant: tenant) { $0.neutralKeys = numbers }
        return Set(view.keyClaims.values.joined().map(\.id))
    }

    /// A link and an unlinked record with a number; and a run that read another of both, and of a
    /// newcomer.
    fileprivate func stageNumbers() async throws {
        let (old, new) = (Set<NeutralKey>.teacher(1), Set<NeutralKey>.teacher(2))
        try await open(1, linkedTo: [record("S1").with { $0.neutralKeys = old }])
        let parked = record("U1").with { $0.neutralKeys = old }
        try await apply {
            $0.unlinked = [UnlinkedRecord(observation: parked, email: nil, reason: .sharedEmail)]
        }
        let run = run(70)
        try await begin(run)
        for id in ["S1", "U1", "N1"] {
            let read = record(id).with { $0.neutralKeys = new }
            try await stage(read, email: nil, linked: id == "S1", in: run)
        }
    }
}
