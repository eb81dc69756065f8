import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// A look at what would be done, while a plan waits.
@Suite(.timeLimit(.minutes(1))) struct HeldPreviewTests {
    @Test func `a preview releases nobody whom a plan holds`() async throws {
        let premises = try await Premises()
        for id in 1...12 { premises.source.put(.staff("\(id)", surname: "Family\(id)")) }
        try await premises.syncAll()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        #expect(try await premises.syncAll().state == .held)
        let connection = try await premises.school().connection
        let preview = await BatchSync(premises.workshop).run(connection, isPreview: true)
        #expect(preview.state == .preview && preview.held == 9)
        premises.letFreshnessPass()
        for id in 1...9 { _ = try await premises.login(.sourceID("\(id)")) }
        let suspended = try await premises.store.accounts(in: .example, of: .standard)
            .count { $0.account.status == .suspended(by: .sync) }
        #expect(suspended == 0)
    }
}
