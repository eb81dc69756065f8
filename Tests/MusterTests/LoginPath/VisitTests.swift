import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

@Suite struct VisitTests {
    @Test func `a login that was answered takes no other budget, so that no timer outlives it`()
        async throws
    {
        let premises = try await Premises()
        let event = LoginEvent(
            school: try await premises.school(),
            key: .sourceID("1"),
            method: .sso
        )
        let clock = premises.clock
        let visit = Visit(1, event, as: LoginID(1), from: clock.instant(), budget: .seconds(1))
        let mayTakeBefore = visit.take(budget: .seconds(2))
        visit.give(
            LoginAnswer(event: event, facts: nil, now: clock.now()).deferred()
        )
        let mayTakeAfter = visit.take(budget: .milliseconds(100))
        #expect(mayTakeBefore && !mayTakeAfter)
    }
}
