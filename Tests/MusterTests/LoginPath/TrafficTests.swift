import Accounts
import Testing

@testable import Muster

/// The runner of the gates, by many at once.
@Suite struct TrafficTests {
    /// A lane at rest is forgotten while others arrive: no question may be lost on the way.
    @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 8])
    func `every question of many threads comes through`(askers: Int) async throws {
        let premises = try await Premises()
        let (traffic, connection) = (premises.workshop.traffic, premises.connection)
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<askers {
                group.addTask { @concurrent in
                    var passed = 0
                    for _ in 0..<3000 {
                        let answer = try? await traffic.pass(to: connection, as: .login) {
                            (true, .answered(pause: nil))
                        }
                        if answer == true { passed += 1 }
                    }
                    return passed
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == askers * 3000)
        #expect(traffic.isAtRest && traffic.gate(of: connection.id) == nil, "no gate is kept")
        #expect(traffic.health.map(\.isAsked) == [true])
    }
}
