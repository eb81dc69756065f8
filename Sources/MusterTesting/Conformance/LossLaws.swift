import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of counting what answers take from people.
    static let lossLaws: [ConformanceLaw] = [
        ConformanceLaw("nothing is lost before anything was counted") { bench in
            try await bench.open(1, linkedTo: [bench.record("S1")])
            let tally = try await bench.tally()
            try requireEqual([tally.atSchool, tally.atTenant], [[:], [:]], "the losses")
        },
        ConformanceLaw("each kind of loss counts each person once, besides the one who asks") {
            bench in
            for id in 1...3 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            let kinds = [
                Loss.access, .absence, .loginEmail, .identity, .creation, .exchange, .privilege,
                .membership,
            ]
            let all = kinds + Field.allCases.map(Loss.field)
            for loss in all {
                try await bench.lose(loss, of: 1, at: 5)
                try await bench.lose(loss, of: 1, at: 6)
                try await bench.lose(loss, of: 2, at: 5)
            }
            try await bench.lose(.access, of: 3, at: 5)
            let expected = Dictionary(uniqueKeysWithValues: all.map { ($0, 2) })
            for (besides, access) in [(9, 3), (3, 2)] as [(Int64, Int)] {
                let tally = try await bench.tally(besides: besides)
                let counts = expected.merging([.access: access]) { $1 }
                try requireEqual(tally.atSchool, counts, "at the school besides \(besides)")
                try requireEqual(tally.atTenant, counts, "of the tenant besides \(besides)")
            }
        },
        ConformanceLaw("losses are told by school and kind of person, and for the tenant") {
            bench in
            try await bench.open(.named("A", "B", id: 1), .named("A", "B", id: 2))
            try await bench.open(.named("A", "B", id: 3, tenant: bench.stranger))
            try await bench.open(.named("A", "B", id: 4))
            try await bench.lose(.privilege, of: 1, at: 5)
            for id in [1, 4] as [Int64] {
                try await bench.lose(.privilege, of: id, at: 5, in: bench.second)
            }
            try await bench.lose(.privilege, of: 2, at: 5, kind: .student)
            try await bench.lose(.privilege, of: 3, at: 5, in: bench.foreign)
            for (school, kind, here, all) in [
                (bench.school, .staff, 1, 2), (bench.school, .student, 1, 1),
                (bench.second, .staff, 2, 2),
            ] as [(SchoolKey, PersonKind, Int, Int)] {
                let tally = try await bench.tally(in: school, kind: kind)
                try requireEqual(tally.atSchool, [.privilege: here], "of \(kind) in \(school)")
                try requireEqual(tally.atTenant, [.privilege: all], "of \(kind) in the tenant")
            }
            let none = try await bench.tally(in: bench.second, kind: .student)
            try requireEqual(none.atSchool, [:], "of students in the second school")
        },
        ConformanceLaw("losses count from the last complete run that held nothing, and for a day") {
            try await $0.loseAroundRuns()
        },
        ConformanceLaw("a later loss of the same kind counts in place of an earlier one") { bench in
            try await bench.open(.named("A", "B", id: 1))
            try await bench.lose(.access, of: 1, at: 900)
            try await bench.lose(.access, of: 1, at: 100)
            try await bench.finish(bench.run(70, at: 500))
            let tally = try await bench.tally(dayAgo: 500)
            try requireEqual(tally.atSchool, [.access: 1], "the losses")
        },
        ConformanceLaw("what a list took counts for a day, however long ago the last good run is") {
            bench in
            try await bench.loseByLists()
        },
        ConformanceLaw("who was suspended counts only while a sync keeps her suspended") { bench in
            try await bench.comeBack()
        },
        ConformanceLaw("the position grows with each loss of the tenant, and never falls") {
            bench in
            try await bench.open(.named("A", "B", id: 1))
            var last = try await bench.tally().position
            for number in 0..<3 as Range<Int64> {
                try await bench.lose(.access, of: 1, at: number)
                let tally = try await bench.tally(besides: 1)
                try require(tally.position > last, "It went from \(last) to \(tally.position).")
                last = tally.position
            }
            let days = Int64(86_400_000)
            try await bench.finish(bench.run(70, at: 3 * days))
            let elsewhere = try await bench.tally(in: bench.second, dayAgo: 2 * days)
            try requireEqual(elsewhere.position, last, "the position after a run")
            let foreign = try await bench.foreignTally()
            try await bench.open(.named("A", "B", id: 3, tenant: bench.stranger))
            try await bench.lose(.access, of: 3, at: 1, in: bench.foreign)
            try requireEqual(try await bench.tally().position, last, "after a stranger's loss")
            let after = try await bench.foreignTally()
            try require(after.position > foreign.position, "The stranger's position stands still.")
        },
        ConformanceLaw("a change planned on a tally that moved on is refused and does nothing") {
            bench in
            try await bench.open(.named("A", "B", id: 1), .named("A", "B", id: 2))
            try await bench.lose(.access, of: 2, at: 5)
            let first = try await bench.tally()
            try await bench.lose(.privilege, of: 1, at: 6, on: first.position)
            let before = try await bench.account(1)
            for wrong in [first.position, first.position - 1] {
                try await requireRefusal(.stale, "the change on \(wrong)") {
                    () throws(StoreError) in
                    try await bench.apply { changes in
                        changes.accounts = [
                            AccountWrite(after: before.with { $0.title = "Dr" }, before: before)
                        ]
                        changes.losses = [bench.loss(.membership, of: 1)]
                        changes.lossPosition = wrong
                    }
                }
            }
            try requireEqual(try await bench.account(1), before, "the account")
            let tally = try await bench.tally()
            try requireEqual(tally.atSchool, [.access: 1, .privilege: 1], "the losses")
            try await bench.apply { changes in
                changes.accounts = [AccountWrite(after: before, before: before)]
                changes.lossPosition = tally.position
            }
            let after = try await bench.tally().position
            try requireEqual(after, tally.position, "the position after a change without a loss")
        },
        ConformanceLaw("a refused change counts no loss") { bench in
            try await bench.open(.named("A", "B", id: 1))
            let before = try await bench.account(1).with { $0.version = 7 }
            let tally = try await bench.tally()
            try await requireRefusal(.stale, "the change") { () throws(StoreError) in
                try await bench.apply { changes in
                    changes.accounts = [AccountWrite(after: before, before: before)]
                    changes.losses = [bench.loss(.access, of: 1)]
                }
            }
            try await requireRefusal(.stale, "a loss of nobody") { () throws(StoreError) in
                try await bench.apply { $0.losses = [bench.loss(.access, of: 99)] }
            }
            try requireEqual(try await bench.tally(), tally, "the tally")
        },
        ConformanceLaw("of losses planned at once on one tally exactly one is counted") { bench in
            for id in 1...6 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            for round in 1...10 {
                let position = try await bench.tally().position
                let done = await withTaskGroup(of: Bool.self) { group in
                    for id in 1...6 as ClosedRange<Int64> {
                        group.addTask {
                            do throws(StoreError) {
                                try await bench.lose(.access, of: id, at: 5, on: position)
                                return true
                            } catch { return false }
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                try requireEqual(done, 1, "losses counted in round \(round)")
            }
        },
        ConformanceLaw(
            "present people of a kind are counted by link at a school, and in the tenant"
        ) {
            try await $0.countPeople()
        },
        ConformanceLaw("a tenant has accounts once it has one, linked or not") { bench in
            try requireEqual(try await bench.tally().hasAccounts, false, "whether there are any")
            try await bench.open(.named("A", "B", id: 3, tenant: bench.stranger))
            try requireEqual(try await bench.tally().hasAccounts, false, "beside a stranger")
            try await bench.open(.named("A", "B", id: 1))
            try requireEqual(try await bench.tally().hasAccounts, true, "without a link")
        },
        ConformanceLaw("losses and people go with a removed connection", needsConnections: true) {
            bench in
            let both = [bench.record("S1"), .staff("T1", in: bench.second, sequence: 1)]
            try await bench.open(1, linkedTo: both)
            try await bench.open(2, linkedTo: [bench.record("S2")])
            for id in 1...2 as ClosedRange<Int64> { try await bench.lose(.access, of: id, at: 5) }
            try await bench.lose(.access, of: 1, at: 5, in: bench.second)
            let before = try await bench.tally(in: bench.second)
            try requireEqual(before.peopleOfTenant, 2, "people of the tenant before")
            try await bench.connections.remove(bench.school.connection)
            let tally = try await bench.tally(in: bench.second)
            try requireEqual(tally.atTenant, [.access: 1], "the losses of the tenant")
            try requireEqual(tally.peopleOfTenant, 1, "people of the tenant")
            try requireEqual(tally.peopleAtSchool, 1, "people at the other school")
            try require(tally.position >= before.position, "The position fell.")
        },
    ]
}

extension Bench {
    /// The tally of the first school's staff, since ever unless there was a run.
    func tally(
        in school: SchoolKey? = nil,
        kind: PersonKind = .staff,
        besides: Int64 = 99,
        dayAgo: Int64 = 0
    ) async throws -> LossTally {
        try await store.tally(
            LossQuestion(
                tenant: .standard,
                school: school ?? self.school,
                kind: kind,
                besides: AccountID(besides),
                dayAgo: Timestamp(milliseconds: dayAgo)
            )
        )
    }

    func loss(
        _ loss: Loss,
        of account: Int64,
        in school: SchoolKey? = nil,
        kind: PersonKind = .staff
    ) -> CountedLoss {
        CountedLoss(
            loss: loss,
            account: AccountID(account),
            school: school ?? self.school,
            kind: kind
        )
    }

    fileprivate func foreignTally() async throws -> LossTally {
        try await store.tally(
            LossQuestion(
                tenant: stranger,
                school: foreign,
                kind: .staff,
                besides: AccountID(99),
                dayAgo: Timestamp(milliseconds: 0)
            )
        )
    }

    /// Counts a loss; whoever loses her access is suspended with it.
    fileprivate func lose(
        _ loss: Loss,
        of id: Int64,
        at: Int64,
        in school: SchoolKey? = nil,
        kind: PersonKind = .staff,
        byList: Bool = false,
        on position: Int64? = nil
    ) async throws(StoreError) {
        let tenant = school == foreign ? stranger : .standard
        var counted = self.loss(loss, of: id, in: school, kind: kind)
        counted.isByList = byList
        let account = try await store.summary(of: AccountID(id))?.account
        try await apply(at: at, tenant: tenant) { changes in
            changes.losses = [counted]
            changes.lossPosition = position
            if [.access, .absence].contains(loss), let account, account.status == .active {
                let suspended = account.with { $0.status = .suspended(by: .sync) }
                changes.accounts = [AccountWrite(after: suspended, before: account)]
            }
        }
    }

    /// Begins and ends `run`.
    func finish(
        _ run: Run,
        as state: RunState = .completed,
        isComplete: Bool = true
    ) async throws {
        try await begin(run)
        var ended = run
        ended.state = state
        ended.isComplete = isComplete
        try await store.update(ended)
    }

    /// Losses at 100, 200 … of accounts 1, 2 …, with a good run at 300 and others later.
    fileprivate func loseAroundRuns() async throws {
        for id in 1...6 as ClosedRange<Int64> {
            try await open(.named("A", "B", id: id))
            try await lose(.access, of: id, at: id * 100)
            try await lose(.access, of: id, at: id * 100, in: second)
        }
        try requireEqual(try await tally(dayAgo: 900).atSchool, [.access: 6], "before any run")
        try await finish(run(70, at: 300))
        try await finish(run(71, at: 400), as: .held)
        try await finish(run(72, at: 500), isComplete: false)
        try await finish(run(73, at: 550), as: .failed)
        try await begin(run(74, at: 580))
        for (dayAgo, expected) in [(900, 4), (300, 4), (250, 4), (200, 5), (0, 6)] {
            let tally = try await tally(dayAgo: Int64(dayAgo))
            try requireEqual(tally.atSchool, [.access: expected], "a day ago being \(dayAgo)")
            try requireEqual(tally.atTenant, [.access: 6], "of the tenant, \(dayAgo)")
            let other = try await self.tally(in: second, dayAgo: Int64(dayAgo))
            try requireEqual(other.atSchool, [.access: 6], "where no run was, \(dayAgo)")
        }
        try await finish(run(75, at: 600, of: second))
        let after = try await tally(dayAgo: 900)
        try requireEqual(after.atTenant, [.access: 4], "of the tenant after both runs")
    }

    /// Accounts 1, 2 … lose something to lists at 100, 200 …, and 6 to a login before all of them.
    fileprivate func loseByLists() async throws {
        for id in 1...5 as ClosedRange<Int64> {
            try await open(.named("A", "B", id: id))
            try await lose(.access, of: id, at: id * 100, byList: true)
            try await lose(.privilege, of: id, at: id * 100, byList: true)
        }
        try await open(.named("A", "B", id: 6))
        try await lose(.access, of: 6, at: 50)
        for (dayAgo, expected) in [(501, 1), (500, 2), (250, 4), (0, 6)] {
            let tally = try await tally(dayAgo: Int64(dayAgo))
            try requireEqual(tally.atSchool[.access], expected, "a day ago being \(dayAgo)")
            try requireEqual(tally.atTenant[.access], expected, "of the tenant, \(dayAgo)")
            let others = expected == 1 ? nil : expected - 1
            try requireEqual(tally.atSchool[.privilege], others, "rights, \(dayAgo)")
        }
        // What took it last decides how long it counts.
        try await lose(.access, of: 1, at: 600)
        try await lose(.access, of: 6, at: 600, byList: true)
        try await lose(.access, of: 2, at: 10)
        let tally = try await tally(dayAgo: 700)
        try requireEqual(tally.atSchool, [.access: 1], "after others took the same")
    }

    fileprivate func comeBack() async throws {
        for (number, loss) in [Loss.access, .access, .absence].enumerated() {
            let id = Int64(number + 1)
            try await open(.named("A", "B", id: id))
            try await lose(loss, of: id, at: 5, byList: number > 0)
        }
        let all: [Loss: Int] = [.access: 2, .absence: 1]
        try requireEqual(try await tally().atSchool, all, "while all are suspended")
        for (id, status, left) in [
            (1, .active, [.access: 1, .absence: 1]),
            (2, .suspended(by: .administrator), [.absence: 1]), (3, .active, [:]),
            (1, .suspended(by: .sync), [.access: 1]),
        ] as [(Int64, AccountStatus, [Loss: Int])] {
            let before = try await account(id)
            try await change(before, to: before.with { $0.status = status })
            let tally = try await tally()
            try requireEqual(tally.atSchool, left, "at the school, account \(id) being \(status)")
            try requireEqual(tally.atTenant, left, "of the tenant, account \(id) being \(status)")
        }
    }

    fileprivate func countPeople() async throws {
        let states: [LinkState] = [.active, .outOfScope, .absent, .left(.notCurrent), .active]
        for (number, state) in states.enumerated() {
            try await open(Int64(number + 1), linkedTo: [record("S\(number + 1)")]) {
                $0.state = state
            }
        }
        let other = [Observation.staff("T1", in: second, sequence: 1)]
        try await open(6, linkedTo: [record("S6")] + other)
        let pupil = Observation(key: .student("P1", in: school), sequence: 1)
        try await open(7, linkedTo: [pupil])
        try await open(.named("A", "B", id: 8))
        let stranger = Observation.staff("C1", in: foreign, sequence: 1)
        try await open(9, linkedTo: [stranger], tenant: self.stranger)
        try await requirePeople(at: 4, of: 5, "as they were linked")
        for (id, state) in [("S1", .absent), ("S6", .absent), ("S3", .active)]
            as [(String, LinkState)]
        {
            var link = try await link(staff(id))
            link.state = state
            try await change(link, base: link.sequence)
        }
        // S1 left; S6 is known at the other school; S3 came back.
        try await requirePeople(at: 3, of: 4, "after three changed")
        var link = try await link(staff("S2"))
        link.state = .active
        try await change(link, base: link.sequence)
        try await requirePeople(at: 3, of: 4, "after one stayed")
        var last = try await self.link(.staff("T1", in: second))
        last.state = .left(.notCurrent)
        try await change(last, base: last.sequence)
        try await requirePeople(at: 3, of: 3, "after a last link ended")
    }

    private func requirePeople(
        at school: Int,
        of tenant: Int,
        _ what: String,
        line: UInt = #line
    ) async throws {
        let tally = try await tally()
        try requireEqual(tally.peopleAtSchool, school, "people at the school \(what)", line: line)
        try requireEqual(tally.peopleOfTenant, tenant, "people of the tenant \(what)", line: line)
        let pupils = try await self.tally(kind: .student)
        try requireEqual(pupils.peopleAtSchool, 1, "pupils at the school \(what)", line: line)
    }
}
