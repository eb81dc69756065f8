import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

// One kind of people, of several that a connection reads.
extension MassRemovalTests {
    private static let pupils = 101...104

    private func schoolWithPupils() async throws -> Premises {
        let premises = try await Premises(pageSize: 5, people: [.staff, .student])
        for id in Self.few {
            premises.source.put(.staff("\(id)", surname: "Family\(id)"))
        }
        for id in Self.pupils { premises.source.put(.student("\(id)")) }
        try await premises.syncAll()
        #expect(try await holdings(premises).count == 8)
        premises.letFreshnessPass()
        return premises
    }

    @Test
    func `8: a list of pupils that is cut hides no pupil, and a whole one of staff says who left`()
        async throws
    {
        let premises = try await schoolWithPupils()
        premises.source.script { script in
            script.counts[.student] = .some(4)
            script.people[.student("103")] = nil
            script.people[.student("104")] = nil
            script.people[.staff("4")] = nil
        }
        try await look(.batch, premises)
        let status = try await premises.store.accounts(in: .example, of: .standard).map(
            \.account.status
        )
        #expect(status.count { $0 == .active } == 7)
        #expect(try await premises.account("4")?.status == .suspended(by: .sync))
    }

    @Test func `8: a list of pupils that does not come hides no pupil`() async throws {
        let premises = try await schoolWithPupils()
        try await requireNothingLost(.batch, premises) { script in
            script.counts[.student] = .some(nil)
            for id in Self.pupils { script.people[.student("\(id)")] = nil }
        }
    }
}
