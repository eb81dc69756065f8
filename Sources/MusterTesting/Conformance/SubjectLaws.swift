import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the names that a host's identity provider gives.
    static let subjectLaws: [ConformanceLaw] = [
        ConformanceLaw("a subject finds the account it was bound to, whatever its addresses") {
            bench in
            try await bench.open(1, linkedTo: [bench.record("S1")])
            let subject = HostSubject(
                issuer: "https://id.school.example",
                subject: "o'Hara \u{0} 1"
            )
            try requireEqual(try await bench.person(.subject(subject)), nil, "before it was bound")
            try await bench.bind(subject, to: 1)
            let before = try await bench.account(1)
            try await bench.change(before, to: before.with { $0.email = nil })
            for school in [bench.school, bench.second] {
                let found = try await bench.person(.subject(subject), in: school)
                try requireEqual(found?.account.id.value, 1, "the person in \(school)")
            }
            try await bench.park("U1", email: nil)
            let record = try await bench.store.unlinkedRecord(.subject(subject), in: bench.school)
            try requireEqual(record, nil, "a record without an account")
        },
        ConformanceLaw("a subject is nobody else's: of another issuer, tenant or spelling") {
            bench in
            try await bench.open(.named("A", "B", id: 1, email: "7"))
            let subject = HostSubject(issuer: "a", subject: "7")
            try await bench.bind(subject, to: 1)
            let strangers = [
                HostSubject(issuer: "", subject: "7"), HostSubject(issuer: "A", subject: "7"),
                HostSubject(issuer: "a", subject: "77"), HostSubject(issuer: "a", subject: ""),
                HostSubject(issuer: "7", subject: "a"), HostSubject(issuer: "a7", subject: ""),
            ]
            for stranger in strangers {
                let found = try await bench.person(.subject(stranger))
                try requireEqual(found, nil, "the person of \(stranger)")
            }
            let foreign = try await bench.person(
                .subject(subject),
                in: bench.foreign,
                tenant: bench.stranger
            )
            try requireEqual(foreign, nil, "in the other tenant")
            try await bench.open(.named("C", "D", id: 2, tenant: bench.stranger))
            try await bench.bind(subject, to: 2, of: bench.stranger)
            let own = try await bench.person(.subject(subject))
            try requireEqual(own?.account.id.value, 1, "after the other tenant bound it")
        },
        ConformanceLaw("a subject is bound once; an account may have several") { bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            let subjects = ["7", "8"].map { HostSubject(issuer: "", subject: $0) }
            for subject in subjects + subjects { try await bench.bind(subject, to: 1) }
            try await requireRefusal(.boundSubject, "a second account") { () throws(StoreError) in
                try await bench.bind(subjects[0], to: 2)
            }
            for subject in subjects {
                let found = try await bench.person(.subject(subject))
                try requireEqual(found?.account.id.value, 1, "the person of \(subject)")
            }
        },
        ConformanceLaw("a subject is bound to no account that the tenant does not have") { bench in
            try await bench.open(.named("A", "B", id: 1, tenant: bench.stranger))
            let subject = HostSubject(issuer: "", subject: "7")
            for id in [1, 99] as [Int64] {
                try await requireRefusal(.stale, "account \(id)") { () throws(StoreError) in
                    try await bench.bind(subject, to: id)
                }
            }
            try requireEqual(try await bench.person(.subject(subject)), nil, "the person")
        },
        ConformanceLaw("of accounts that are bound at once exactly one has the subject") { bench in
            let subject = HostSubject(issuer: "", subject: "7")
            for id in 1...6 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            let bound = await withTaskGroup(of: Int64?.self) { group in
                for id in 1...6 as ClosedRange<Int64> {
                    group.addTask {
                        do throws(StoreError) {
                            try await bench.bind(subject, to: id)
                            return id
                        } catch { return nil }
                    }
                }
                return await group.reduce(into: [Int64]()) { $0 += [$1].compactMap(\.self) }
            }
            try requireEqual(bound.count, 1, "accounts that were bound")
            let found = try await bench.person(.subject(subject))
            try requireEqual(found?.account.id.value, bound.first, "the person")
        },
    ]
}

extension Bench {
    func bind(
        _ subject: HostSubject,
        to account: Int64,
        of tenant: TenantID = .standard
    ) async throws(StoreError) {
        try await store.bind(subject, to: AccountID(account), of: tenant)
    }
}
