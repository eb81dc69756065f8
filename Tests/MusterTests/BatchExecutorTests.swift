import Foundation
import Testing

@testable import Muster

/// The processors that a batch uses beside logins.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BatchExecutorTests {
    /// How many processors the calling thread may use, as the kernel tells.
    private static func processors(of thread: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(thread)/status", encoding: .utf8)
        let line = try #require(
            status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
        )
        let mask = line.dropFirst("Cpus_allowed:".count)
        return mask.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
    }

    @Test func `after a login a batch leaves one of its processors alone`() async throws {
        let all = try Self.processors(of: "self")
        BatchExecutor.makeWay()
        let used = try await Task(executorPreference: BatchExecutor.shared) {
            try Self.processors(of: "thread-self")
        }.value
        #expect(used == max(1, all - 1))
    }
}
