import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// People whose account has not the address that their record states.
@Suite(.timeLimit(.minutes(1))) struct AwaitedAddressTests {
    @Test func `who waits for an address is listed until it is settled`() async throws {
        let premises = try await Premises(schools: [.example, .second])
        for number in 1...3 { premises.source.put(.staff("\(number)")) }
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.email = .value("2@school.example") }
        let first = try await premises.syncAll()
        #expect(first.remarks.map(\.record) == ["1"], "\(first.remarks)")
        // The record stays as it is, so that this sync has nothing to say of it.
        #expect(try await premises.syncAll().remarks.isEmpty)
        let listed = try await premises.review.list(of: try await premises.school()).remarks
        #expect(listed.map(\.record) == ["1"])
        #expect(listed.first?.reason.contains("2@school.example, which ") == true, "\(listed)")
        let elsewhere = try await premises.review.list(of: try await premises.school(1)).remarks
        #expect(elsewhere.isEmpty)
        premises.source.change(.staff("1")) { $0.email = .value("1@school.example") }
        try await premises.syncAll()
        #expect(try await premises.review.list(of: try await premises.school()).remarks.isEmpty)
    }
}
