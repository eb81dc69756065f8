import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// A job by text and days, `start..end`.
private func job(_ title: String, _ start: String? = nil, _ end: String? = nil) -> StaffRole {
    StaffRole(title: title, term: Term(start: start.map(Day.at), end: end.map(Day.at)))
}

private func manager(_ id: String, _ start: String? = nil, _ end: String? = nil) -> ManagerEntry {
    ManagerEntry(key: .staff(id), term: Term(start: start.map(Day.at), end: end.map(Day.at)))
}

@Suite struct FactsTests {
    private func facts(
        on day: Day = .example,
        policy: Policy = Policy(),
        _ change: (inout Observation) -> Void
    ) -> Facts {
        Facts(of: Observation.staff("1").with(change), on: day, policy: policy)
    }

    @Test(
        arguments: [
            ([], .empty),
            ([job("Teacher")], .value("Teacher")),
            ([job("Tutor", "2020-09-01"), job("Head", "2019-09-01")], .value("Head, Tutor")),
            ([job("Tutor", "2020-09-01"), job("Head")], .value("Head, Tutor")),
            ([job("Tutor"), job("Head")], .value("Head, Tutor")),
            ([job("  Zeta"), job("Alpha")], .value("Alpha, Zeta")),
            ([job(" Head  of\tYear ")], .value("Head of Year")),
            ([job("Tutor"), job(" Tutor "), job("Tutor", "2021-01-01")], .value("Tutor")),
            ([job("Head", "2026-09-08")], .empty),
            ([job("Head", "2026-09-07")], .value("Head")),
            ([job("Head", nil, "2026-09-07")], .value("Head")),
            ([job("Head", nil, "2026-09-06")], .empty),
            ([job(" \t")], .empty),
            ([job("Te\u{301}acher"), job("T\u{E9}acher")], .value("T\u{E9}acher")),
        ] as [([StaffRole], Observed<String>)]
    )
    func `the jobs of the day are joined`(jobs: [StaffRole], title: Observed<String>) {
        #expect(facts { $0.roles = .list(jobs) }[text: .jobTitle] == title)
    }

    @Test func `jobs are joined alike in whatever order they are stated`() {
        let jobs = [
            job("Tutor", "2020-09-01"), job("Head", "2019-09-01"), job(" Bursar"), job("Zoo"),
            job("Head", "2021-09-01"),
        ]
        for shift in jobs.indices {
            let turned = Array(jobs[shift...] + jobs[..<shift])
            #expect(
                facts { $0.roles = .value(turned) }[text: .jobTitle]
                    == .value("Bursar, Zoo, Head, Tutor")
            )
        }
    }

    @Test(
        arguments: [
            ([], .empty),
            ([manager("A")], .value(.staff("A"))),
            ([manager("A", "2024-01-01"), manager("B", "2025-01-01")], .value(.staff("B"))),
            ([manager("A"), manager("B", "2025-01-01")], .value(.staff("B"))),
            ([manager("B", "2025-01-01"), manager("A", "2025-01-01")], .value(.staff("A"))),
            ([manager("B", "2026-09-08"), manager("A")], .value(.staff("A"))),
            ([manager("B", "2025-01-01", "2026-09-06"), manager("A")], .value(.staff("A"))),
            ([manager("B", nil, "2026-09-06")], .empty),
        ] as [([ManagerEntry], Observed<SourceKey>)]
    )
    func `the running entry with the latest start names the manager`(
        entries: [ManagerEntry],
        chosen: Observed<SourceKey>
    ) {
        #expect(facts { $0.managers = .list(entries) }.manager == chosen)
        #expect(facts { $0.managers = .list(entries.reversed()) }.manager == chosen)
    }

    @Test(
        arguments: [
            ([], [], nil),
            ([job("A")], [manager("M")], nil),
            ([job("A", nil, "2026-10-31")], [], "2026-11-01"),
            ([job("A", "2026-10-31")], [], "2026-10-31"),
            ([job("A", nil, "2026-12-31")], [manager("M", "2026-10-01")], "2026-10-01"),
            ([job("A", "2020-01-01", "2026-09-07")], [], "2026-09-08"),
            ([job("A", "2020-01-01", "2026-09-06")], [], nil),
            ([], [manager("M", nil, "2026-12-31")], "2027-01-01"),
        ] as [([StaffRole], [ManagerEntry], String?)]
    )
    func `the next day that changes the meaning is known`(
        jobs: [StaffRole],
        managers: [ManagerEntry],
        day: String?
    ) {
        let facts = facts {
            $0.roles = .list(jobs)
            $0.managers = .list(managers)
        }
        #expect(facts.changesOn == day.map(Day.at))
    }

    @Test func `what is not supplied stays so`() {
        let facts = facts {
            $0.roles = .notSupplied(.neverByProvider)
            $0.managers = .notSupplied(.notGranted)
            $0.surname = .notSupplied(.notAskedFor)
        }
        #expect(facts[text: .jobTitle] == .notSupplied(.neverByProvider))
        #expect(facts.privileges == .notSupplied(.neverByProvider))
        #expect(facts.manager == .notSupplied(.notGranted))
        #expect(facts[text: .surname] == .notSupplied(.notAskedFor))
        #expect(facts.problems.isEmpty)
    }

    @Test(arguments: [
        ("Head of Year", "Head of Year"), ("head of year", "HEAD OF YEAR"),
        ("Head of Year", "  head  of year "),
    ])
    func `a mapped job gives its right in whatever case and spacing`(
        mapped: String,
        stated: String
    ) {
        var policy = Policy()
        policy.privileges = [mapped: ["pastoral"]]
        let facts = facts(policy: policy) { $0.roles = .value([job(stated), job("Pastoral")]) }
        #expect(facts.privileges == .value(["pastoral"]))
    }

    @Test func `a job gives its right on its days only`() {
        var policy = Policy()
        policy.privileges = ["head": ["all"]]
        let jobs = [job("Head", "2026-09-08", "2026-09-09")]
        let rights = ["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10"].map { day in
            facts(on: .at(day), policy: policy) { $0.roles = .value(jobs) }.privileges.value
        }
        #expect(rights == [[], ["all"], ["all"], []])
    }

    @Test func `a class stated twice is one place with the weightier role`() {
        let taught = TeachingClass.example("C1")
        for roles in [[ClassRole.student, .supervisor, .mainTeacher], [.mainTeacher, .teacher]] {
            let facts = facts {
                $0.classes = .value(roles.map { ClassMembership(teachingClass: taught, role: $0) })
            }
            #expect(facts.classes.value?.count == 1)
            #expect(facts.classes.value?[taught.key]?.role == .mainTeacher)
        }
    }
}
