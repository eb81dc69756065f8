import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// A responsibility withdrawn by a login while a plan would withdraw another one.
@Suite(.timeLimit(.minutes(1))) struct OtherCustodyTests {
    @Test(arguments: [Families.Path.login, .delta])
    func `the mother's is gone at once though the father's waited and came back`(
        path: Families.Path
    ) async throws {
        let families = try await Families()
        families.withdraw(1...6)
        #expect(try await families.sync().state == .held)
        families.restate(2...6)
        families.premises.source.change(.student("k1")) {
            $0.contacts = .value([
                .example("c1", "Mother", responsible: false), .example("c2", "Father"),
            ])
        }
        try await families.look(path, 1)
        let contacts = try await families.summary("k1").contacts
        let mother = try #require(contacts.first { $0.relationship == "Mother" })
        #expect(mother.parentalResponsibility == false, "confirmed: \(mother.isConfirmed)")
    }
}
