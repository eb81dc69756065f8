import Testing

@testable import CurlTransport

struct WaitingLineTests {
    private let school = Origin(scheme: "https", host: "school.example", port: "443")
    private let other = Origin(scheme: "https", host: "other.school.example", port: "443")

    @Test func `so many run at once, the rest in order of arrival`() {
        var line = WaitingLine(connectionsPerHost: 2)
        let isAdmitted = (1...5).map { line.arrived($0, for: school) }
        #expect(isAdmitted == [true, true, false, false, false])
        let departures = (1...4).map { _ in line.departed(from: school, multiplexed: nil) }
        #expect(departures == [[3], [4], [5], []])
    }

    @Test func `hosts do not wait for each other`() {
        var line = WaitingLine(connectionsPerHost: 1)
        let first = line.arrived(1, for: school)
        let second = line.arrived(2, for: school)
        let third = line.arrived(3, for: other)
        #expect((first, second, third) == (true, false, true))
        let admitted = line.departed(from: other, multiplexed: nil)
        #expect(admitted == [])
    }

    @Test func `one who went away is passed over`() {
        var line = WaitingLine(connectionsPerHost: 1)
        for id in UInt64(1)...4 { _ = line.arrived(id, for: school) }
        line.withdrew(2)
        line.withdrew(3)
        let admitted = line.departed(from: school, multiplexed: nil)
        #expect(admitted == [4])
    }

    @Test func `a host that takes many streams gets them, until it no longer does`() {
        var line = WaitingLine(connectionsPerHost: 1)
        for id in UInt64(1)...200 { _ = line.arrived(id, for: school) }
        let admitted = line.departed(from: school, multiplexed: true)
        #expect(admitted == Array(2...101))
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
                if line.arrived(id, for: school) { running.insert(id) } else { waiting.insert(id) }
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
