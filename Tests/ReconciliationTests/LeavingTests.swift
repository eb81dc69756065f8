import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@Suite struct LeavingTests {
    private let person = Observation.staff(
        "1",
        roles: ["Head"],
        classes: [ClassMembership(teachingClass: .example("C1"), role: .teacher)]
    )
    private let hour = Duration.seconds(3600)

    @Test(arguments: [LeavingEvidence.notCurrent, .toBeDeleted, .notEnabled, .listedApart])
    func `a stated leaving suspends and takes what the link gave`(
        evidence: LeavingEvidence
    ) async throws {
        let bench = Bench()
        bench.policy.privileges = ["head": ["all"]]
        try await bench.see(person)
        let step = try await bench.see(person.with { $0.standing = .left(evidence) })
        let account = try await bench.account("1")
        #expect(account.status == .suspended(by: .sync))
        #expect(account.memberships.isEmpty && account.privileges.isEmpty)
        #expect(account.email == "1@school.example" && account.surname == "Abdi")
        #expect(step.plan?.outcome == .suspended)
        #expect(step.reasons(of: .status) == [Reason.statedLeaving.rawValue])
        #expect(step.reasons(of: .classes) == [Reason.linkEnded.rawValue])
        #expect(step.reasons(of: .roles) == [Reason.linkEnded.rawValue])
        #expect(try await bench.link(person.key).state == .left(evidence))
        #expect(try await bench.see(person.with { $0.standing = .left(evidence) }).changes.isEmpty)
    }

    @Test(arguments: [
        Standing.notYetStarted(.at("2026-10-01")), .current, .unstated,
    ])
    func `no other standing suspends`(standing: Standing) async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.see(person.with { $0.standing = standing })
        #expect(try await bench.account("1").status == .active)
    }

    @Test func `a returner gets back what a sync took`() async throws {
        let bench = Bench()
        bench.policy.privileges = ["head": ["all"]]
        try await bench.see(person)
        let before = bench.store.snapshot()
        try await bench.see(person.leaving)
        let step = try await bench.see(person)
        #expect(step.plan?.outcome == .restored)
        #expect(step.decision(.status)?.reason == .foundCurrent)
        #expect(bench.store.snapshot().difference(from: before) == nil)
    }

    /// What a list that says nothing of leaving takes back: only that she was in the other list.
    static let silences: [(LeavingEvidence, Standing, Bool)] = [
        (.listedApart, .unstated, true), (.listedApart, .current, true),
        (.notCurrent, .unstated, false), (.notCurrent, .current, true),
        (.toBeDeleted, .unstated, false), (.notEnabled, .unstated, false),
    ]

    @Test(arguments: silences)
    func `a field that is not shown readmits nobody, and the list of the others does`(
        evidence: LeavingEvidence,
        standing: Standing,
        isBack: Bool
    ) async throws {
        let bench = Bench()
        let pupil = Observation.student("K")
        try await bench.see(pupil)
        try await bench.see(pupil.with { $0.standing = .left(evidence) })
        let step = try await bench.see(pupil.with { $0.standing = standing })
        let expected: AccountStatus = isBack ? .active : .suspended(by: .sync)
        #expect(try await bench.account(pupil.key)?.status == expected)
        #expect(step.plan?.outcome == (isBack ? .restored : .unchanged))
        // The same of a record that never had an account.
        let other = Observation.student("L")
        try await bench.see(other.with { $0.standing = .left(evidence) })
        #expect(try await bench.unlinked(other.key)?.reason == .left)
        try await bench.see(other.with { $0.standing = standing })
        #expect((try await bench.account(other.key) != nil) == isBack)
    }

    @Test func `somebody who has not started again stays suspended`() async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.see(person.leaving)
        try await bench.see(person.with { $0.standing = .notYetStarted(.at("2026-10-01")) })
        #expect(try await bench.account("1").status == .suspended(by: .sync))
    }

    @Test func `an administrator's suspension is never lifted`() async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.edit("1") { $0.status = .suspended(by: .administrator) }
        for observation in [person, person.leaving, person, person.with { $0.email = .empty }] {
            let step = try await bench.see(observation)
            #expect(try await bench.account("1").status == .suspended(by: .administrator))
            #expect(step.plan?.outcome != .restored)
        }
        let step = try await bench.plan([person])
        #expect(step.decision(.status)?.reason == .suspendedByAdministrator)
        let leaving = try await bench.plan([person.leaving])
        #expect(leaving.decision(.status)?.reason == .suspendedByAdministrator)
    }

    @Test func `nothing is taken from a leaver but what the link gave`() async throws {
        let bench = Bench()
        try await bench.see(person)
        let place = Membership(classID: ClassID(5), role: .teacher, givenBy: nil)
        let right = Privilege(name: "admin", givenBy: nil)
        try await bench.edit("1") {
            $0.memberships.insert(place)
            $0.privileges.insert(right)
        }
        try await bench.see(person.leaving)
        #expect(try await bench.account("1").memberships == [place])
        #expect(try await bench.account("1").privileges == [right])
    }

    // MARK: Out of scope

    @Test func `a linked person without an address keeps the account as it is`() async throws {
        let bench = Bench()
        try await bench.see(person)
        let before = try await bench.account("1")
        let step = try await bench.see(
            person.with {
                $0.email = .empty
                $0.surname = .value("New")
                $0.classes = .empty
            }
        )
        #expect(try await bench.account("1") == before)
        #expect(step.decision(.surname)?.reason == .outOfScope)
        #expect(step.decision(.email)?.reason == .outOfScope)
        #expect(try await bench.link(person.key).state == .outOfScope)
        #expect(step.plan?.outcome == .unchanged)
        // The address comes back, and everything else with it.
        try await bench.see(person.with { $0.surname = .value("New") })
        #expect(try await bench.account("1").surname == "New")
        #expect(try await bench.link(person.key).state == .active)
    }

    @Test func `a suspended person without an address stays as she is`() async throws {
        let bench = Bench()
        try await bench.see(person)
        let silent = person.with { $0.email = .empty }
        try await bench.see(silent)
        for _ in 1...2 {
            try await bench.see([], absent: [person.key])
            bench.now = bench.now.advanced(by: hour * 12)
        }
        #expect(try await bench.link(person.key).state == .absent)
        try await bench.see(silent)
        #expect(try await bench.link(person.key).state == .absent)
        #expect(try await bench.account("1").status == .suspended(by: .sync))
        #expect(try await bench.plan([silent]).changes.isEmpty)
        try await bench.see(person)
        #expect(try await bench.account("1").status == .active)
    }

    @Test func `noting somebody out of scope as missing plans nothing anew`() async throws {
        let bench = Bench()
        try await bench.see(person)
        let silent = person.with { $0.email = .empty }
        try await bench.see(silent)
        try await bench.see([], absent: [person.key])
        #expect(try await bench.plan([silent]).changes.isEmpty)
    }

    // MARK: Absence

    @Test(
        arguments: [
            ([0], false), ([0, 11], false), ([0, 12], true), ([0, 1, 11], false),
            ([0, 1, 13], true),
            ([0, 24], true),
        ] as [([Int], Bool)]
    )
    func `absence counts twice, twelve hours apart`(hours: [Int], leads: Bool) async throws {
        let bench = Bench()
        try await bench.see(person)
        let start = bench.now
        var last: PersonOutcome?
        for hour in hours {
            bench.now = start.advanced(by: self.hour * hour)
            last = try await bench.see([], absent: [person.key]).plan?.outcome
        }
        #expect(last == (leads ? .suspended : .unchanged))
        let status = try await bench.account("1").status
        #expect(status == (leads ? .suspended(by: .sync) : .active))
        #expect(try await bench.link(person.key).state == (leads ? .absent : .active))
    }

    @Test func `being seen in between begins the count again`() async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.see([], absent: [person.key])
        bench.now = bench.now.advanced(by: hour * 6)
        try await bench.see(person)
        #expect(try await bench.link(person.key).missingSince == nil)
        bench.now = bench.now.advanced(by: hour * 6)
        try await bench.see([], absent: [person.key])
        #expect(try await bench.account("1").status == .active)
        bench.now = bench.now.advanced(by: hour * 12)
        let step = try await bench.see([], absent: [person.key])
        #expect(step.reasons(of: .status) == [Reason.inferredLeaving.rawValue])
        // And found again, she is restored.
        #expect(try await bench.see(person).plan?.outcome == .restored)
    }

    @Test func `a clock that went back infers nothing`() async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.see([], absent: [person.key])
        bench.now = bench.now.advanced(by: .zero - hour * 24)
        try await bench.see([], absent: [person.key])
        #expect(try await bench.account("1").status == .active)
    }

    @Test(arguments: [
        ("2026-09-07..2026-09-09", true), ("2026-09-08..2026-09-08", true),
        ("2026-09-01..2026-09-07", true), ("2026-09-01..2026-09-06", false),
        ("2026-09-09..", false), ("..", true),
    ])
    func `a freeze day is neither absence that suspends but a stated leaving suspends`(
        freeze: String,
        isFrozen: Bool
    ) async throws {
        let bench = Bench()
        let days = freeze.split(separator: ".", omittingEmptySubsequences: false)
        bench.policy.freezes = [Term(start: Day(days[0]), end: Day(days[2]))]
        try await bench.see(person, .staff("2"))
        try await bench.see([], absent: [person.key])
        bench.now = bench.now.advanced(by: hour * 24)
        bench.today = .at("2026-09-08")
        try await bench.see([], absent: [person.key])
        #expect(try await bench.account("1").status == (isFrozen ? .active : .suspended(by: .sync)))
        try await bench.see(Observation.staff("2").leaving)
        #expect(try await bench.account("2").status == .suspended(by: .sync))
    }

    @Test func `a stated leaving after an inferred one is noted`() async throws {
        let bench = Bench()
        try await bench.see(person)
        try await bench.see([], absent: [person.key])
        bench.now = bench.now.advanced(by: hour * 12)
        try await bench.see([], absent: [person.key])
        try await bench.see(person.leaving)
        #expect(try await bench.link(person.key).state == .left(.notCurrent))
        #expect(try await bench.account("1").status == .suspended(by: .sync))
    }
}
