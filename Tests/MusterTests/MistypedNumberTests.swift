import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Somebody whose number was typed wrong, and the person whose number it is is erased.
@Suite(.timeLimit(.minutes(1))) struct MistypedNumberTests {
    @Test func `an erasure does not bar a colleague with a mistyped number`() async throws {
        let premises = try await Premises()
        premises.source.put(
            .staff("a", forename: "Anna", surname: "Smith", email: "anna@school.example")
                .with { $0.neutralKeys = .teacher(1) }
        )
        try await premises.syncAll()
        let brian = Observation.staff(
            "b",
            forename: "Brian",
            surname: "Jones",
            email: "brian@school.example"
        ).with { $0.neutralKeys = .teacher(1) }
        premises.source.put(brian)
        #expect(try await premises.syncAll().disputed == 1)
        let anna = try #require(try await premises.account("a"))
        let records = try await Administration(premises.workshop).erase(anna)
        #expect(records.map(\.id) == ["a"])
        premises.source.remove(.staff("a"))
        premises.source.put(brian.with { $0.neutralKeys = .teacher(2) })
        let after = try await premises.syncAll()
        #expect(after.created == 1, "\(after.counts)")
    }
}
