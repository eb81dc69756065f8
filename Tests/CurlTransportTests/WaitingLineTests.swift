import Testing

@testable import CurlTransport

struct WaitingLineTests {
    private let school = Origin(scheme: "https", host: "school.example", port: "443")
    private let other = Origin(scheme: "https", host: "other.school.example", port: "443")

    @Test func `the urgent go first and have one place in four for themselves`() {
        var line = WaitingLine(connectionsPerHost: 4)
        let ordinary = (1...5).map { line.arrived($0, for: school, .ordinary) }
        #expect(ordinary == [true, true, true, false, false])
        let urgent = (6...8).map { line.arrived($0, for: school, .urgent) }
        #expect(urgent == [true, false, false])
        let departures = (1...5).map { _ in line.departed(from: school, multiplexed: nil) }
        #expect(departures == [[7], [8], [], [4], [5]])
    }

    @Test func `so many run at once, the rest in order of arrival`() {
        var line = WaitingLine(connectionsPerHost: 2)
        let isAdmitted = (1...5).map { line.arrived($0, for: school, .ordinary) }
        #expect(isAdmitted == [true, true, false, false, false])
        let departures = (1...4).map { _ in line.departed(from: school, multiplexed: nil) }
        #expect(departures == [[3], [4], [5], []])
    }

    @Test func `hosts do not wait for each other`() {
        var line = WaitingLine(connectionsPerHost: 1)
        let first = line.arrived(1, for: school, .ordinary)
        let second = line.arrived(2, for: school, .ordinary)
        let third = line.arrived(3, for: other, .ordinary)
        #expect((first, second, third) == (true, false, true))
        let admitted = line.departed(from: other, multiplexed: nil)
        #expect(admitted == [])
    }

    @Test func `one who went away is passed over`() {
        var line = WaitingLine(connectionsPerHost: 1)
        for id in UInt64(1)...4 { _ = line.arrived(id, for: school, .ordinary) }
        line.withdrew(2)
        line.withdrew(3)
        let admitted = line.departed(from: school, multiplexed: nil)
        #expect(admitted == [4])
    }

    @Test func `a host that takes many streams gets them, until it no longer does`() {
        var line = WaitingLine(connectionsPerHost: 1)
        for id in UInt64(1)...200 { _ = line.arrived(id, for: school, .ordinary) }
        let admitted = line.departed(from: school, multiplexed: true)
        // One place in four is for the urgent.
        #expect(admitted == Array(2...76))
        let later = line.departed(from: school, multiplexed: false)
        #expect(later == [])
    }

    @Test func `nobody is forgotten or admitted twice, whatever comes and goes`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        var line = WaitingLine(connectionsPerHost: 3)
        var running: Set<UInt64> = []
        var waiting: Set<UInt64> = []
        for id in UInt64(1)...5000 {
            switch random.next() % 4 {
            case 0, 1:
                let priority: HTTPRequest.Priority = id % 3 == 0 ? .urgent : .ordinary
                if line.arrived(id, for: school, priority) {
                    running.insert(id)
                } else {
                    waiting.insert(id)
                }
            case 2:
                guard let leaver = running.min() else { continue }
                running.remove(leaver)
                for next in line.departed(from: school, multiplexed: false) {
                    #expect(waiting.remove(next) != nil, "seed \(seed)")
                    running.insert(next)
                }
            default:
                guard let leaver = waiting.max() else { continue }
                waiting.remove(leaver)
                line.withdrew(leaver)
            }
            #expect(running.count == min(3, running.count + waiting.count), "seed \(seed)")
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
