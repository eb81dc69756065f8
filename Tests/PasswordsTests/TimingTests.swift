import MusterTesting
import Testing

/// Who only sees how long answers take learns nothing from it of who has an account.
///
/// The kinds take turns in one shuffled order, so that a busy machine troubles all of them alike.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `The time of an answer` {
    private static let people = 40
    /// Chance alone comes here once in two million comparisons.
    private static let limit = 5.0

    private static func measure(
        seed: UInt64,
        _ time: (String) async throws -> Duration
    ) async throws -> [Character: [Duration]] {
        // With a password, without one, and unknown; each less often than an account is locked.
        var generator = SeededGenerator(seed: seed)
        let names = (1...people).flatMap { number in
            ["p", "q", "x"].flatMap { Array(repeating: "\($0)\(number)@school.example", count: 4) }
        }.shuffled(using: &generator)
        var times: [Character: [Duration]] = [:]
        for name in names {
            let took = try await time(name)
            times[name.first ?? "x", default: []].append(took)
        }
        return times
    }

    private static func expectAlike(_ times: [Character: [Duration]], seed: UInt64) {
        for (left, right) in [("p", "x"), ("q", "x"), ("p", "q")] as [(Character, Character)] {
            let test = RankTest(times[left] ?? [], times[right] ?? [])
            #expect(
                abs(test.deviations) < limit,
                "\(left) and \(right) differ: \(test), seed \(seed)"
            )
        }
    }

    @Test func `of a wrong password says not whose account there is`() async throws {
        let scene = try await TimingScene(people: Self.people)
        let times = try await Self.measure(seed: 20_260_901) { try await scene.verify($0) }
        Self.expectAlike(times, seed: 20_260_901)
    }

    @Test func `of a request for a link says not whose account there is`() async throws {
        let scene = try await TimingScene(people: Self.people)
        let times = try await Self.measure(seed: 20_260_902) { try await scene.request($0) }
        Self.expectAlike(times, seed: 20_260_902)
    }

    @Test func `is compared by a test that sees a difference of a hundredth`() {
        var generator = SeededGenerator(seed: 5)
        let slow = (0..<160).map { _ in
            Duration.microseconds(Int.random(in: 1000...1010, using: &generator))
        }
        let same = slow.shuffled(using: &generator)
        #expect(abs(RankTest(slow, same).deviations) < 0.001)
        let other = slow.map { $0 + .microseconds(10) }
        #expect(RankTest(slow, other).deviations > Self.limit)
        #expect(RankTest(other, slow).deviations < -Self.limit)
    }
}
