import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of finding people at a login, and of listing accounts.
    static let peopleLaws: [ConformanceLaw] = [
        ConformanceLaw("a person is found by address, user name and id, with all her links") {
            bench in
            let other = Observation.staff("T1", in: bench.second, sequence: 1)
            let account = try await bench.open(1, linkedTo: [bench.record("S1"), other])
            let keys: [LoginKey] = [
                .email("1@school.example"), .username("1@school.example"), .sourceID("S1"),
            ]
            for key in keys {
                let person = try requirePresent(try await bench.person(key), "by \(key)")
                try requireEqual(person.account, account, "the account by \(key)")
                try requireEqual(Set(person.links.map(\.key.id)), ["S1", "T1"], "links by \(key)")
                try requireEqual(person.checkedAt, nil, "the look-up by \(key)")
            }
        },
        ConformanceLaw("an address is found in any case, in its own tenant only") { bench in
            try await bench.open(.named("A", "B", id: 1, email: "a@school.example"))
            let found = try await bench.person(.email("A@School.Example"))
            try requireEqual(found?.account.id.value, 1, "the person")
            let foreign = try await bench.person(
                .email("a@school.example"),
                in: bench.foreign,
                tenant: bench.stranger
            )
            try requireEqual(foreign, nil, "in the other tenant")
        },
        ConformanceLaw("an id is found in its own school only, and of several people by their kind")
        {
            bench in
            try await bench.open(
                1,
                linkedTo: [Observation(key: .student("7", in: bench.school), sequence: 1)]
            )
            let student = try await bench.person(.sourceID("7"))
            try requireEqual(student?.account.id.value, 1, "the student alone")
            try await bench.open(2, linkedTo: [bench.record("7")])
            let both = try await bench.person(.sourceID("7"))
            try requireEqual(both, nil, "a teacher and a pupil")
            for (kind, expected) in [(.staff, 2), (.student, 1)] as [(PersonKind, Int64)] {
                let person = try await bench.person(.sourceID("7", kind: kind))
                try requireEqual(person?.account.id.value, expected, "the \(kind.rawValue) record")
            }
            let contact = try await bench.person(.sourceID("7", kind: .contact))
            try requireEqual(contact, nil, "a contact")
            let elsewhere = try await bench.person(.sourceID("7"), in: bench.second)
            try requireEqual(elsewhere, nil, "at the other school")
        },
        ConformanceLaw("a former address finds its only owner while it is recent") { bench in
            try await bench.open(.named("A", "B", id: 1))
            let key = LoginKey.email("old@school.example")
            try await bench.leave("old@school.example", by: 1, at: 100)
            for (since, expected) in [(99, 1), (100, 1), (101, nil)] as [(Int64, Int64?)] {
                let person = try await bench.person(key, formerSince: since)
                try requireEqual(person?.account.id.value, expected, "since \(since)")
            }
            try await bench.leave("old@school.example", by: 1, at: 200)
            let person = try await bench.person(key, formerSince: 150)
            try requireEqual(person?.account.id.value, 1, "after it was left again")
            let foreign = try await bench.person(key, in: bench.foreign, tenant: bench.stranger)
            try requireEqual(foreign, nil, "in the other tenant")
        },
        ConformanceLaw("a former address finds whoever holds it now, and nobody of several") {
            bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            let key = LoginKey.username("old@school.example")
            try await bench.leave("old@school.example", by: 1, at: 100)
            try await bench.leave("old@school.example", by: 2, at: 200)
            let several = try await bench.person(key, formerSince: 100)
            try requireEqual(several, nil, "of two")
            let recent = try await bench.person(key, formerSince: 150)
            try requireEqual(recent?.account.id.value, 2, "of the one who left it recently")
            try await bench.open(.named("E", "F", id: 3, email: "old@school.example"))
            let holder = try await bench.person(key, formerSince: 150)
            try requireEqual(holder?.account.id.value, 3, "of the one who holds it")
        },
        ConformanceLaw("a former address finds nobody while somebody else claims it") { bench in
            let email = "old@school.example"
            let claimant = bench.record("S2", email: email)
            try await bench.open(1, linkedTo: [bench.record("S1")])
            try await bench.leave(email, by: 1, at: 100)
            try await bench.requireFormer(1, of: email, "unclaimed")

            try await bench.park("U1", email: email, in: bench.second)
            try await bench.requireFormer(nil, of: email, "claimed by a record without an account")
            try await bench.apply { $0.noLongerUnlinked = [.staff("U1", in: bench.second)] }
            try await bench.requireFormer(1, of: email, "after that record went")

            try await bench.open(2, linkedTo: [claimant])
            try await bench.requireFormer(nil, of: email, "claimed by another's link")
            var link = try await bench.link(claimant.key)
            link.state = .absent
            try await bench.change(link, base: link.sequence)
            try await bench.requireFormer(1, of: email, "after she left")

            var run = bench.run(70, of: bench.second)
            try await bench.begin(run)
            let staged = Observation.staff("T1", email: email, in: bench.second, sequence: 1)
            try await bench.stage(staged, email: email, in: run)
            try await bench.requireFormer(nil, of: email, "claimed by a staged record")
            run.state = .failed
            try await bench.store.update(run)
            try await bench.requireFormer(1, of: email, "after the run")
        },
        ConformanceLaw("neither her own record nor another tenant's claims a former address") {
            bench in
            let email = "old@school.example"
            let own = bench.record("S1", email: email)
            try await bench.open(1, linkedTo: [own])
            try await bench.leave(email, by: 1, at: 100)
            let run = bench.run(70)
            try await bench.begin(run)
            try await bench.stage(own, email: email, linked: true, in: run)
            let foreign = Observation.staff("C1", email: email, in: bench.foreign, sequence: 1)
            try await bench.open(2, linkedTo: [foreign], tenant: bench.stranger)
            try await bench.park("C2", email: email, in: bench.foreign)
            let foreignRun = bench.run(71, of: bench.foreign)
            try await bench.begin(foreignRun)
            try await bench.stage(foreign, email: email, linked: true, in: foreignRun)
            try await bench.requireFormer(1, of: email, "claimed by none of the tenant")
        },
        ConformanceLaw("the last look-up of a person is that of her record at the school") {
            bench in
            let other = Observation.staff("T1", in: bench.second, sequence: 1)
            try await bench.open(1, linkedTo: [bench.record("S1"), other])
            try await bench.open(2, linkedTo: [other.with("T2"), other.with("T3")])
            for (number, id) in ["T1", "T3", "T2"].enumerated() {
                try await bench.check(
                    .staff(id, in: bench.second),
                    5,
                    at: Int64(number * 10 + 100)
                )
            }
            let unchecked = try await bench.person(.email("1@school.example"))
            try requireEqual(unchecked?.checkedAt, nil, "where her record was never looked up")
            try await bench.check(bench.staff("S1"), 6, at: 50)
            let here = try await bench.person(.email("1@school.example"))
            try requireEqual(here?.checkedAt, Timestamp(milliseconds: 50), "here")
            let there = try await bench.person(.email("1@school.example"), in: bench.second)
            try requireEqual(there?.checkedAt, Timestamp(milliseconds: 100), "there")
            for school in [bench.second, bench.school] {
                let latest = try await bench.person(.email("2@school.example"), in: school)
                try requireEqual(latest?.checkedAt, Timestamp(milliseconds: 120), "the latest")
            }
        },
        ConformanceLaw("a school lists its accounts and those without a link, by address") {
            bench in
            let other = Observation.staff("T1", in: bench.second, sequence: 1)
            try await bench.open(5, linkedTo: [bench.record("S1")]) { $0.state = .absent }
            try await bench.open(4, linkedTo: [other])
            for (id, email) in [(3, "b"), (2, "c"), (1, "a")] as [(Int64, String)] {
                try await bench.open(.named("A", "B", id: id, email: "\(email)@school.example"))
            }
            for id in [9, 8] as [Int64] {
                try await bench.open(.named("A", "B", id: id).with { $0.email = nil })
            }
            try await bench.open(.named("A", "B", id: 7, tenant: bench.stranger))
            let here = try await bench.store.accounts(in: bench.school, of: .standard)
            try requireEqual(here.map(\.account.id.value), [5, 1, 3, 2, 8, 9], "here")
            let there = try await bench.store.accounts(in: bench.second, of: .standard)
            try requireEqual(there.map(\.account.id.value), [4, 1, 3, 2, 8, 9], "there")
        },
        ConformanceLaw("a summary has the manager, the classes and the links") { bench in
            try await bench.openFull()
            let found = try await bench.store.summary(of: AccountID(1))
            let summary = try requirePresent(found, "the summary")
            try requireEqual(summary.account, try await bench.account(1), "the account")
            try requireEqual(summary.lineManager, try await bench.account(2), "the manager")
            let names = summary.classes.mapValues(\.teachingClass.name)
            try requireEqual(names, [ClassID(7): "10B/Sc1", ClassID(8): "10C/Sc1"], "the classes")
            try requireEqual(summary.links, [try await bench.link(bench.staff("S1"))], "the links")
            let listed = try await bench.store.accounts(in: bench.school, of: .standard)
            try requireEqual(listed.first, summary, "the same in the list")
            let nobody = try await bench.store.summary(of: AccountID(99))
            try requireEqual(nobody, nil, "the summary of nobody")
        },
    ]
}

extension Bench {
    fileprivate func leave(_ email: String, by account: Int64, at: Int64) async throws {
        try await apply(at: at) {
            $0.formerEmails = [FormerEmail(account: AccountID(account), email: email)]
        }
    }

    /// Fails unless a login by the address `email` finds `expected`.
    fileprivate func requireFormer(
        _ expected: Int64?,
        of email: String,
        _ what: String,
        line: UInt = #line
    ) async throws {
        let person = try await person(.email(email))
        try requireEqual(person?.account.id.value, expected, what, line: line)
    }
}

extension Observation {
    /// The same answer for another record.
    fileprivate func with(_ id: String) -> Observation {
        .staff(id, in: key.school, sequence: sequence)
    }
}
