import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of links and of the look-ups that are noted beside them.
    static let linkLaws = [
        ConformanceLaw("a link reads back as it was written") { bench in
            let link = try await bench.openOne().with { link in
                link.sequence = 9
                link.plannedOn = link.plannedOn.next
                link.replanOn = Day(year: 2027, month: 8, day: 31)
                link.fingerprint = .max
                link.state = .left(.toBeDeleted)
                link.missingSince = Timestamp(milliseconds: 77)
                link.manager = bench.staff("S2")
                link.awaitedEmail = "x@school.example"
            }
            try await bench.change(link, base: 1)
            try requireExact(try await bench.link(link.key), link, "it")
        },
        ConformanceLaw("a second link of one record is refused") { bench in
            let link = try await bench.openOne()
            try await requireRefusal(.stale, "the link") { () throws(StoreError) in
                try await bench.change(link.with { $0.state = .absent }, base: nil)
            }
            try requireEqual(try await bench.link(link.key), link, "it")
        },
        ConformanceLaw("a change of a link that is not there is refused") { bench in
            let link = try await bench.openOne()
            let ghost = Link.of(bench.record("S9"), to: link.account)
            try await requireRefusal(.stale, "the change") { () throws(StoreError) in
                try await bench.change(ghost, base: 1)
            }
        },
        ConformanceLaw("a link to an account that is not there is refused") { bench in
            let ghost = Link.of(bench.record("S9"), to: AccountID(99))
            try await requireRefusal(.stale, "the link") { () throws(StoreError) in
                try await bench.change(ghost, base: nil)
            }
            try requireEqual(
                try await bench.view { $0.keys = [ghost.key] },
                LocalView(),
                "the view"
            )
        },
        ConformanceLaw("a link never moves to another account") { bench in
            let link = try await bench.openOne()
            try await bench.open(.named("C", "D", id: 2))
            let moved = Link.of(link.last, to: AccountID(2))
            try? await bench.change(moved, base: 1)
            try requireEqual(try await bench.link(link.key).account, link.account, "its account")
        },
        ConformanceLaw("a link that is removed is gone, and counts no more") { bench in
            let link = try await bench.openOne()
            func remove(_ account: Int64, _ base: Int64) async throws {
                var changes = ChangeSet(
                    tenant: .standard,
                    run: nil,
                    cause: .undo,
                    at: Timestamp(milliseconds: 9)
                )
                changes.removedLinks = [
                    LinkRemoval(key: link.key, account: AccountID(account), baseSequence: base)
                ]
                changes.unlinked = [
                    UnlinkedRecord(observation: link.last, email: nil, reason: .linkTakenBack)
                ]
                try await bench.store.apply(changes)
            }
            for (account, base) in [(2, 1), (1, 7)] as [(Int64, Int64)] {
                try await requireRefusal(.stale, "\(account), \(base)") { () throws(StoreError) in
                    do { try await remove(account, base) } catch {
                        throw error as? StoreError ?? .busy
                    }
                }
            }
            try requireEqual(try await bench.link(link.key), link, "it")
            try await remove(1, 1)
            let view = try await bench.view { $0.keys = [link.key] }
            try requireEqual(view.links, [:], "the links")
            try requireEqual(view.unlinked.keys.map(\.id), ["S1"], "the records without an account")
            let question = LossQuestion(
                tenant: .standard,
                school: bench.school,
                kind: .staff,
                besides: AccountID(99),
                dayAgo: Timestamp(milliseconds: 0)
            )
            let tally = try await bench.store.tally(question)
            try requireEqual(tally.peopleAtSchool, 0, "people at school")
            try await bench.change(link, base: nil)
            try requireEqual(try await bench.store.tally(question).peopleAtSchool, 1, "once again")
        },
        ConformanceLaw("a link change planned on another request is refused") { bench in
            let link = try await bench.openOne().with { $0.sequence = 5 }
            try await bench.change(link, base: 1)
            for base in [1, 4, 6] as [Int64] {
                try await requireRefusal(.stale, "a change planned on request \(base)") {
                    () throws(StoreError) in
                    try await bench.change(link.with { $0.state = .absent }, base: base)
                }
            }
            try requireEqual(try await bench.link(link.key), link, "it")
        },
        ConformanceLaw("a link's number is the larger of its own and its last look-up's") { bench in
            let link = try await bench.openOne().with { $0.sequence = 5 }
            try await bench.change(link, base: 1)
            for (checked, expected) in [(3, 5), (8, 8), (6, 8)] as [(Int64, Int64)] {
                try await bench.check(link.key, checked, at: checked)
                let found = try await bench.link(link.key)
                try requireEqual(found.sequence, expected, "after request \(checked)")
                try requireEqual(found.with { $0.sequence = 5 }, link, "the rest of it")
                let marks = try await bench.store.marks(of: [link.key])
                try requireEqual(marks[link.key]?.sequence, expected, "its mark")
                let person = try await bench.person(.sourceID("S1"))
                try requireEqual(person?.links.first?.sequence, expected, "the person's link")
            }
        },
        ConformanceLaw("a plan on a link counts from its last look-up") { bench in
            let link = try await bench.openOne().with { $0.sequence = 9 }
            try await bench.check(link.key, 8, at: 1)
            try await requireRefusal(.stale, "a change planned before the look-up") {
                () throws(StoreError) in
                try await bench.change(link, base: 1)
            }
            try await bench.change(link, base: 8)
            try requireEqual(try await bench.link(link.key).sequence, 9, "the number")
        },
        ConformanceLaw("a look-up noted by a change set counts like any other") { bench in
            let link = try await bench.openOne()
            try await bench.apply(at: 40) {
                $0.checked = [CheckedRecord(key: link.key, sequence: 12)]
            }
            try requireEqual(try await bench.link(link.key).sequence, 12, "the number")
            let person = try await bench.person(.sourceID("S1"))
            try requireEqual(person?.checkedAt, Timestamp(milliseconds: 40), "the time")
        },
        ConformanceLaw("noting a look-up does not write to the account") { bench in
            let link = try await bench.openOne()
            let before = try await bench.account(1)
            try await bench.check(link.key, 8, at: 1)
            try requireEqual(try await bench.account(1), before, "the account")
        },
        ConformanceLaw("a look-up beside an account that changed meanwhile is not noted") { bench in
            let link = try await bench.openOne()
            let records = [CheckedRecord(key: link.key, sequence: 9)]
            let read = try await bench.account(1)
            let at = Timestamp(milliseconds: 40)
            try await bench.store.markChecked(records, beside: read, at: at)
            try requireEqual(try await bench.link(link.key).sequence, 9, "beside it as it is")
            try await bench.change(read, to: read.with { $0.surname = "Otieno" })
            let later = [CheckedRecord(key: link.key, sequence: 12)]
            try await requireRefusal(.stale, "the note") { () throws(StoreError) in
                try await bench.store.markChecked(later, beside: read, at: at)
            }
            try requireEqual(try await bench.link(link.key).sequence, 9, "beside an older one")
        },
        ConformanceLaw("a look-up of a record counts for a link that is made later") { bench in
            try await bench.check(bench.staff("S1"), 8, at: 1)
            let link = try await bench.openOne(reading: false)
            try requireEqual(try await bench.link(link.key).sequence, 8, "the number")
        },
        ConformanceLaw("a mark tells what changed and whether the person was missed") { bench in
            var link = try await bench.openOne()
            let cases: [(LinkState, Timestamp?, Bool)] = [
                (.active, nil, false), (.outOfScope, nil, false), (.left(.notEnabled), nil, false),
                (.active, Timestamp(milliseconds: 5), true),
                (.absent, Timestamp(milliseconds: 5), true),
            ]
            for (state, missingSince, isMissing) in cases {
                link.state = state
                link.missingSince = missingSince
                link.fingerprint = link.fingerprint.map { $0 &* 3 } ?? .max
                link.replanOn = .example
                try await bench.change(link, base: 1)
                let marks = try await bench.store.marks(of: [link.key, bench.staff("S9")])
                let expected = LinkMark(
                    fingerprint: link.fingerprint,
                    replanOn: .example,
                    sequence: 1,
                    isMissing: isMissing
                )
                try requireEqual(marks, [link.key: expected], "the marks, \(state)")
            }
        },
    ]
}

extension Bench {
    /// Makes account 1 with a link of the record S1, last answered by request 1.
    func openOne(reading: Bool = true) async throws -> Link {
        try await open(1, linkedTo: [record("S1")])
        return reading ? try await link(staff("S1")) : .of(record("S1"), to: AccountID(1))
    }

    func check(_ key: SourceKey, _ sequence: Int64, at: Int64) async throws {
        try await store.markChecked(
            [CheckedRecord(key: key, sequence: sequence)],
            beside: nil,
            at: Timestamp(milliseconds: at)
        )
    }
}
