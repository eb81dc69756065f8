import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of who is to be invited.
    static let invitationLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "who is to be invited has neither password nor link") { desk in
            let bench = desk.bench
            for id in 1...9 as ClosedRange<Int64> {
                try await bench.open(id, linkedTo: [bench.record("S\(id)")])
                try await desk.change(id) { $0.email = "\(id)@school.example" }
            }
            try await desk.setPassword(1, of: 1)
            try await desk.issue(desk.link(2, of: 2))
            try await desk.issue(desk.link(3, of: 3, .reset))
            try await desk.change(4) { $0.status = .suspended(by: .sync) }
            try await desk.change(5) { $0.credential = .host }
            try await desk.issue(desk.link(6, of: 6))
            try await desk.change(6) { $0.email = "six@school.example" }
            let link = try await bench.link(bench.staff("S7"))
            try await bench.change(link.with { $0.state = .absent }, base: link.sequence)
            // Of nobody's school, of another school, and of another tenant.
            try await desk.open(10)
            let elsewhere = Observation.staff("S11", in: bench.second, sequence: 1)
            try await bench.open(11, linkedTo: [elsewhere])
            let foreign = Observation.staff("S12", in: bench.foreign, sequence: 1)
            try await bench.open(12, linkedTo: [foreign], tenant: bench.stranger)
            try requireEqual(try await desk.uninvited(), [6, 8, 9], "who is to be invited")
            let late = try await desk.uninvited(at: CredentialBench.expiry)
            try requireEqual(late, [2, 3, 6, 8, 9], "when the links have expired")
            let strangers = try await desk.uninvited(in: bench.foreign, of: bench.stranger)
            try requireEqual(strangers, [12], "those of another tenant")
            let confused = try await desk.uninvited(in: bench.foreign)
            try requireEqual(confused, [], "those of another tenant's school")
            try await desk.setRule(.never)
            try requireEqual(try await desk.uninvited(), [], "where people sign in elsewhere")
        },
        ConformanceLaw(credentials: "those to be invited come in pages, as they are") { desk in
            let bench = desk.bench
            for id in [7, 3, 9, 5, 1] as [Int64] {
                try await bench.open(id, linkedTo: [bench.record("S\(id)")])
            }
            var pages: [[Int64]] = []
            var last: Int64?
            while pages.count < 9 {
                let page = try await desk.uninvited(after: last, limit: 2)
                guard let end = page.last else { break }
                pages.append(page)
                last = end
            }
            try requireEqual(pages, [[1, 3], [5, 7], [9]], "the pages")
            try requireEqual(try await desk.uninvited(limit: 0), [], "a page of none")
            let first = try await desk.store.uninvited(
                in: bench.school,
                of: .standard,
                after: nil,
                limit: 1,
                at: Timestamp(milliseconds: 1)
            )
            try requireEqual(first, [try await bench.account(1)], "the account")
        },
    ]
}

extension CredentialBench {
    fileprivate func uninvited(
        in school: SchoolKey? = nil,
        of tenant: TenantID = .standard,
        after: Int64? = nil,
        limit: Int = 99,
        at: Int64 = 1
    ) async throws -> [Int64] {
        try await store.uninvited(
            in: school ?? bench.school,
            of: tenant,
            after: after.map(AccountID.init),
            limit: limit,
            at: Timestamp(milliseconds: at)
        ).map(\.id.value)
    }
}
