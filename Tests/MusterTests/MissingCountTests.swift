import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Whom a sync counts as missing and soon to be suspended.
@Suite(.timeLimit(.minutes(1))) struct MissingCountTests {
    @Test func `on freeze days nobody is told to be suspended in twelve hours`() async throws {
        let premises = try await Premises()
        for id in 1...12 { premises.source.put(.staff("\(id)", surname: "Family\(id)")) }
        try await premises.syncAll()
        try await premises.setPolicy { $0.freezes = [Term(start: nil, end: nil)] }
        premises.source.remove(.staff("1"))
        var missing: [Int] = []
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(86_400))
            missing.append(try await premises.syncAll().missing)
        }
        #expect(missing == [0, 0, 0])
    }

    @Test func `whom an administrator suspended is not missing`() async throws {
        let premises = try await Premises()
        for id in 1...12 { premises.source.put(.staff("\(id)", surname: "Family\(id)")) }
        try await premises.syncAll()
        var account = try #require(try await premises.account("1"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        premises.source.remove(.staff("1"))
        #expect(try await premises.syncAll().missing == 0)
    }
}
