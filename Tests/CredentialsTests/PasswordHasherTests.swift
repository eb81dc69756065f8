import Foundation
import Synchronization
import Testing

@testable import Credentials

@Suite(.timeLimit(.minutes(2))) struct PasswordHasherTests {
    /// Holds hashes up on their own threads, and tells how many are held.
    final class Barrier: Sendable {
        private let condition = NSCondition()
        private let state = Mutex((held: 0, most: 0, isOpen: false))
        let arrivals: AsyncStream<Int>
        private let report: AsyncStream<Int>.Continuation

        init() { (arrivals, report) = AsyncStream.makeStream(of: Int.self) }

        /// The most that were held at a time.
        var most: Int { state.withLock(\.most) }

        func enter() {
            condition.lock()
            let held = state.withLock { state in
                state.held += 1
                state.most = max(state.most, state.held)
                return state.held
            }
            report.yield(held)
            while !state.withLock(\.isOpen) { condition.wait() }
            state.withLock { $0.held -= 1 }
            condition.unlock()
        }

        func open() {
            condition.lock()
            state.withLock { $0.isOpen = true }
            condition.broadcast()
            condition.unlock()
        }

        /// Returns once so many are held.
        func wait(for count: Int) async {
            for await held in arrivals where held >= count { return }
        }
    }

    private func hasher(
        _ barrier: Barrier,
        atOnce: Int,
        waiting: Int,
        patience: Duration = .seconds(100)
    ) -> PasswordHasher {
        PasswordHasher(
            cost: .cheap,
            limits: .init(atOnce: atOnce, waiting: waiting, patience: patience),
            onBegin: { barrier.enter() }
        )
    }

    private func failure(
        of body: () async throws(HashingError) -> some Sendable
    ) async -> HashingError? {
        do throws(HashingError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a password matches its own hash only`() async throws {
        let hasher = PasswordHasher(cost: .cheap)
        let hash = try await hasher.hash(Password("four unlikely words"))
        let right = try await hasher.verify(Password("four unlikely words"), against: hash)
        #expect(right.isRight && !right.needsRehash)
        let wrong = try await hasher.verify(Password("four likely words"), against: hash)
        #expect(!wrong.isRight && !wrong.needsRehash)
    }

    @Test func `the standard cost works end to end`() async throws {
        let hasher = PasswordHasher()
        let hash = try await hasher.hash(Password("four unlikely words"))
        #expect(hash.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try await hasher.verify(Password("four unlikely words"), against: hash).isRight)
    }

    @Test func `a right password says when its hash should be stronger`() async throws {
        let old = try PasswordHash.of(Password("four unlikely words"), at: .cheap)
        let cost = try #require(PasswordHash.Cost(logRounds: 5, blockSize: 1, parallelism: 1))
        let hasher = PasswordHasher(cost: cost)
        #expect(
            try await hasher.verify(Password("four unlikely words"), against: old).needsRehash
        )
        #expect(try await !hasher.verify(Password("some other words"), against: old).needsRehash)
    }

    @Test func `nobody's password is wrong and costs a hash all the same`() async throws {
        let hashes = Atomic(0)
        let hasher = PasswordHasher(
            cost: .cheap,
            limits: .init(),
            onBegin: { hashes.wrappingAdd(1, ordering: .relaxed) }
        )
        let verdict = try await hasher.verify(Password("four unlikely words"), against: nil)
        #expect(!verdict.isRight && !verdict.needsRehash)
        #expect(hashes.load(ordering: .relaxed) == 1)
    }

    @Test func `no more than allowed go on at once, and all are answered`() async throws {
        let barrier = Barrier()
        let hasher = hasher(barrier, atOnce: 3, waiting: 100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask { _ = try await hasher.hash(Password("password \(number)")) }
            }
            await barrier.wait(for: 3)
            barrier.open()
            try await group.waitForAll()
        }
        #expect(barrier.most == 3)
    }

    /// More hashes stand still here than Swift's own threads, and tasks go on.
    @Test func `hashes hold up nobody's tasks`() async throws {
        let barrier = Barrier()
        let count = 4 * ProcessInfo.processInfo.activeProcessorCount
        let hasher = hasher(barrier, atOnce: count, waiting: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask { _ = try await hasher.hash(Password("password \(number)")) }
            }
            await barrier.wait(for: count)
            let sum = await withTaskGroup(of: Int.self) { others in
                for number in 0..<100 { others.addTask { number } }
                return await others.reduce(0, +)
            }
            #expect(sum == 4950)
            barrier.open()
            try await group.waitForAll()
        }
    }

    @Test func `a flood is refused at once`() async throws {
        let barrier = Barrier()
        let hasher = hasher(barrier, atOnce: 1, waiting: 5)
        let password = try Password("four unlikely words")
        let outcomes = AsyncStream.makeStream(of: HashingError?.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let failure = await self.failure { () throws(HashingError) in
                        try await hasher.hash(password)
                    }
                    outcomes.continuation.yield(failure)
                }
            }
            // One is held and five wait, so the others come back while the door is shut.
            var refused = 0
            for await outcome in outcomes.stream {
                #expect(outcome == .busy)
                refused += 1
                if refused == 194 { break }
            }
            barrier.open()
            try await group.waitForAll()
            outcomes.continuation.finish()
        }
        #expect(barrier.most == 1)
        #expect(HashingError.busy.sentence.hasSuffix("."))
    }

    @Test func `who waits too long is refused, and her place is free again`() async throws {
        let barrier = Barrier()
        let hasher = hasher(barrier, atOnce: 1, waiting: 1, patience: .milliseconds(5))
        let password = try Password("four unlikely words")
        async let first = hasher.hash(password)
        await barrier.wait(for: 1)
        for _ in 0..<3 {
            let failure = await failure { () throws(HashingError) in
                try await hasher.hash(password)
            }
            #expect(failure == .busy)
        }
        barrier.open()
        _ = try await first
    }

    @Test func `whoever is cancelled while she waits goes at once`() async throws {
        let barrier = Barrier()
        let hasher = hasher(barrier, atOnce: 1, waiting: 1)
        let password = try Password("four unlikely words")
        async let first = hasher.hash(password)
        await barrier.wait(for: 1)
        for _ in 0..<3 {
            let failure = await withTaskGroup(of: HashingError?.self) { group in
                group.addTask {
                    await self.failure { () throws(HashingError) in
                        try await hasher.hash(password)
                    }
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure == .cancelled)
        }
        barrier.open()
        _ = try await first
    }

    @Test func `whoever comes first goes first`() {
        var line = HashingLine(atOnce: 2, waiting: 3)
        #expect(line.arrive(1) == .begins)
        #expect(line.arrive(2) == .begins)
        #expect(line.arrive(3) == .waits)
        #expect(line.arrive(4) == .waits)
        #expect(line.arrive(5) == .waits)
        #expect(line.arrive(6) == .refused)
        let leaving = line.leave(4)
        #expect(leaving)
        let leavingAgain = line.leave(4)
        #expect(!leavingAgain)
        let running = line.leave(1)
        #expect(!running)
        #expect(line.finish() == 3)
        #expect(line.arrive(7) == .waits)
        #expect(line.finish() == 5)
        #expect(line.finish() == 7)
        #expect(line.finish() == nil)
        #expect(line.arrive(8) == .begins)
        #expect(line.arrive(9) == .waits)
    }
}
