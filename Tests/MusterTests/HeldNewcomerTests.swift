import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

@Suite(.timeLimit(.minutes(1))) struct HeldNewcomerTests {
    /// What was known of her before she was held as one of many newcomers.
    @Test(arguments: [UnlinkedReason.left, .noWorkEmail])
    func `a newcomer who was held is not ignored for what was said of her before`(
        before: UnlinkedReason
    ) async throws {
        let premises = try await Premises()
        for id in 1...8 { premises.source.put(.staff("\(id)")) }
        premises.source.put(
            .staff("9").with {
                if before == .left {
                    $0.standing = .left(.notCurrent)
                } else {
                    $0.email = .empty
                }
            }
        )
        #expect(try await premises.syncAll().ignored == [before: 1])
        for id in 9...14 { premises.source.put(.staff("\(id)")) }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 6)
        let waiting = try await premises.store.unlinkedRecords(in: .example)
        #expect(waiting.map(\.reason) == [.manyNewcomers])
        for id in 10...14 { premises.source.remove(.staff("\(id)")) }
        let result = try await premises.syncAll()
        #expect(result.created == 1 && result.ignored == [:])
        #expect(try await premises.account("9")?.status == .active)
    }
}
