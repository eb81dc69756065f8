import MusterTesting
import Roster
import Testing

@Suite struct GiveWayTests {
    @Test(arguments: [1, 2, 50])
    func `Planning gives way before each person and again before each is settled`(
        people: Int
    ) async throws {
        let bench = Bench()
        let staff = (1...people).map { number in
            Observation.staff("\(number)").with {
                $0.email = .value("person\(number)@oakfield.example")
            }
        }
        try await bench.see(staff)
        #expect(bench.gaveWay == 2 * people)
    }
}
