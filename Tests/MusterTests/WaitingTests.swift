import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

/// Waiting for a run of another process, by the store, its lock and the clock.
@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
    /// A run that another process has begun, and who waits for it.
    private struct Scene {
        let premises: Premises
        let run: Run
        /// Whether the other process holds the lock; nil on a machine without locks.
        let lock: Watched<Bool?>
        let shown = Watched<[Int]>([])

        init(isHeld: Bool? = true) async throws {
            premises = try await Premises()
            lock = Watched(isHeld)
            run = Run(
                id: RunID(70),
                connection: premises.connection.id,
                startedAt: premises.clock.now()
            )
            _ = try await premises.store.begin(run, aliveSince: run.startedAt)
        }

        func wait() -> Task<RunEnd, any Error> {
            Task {
                try await premises.workshop.end(
                    of: run.id,
                    silence: .seconds(600),
                    isHeld: { _ in lock.value }
                ) { run in shown.update { $0.append(run.counts.seen) } }
            }
        }

        /// Lets whoever waits look once.
        func look(after time: Duration = Workshop.look) async throws {
            try await premises.clock.sleepers(atLeast: 1)
            premises.clock.advance(by: time)
        }

        func tell(_ change: (inout Run) -> Void) async throws -> Run {
            var told = run
            change(&told)
            try await premises.store.update(told)
            return told
        }
    }

    @Test func `it ends with the run, and is told meanwhile how far that has come`() async throws {
        let scene = try await Scene()
        let waiting = scene.wait()
        try await scene.look()
        try await scene.shown.wait { $0 == [0] }
        _ = try await scene.tell { $0.counts.seen = 40 }
        try await scene.look()
        try await scene.shown.wait { $0 == [0, 40] }
        let over = try await scene.tell {
            $0.state = .held
            $0.counts.seen = 60
        }
        try await scene.look()
        #expect(try await waiting.value == .over(over))
        #expect(scene.shown.value == [0, 40])
    }

    @Test func `a lock that nobody holds tells that the process is gone`() async throws {
        let scene = try await Scene()
        let waiting = scene.wait()
        try await scene.look(after: .seconds(6000))
        try await scene.shown.wait { $0.count == 1 }
        scene.lock.update { $0 = false }
        try await scene.look()
        #expect(try await waiting.value == .cutOff)
    }

    @Test func `without locks its silence tells`() async throws {
        let scene = try await Scene(isHeld: nil)
        let waiting = scene.wait()
        try await scene.look(after: .seconds(599))
        try await scene.shown.wait { $0.count == 1 }
        try await scene.look(after: .seconds(2))
        #expect(try await waiting.value == .cutOff)
    }

    @Test func `a run that somebody took over was cut off, and one that failed is over`()
        async throws
    {
        let scene = try await Scene()
        let first = scene.wait()
        let now = scene.premises.clock.now()
        let next = Run(id: RunID(71), connection: scene.run.connection, startedAt: now)
        _ = try await scene.premises.store.begin(next, aliveSince: now.advanced(by: .seconds(1)))
        try await scene.look()
        #expect(try await first.value == .cutOff)
        let other = try await Scene()
        let second = other.wait()
        let failed = try await other.tell {
            $0.state = .failed
            $0.trouble = "The MIS did not answer."
        }
        try await other.look()
        #expect(try await second.value == .over(failed))
    }

    @Test func `whoever is stopped leaves the run alone`() async throws {
        let scene = try await Scene()
        let waiting = scene.wait()
        try await scene.premises.clock.sleepers(atLeast: 1)
        waiting.cancel()
        #expect(try await waiting.value == .notAwaited)
        #expect(try await scene.premises.store.run(scene.run.id) == scene.run)
    }
}
