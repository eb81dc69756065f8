import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Whether a held plan holds what it does not have.
@Suite(.timeLimit(.minutes(1))) struct HeldKindTests {
    @Test func `a login takes a place that no plan has, though another place waits`() async throws {
        let premises = try await Premises()
        func put(_ id: Int, _ classes: [String]) {
            premises.source.put(
                .staff("\(id)", surname: "Family\(id)", classes: classes.map { .taught($0) })
            )
        }
        for id in 1...12 { put(id, ["X\(id)", "Y\(id)"]) }
        try await premises.syncAll()
        for id in 1...9 { put(id, ["Y\(id)"]) }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 9, "\(held)")
        // The MIS was put right; then she gives the other class away.
        put(1, ["X1"])
        premises.letFreshnessPass()
        let login = try await premises.login(.sourceID("1"))
        #expect(login.outcome == .refreshed, "\(login.outcome)")
        #expect(login.account?.account.memberships.count == 1)
    }
}
