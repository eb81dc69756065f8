import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

/// Syncs that somebody stops, and what runs say of themselves meanwhile.
@Suite(.timeLimit(.minutes(1))) struct CancelTests {
    private func school(_ count: Int, pageSize: Int = 2) async throws -> Premises {
        let premises = try await Premises(pageSize: pageSize)
        for number in 1...count { premises.source.put(.staff("\(number)")) }
        return premises
    }

    /// Begins a sync, cancels it once `isUnderWay`, and looks at what it left.
    private func requireStopped(
        _ premises: Premises,
        once isUnderWay: () async throws -> Void
    ) async throws {
        let connection = premises.connection
        let batch = BatchSync(premises.workshop)
        let sync = Task { await batch.run(connection) }
        try await isUnderWay()
        sync.cancel()
        let result = await sync.value
        #expect(result.state == .cancelled)
        #expect(result.created == 0)
        #expect(result.requests == premises.source.requests)
        let sentence = "The sync was stopped before anything was applied; the next one begins anew."
        #expect(result.trouble == sentence)
        let run = try #require(try await premises.store.run(result.run))
        #expect(run.state == .cancelled && run.endedAt != nil && run.trouble == sentence)
        #expect(run.counts.requests == result.requests)
        premises.source.script {
            $0.pageFaults = [:]
            $0.pause = nil
        }
        premises.clock.advance(by: .seconds(400))
        #expect(try await premises.syncAll().state == .completed)
    }

    @Test func `while a page does not come`() async throws {
        let premises = try await school(5)
        let gate = Gate()
        premises.source.script { $0.pageFaults[2] = [.held(gate)] }
        try await requireStopped(premises) { try await gate.arrival() }
    }

    @Test func `while it waits as the source asked`() async throws {
        let premises = try await school(5)
        premises.source.script {
            $0.pageFaults[2] = [.error(.overloaded(retryAfter: .seconds(300)))]
        }
        try await requireStopped(premises) {
            try await premises.source.requests(atLeast: 4)
            try await premises.clock.sleepers(atLeast: 1)
        }
    }

    @Test func `while it waits for its turn`() async throws {
        let premises = try await school(5)
        premises.source.script { $0.pause = .seconds(300) }
        try await requireStopped(premises) {
            try await premises.source.requests(atLeast: 3)
            try await premises.clock.sleepers(atLeast: 1)
        }
    }

    @Test func `by whoever asks the store, while a page does not come`() async throws {
        let premises = try await school(5)
        let gate = Gate()
        premises.source.script { $0.pageFaults[2] = [.held(gate)] }
        let (batch, connection) = (BatchSync(premises.workshop), premises.connection)
        let sync = Task { await batch.run(connection) }
        try await gate.arrival()
        let going = try #require(try await premises.store.runs(of: connection.id, limit: 1).first)
        let asked = try #require(try await premises.workshop.askToEnd(going.id))
        #expect(asked.state == .running && asked.endAskedAt == premises.clock.now())
        gate.open()
        let result = await sync.value
        #expect(result.state == .cancelled && result.created == 0)
        #expect(result.trouble?.contains("stopped before anything was applied") == true)
        #expect(try await premises.store.run(going.id)?.state == .cancelled)
        premises.source.script { $0.pageFaults = [:] }
        #expect(try await premises.syncAll().created == 5)
    }

    @Test func `by whoever asks the store, after the step that goes on`() async throws {
        let premises = try await school(5)
        var settings = SyncSettings()
        settings.chunk = 2
        let batch = BatchSync(premises.workshop, settings: settings)
        let (clock, workshop) = (premises.clock, premises.workshop)
        premises.store.beforeApplying.withLock { hook in
            hook = {
                clock.advance(by: .seconds(1))
                let run = try? await workshop.store.runs(of: premises.connection.id, limit: 1).first
                if let run { _ = try? await workshop.askToEnd(run.id) }
            }
        }
        let result = await batch.run(premises.connection)
        #expect(result.state == .cancelled && result.created == 2)
    }

    @Test func `nobody can ask a run that is over`() async throws {
        let premises = try await school(1)
        let result = try await premises.syncAll()
        let run = try await premises.workshop.askToEnd(result.run)
        #expect(run?.state == .completed && run?.endAskedAt == nil)
        #expect(try await premises.workshop.askToEnd(RunID(1)) == nil)
    }

    @Test func `before it began it leaves no run`() async throws {
        let premises = try await school(1)
        let connection = premises.connection
        let batch = BatchSync(premises.workshop)
        let gate = Gate()
        let sync = Task {
            try? await gate.pass()
            return await batch.run(connection)
        }
        try await gate.arrival()
        sync.cancel()
        #expect(await sync.value.state == .cancelled)
        #expect(try await premises.store.runs(of: connection.id, limit: 9).isEmpty)
    }

    @Test func `while it applies, after the step that goes on`() async throws {
        let premises = try await school(5)
        var settings = SyncSettings()
        settings.chunk = 2
        let result = await Self.stopping(BatchSync(premises.workshop, settings: settings)) {
            await $0.run(premises.connection, progress: $1)
        }
        #expect(result.state == .cancelled && result.created == 2)
        #expect(result.trouble?.contains("after 2 people were brought up to date") == true)
        #expect(try await premises.account("1") != nil)
        let next = try await premises.syncAll()
        #expect(next.state == .completed && next.created == 3 && next.unchanged == 2)
    }

    @Test func `an approval that is stopped can be approved again`() async throws {
        let premises = try await school(5)
        var settings = SyncSettings()
        settings.chunk = 2
        let batch = BatchSync(premises.workshop, settings: settings)
        let preview = await batch.run(premises.connection, isPreview: true)
        let plan = try #require(preview.plan)
        let stopped = await Self.stopping(batch) {
            await $0.approve(plan, at: premises.connection, progress: $1)
        }
        #expect(stopped.state == .cancelled && stopped.created == 2)
        let again = await batch.approve(plan, at: premises.connection)
        #expect(again.state == .completed && again.created == 3 && again.kind == .approval)
    }

    /// Cancels the work's own task at the first step that it applied.
    private static func stopping(
        _ batch: BatchSync,
        _ work:
            @escaping @Sendable (BatchSync, @escaping @Sendable (SyncProgress) -> Void) async ->
            SyncResult
    ) async -> SyncResult {
        await Task {
            await work(batch) { progress in
                guard progress.stage == .applying else { return }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }.value
    }

    @Test func `a sync that fails reports the requests it sent`() async throws {
        let premises = try await school(5)
        premises.source.script { $0.describeError = .unavailable(reason: "Nobody is there.") }
        let first = try await premises.syncAll()
        #expect(first.state == .failed && first.requests == 1)
        premises.source.script {
            $0.describeError = nil
            $0.pageFaults[2] = [.error(.malformed(reason: "It was cut."))]
        }
        let asked = premises.source.requests
        let second = try await premises.syncAll()
        #expect(second.state == .failed)
        #expect(second.requests == premises.source.requests - asked)
        #expect(try await premises.store.run(second.run)?.counts.requests == second.requests)
    }

    @Test func `a run says that it goes on while it applies`() async throws {
        let premises = try await school(6, pageSize: 50)
        var settings = SyncSettings()
        settings.chunk = 1
        let clock = premises.clock
        let began = clock.now()
        _ = await BatchSync(premises.workshop, settings: settings).run(premises.connection) {
            if $0.stage == .applying { clock.advance(by: .seconds(31)) }
        }
        let beats = premises.store.updates.withLock { $0 }.filter { $0.state == .running }
        #expect(
            beats.map { $0.aliveAt.since(began).components.seconds } == [
                0, 31, 62, 93, 124, 155, 186,
            ]
        )
        #expect(beats.map(\.counts.created) == [0, 1, 2, 3, 4, 5, 6], "and what it has come to")
    }

    @Test func `a run says that it goes on before and after it waits`() async throws {
        let premises = try await school(1)
        premises.source.script {
            $0.pageFaults[1] = [.error(.overloaded(retryAfter: .seconds(300)))]
        }
        let batch = BatchSync(premises.workshop)
        let began = premises.clock.now()
        async let result = batch.run(premises.connection)
        try await premises.source.requests(atLeast: 3)
        try await until { premises.store.updates.withLock { !$0.isEmpty } }
        premises.source.script { $0.pageFaults = [:] }
        // The gate may sleep before the batch does.
        let time = Task { [clock = premises.clock] in
            while !Task.isCancelled {
                try await clock.sleepers(atLeast: 1)
                clock.advance(by: .seconds(300))
                await Task.yield()
            }
        }
        #expect(await result.state == .completed)
        time.cancel()
        let beats = premises.store.updates.withLock { $0 }
            .map { $0.aliveAt.since(began).components.seconds }
        #expect(beats.first == 0 && beats.dropFirst().first ?? 0 >= 300, "\(beats)")
    }
}

/// How fast a sync goes.
@Suite(.timeLimit(.minutes(3))) struct PaceTests {
    private let start = ContinuousClock.now

    private func pace(_ marks: [(done: Int, at: Double)], of total: Int? = 100) -> Pace {
        var pace = Pace()
        for mark in marks {
            pace.note(
                SyncProgress(stage: .reading, done: mark.done, total: total),
                at: start + .milliseconds(Int64(mark.at * 1000))
            )
        }
        return pace
    }

    @Test func `nothing is said before it can be told`() {
        for marks in [[], [(10, 0)], [(10, 0), (20, 0.1)], [(10, 0), (10, 5)]]
            as [[(done: Int, at: Double)]]
        {
            #expect(pace(marks).perSecond == nil && pace(marks).left == nil)
        }
    }

    @Test func `the rate is that of the last quarter of a minute`() {
        let even = pace([(0, 0), (10, 1), (20, 2)])
        #expect(even.perSecond == 10 && even.left == .seconds(8))
        let slower = pace([(0, 0), (50, 1), (60, 20), (70, 30), (80, 40)])
        #expect(slower.perSecond == 1 && slower.left == .seconds(20))
    }

    @Test func `without a total nobody knows what is left`() {
        #expect(pace([(0, 0), (10, 1)], of: nil).left == nil)
        #expect(pace([(0, 0), (10, 1)], of: 10).left == nil)
        #expect(pace([(0, 0), (10, 1)], of: nil).perSecond == 10)
    }

    @Test func `another stage, and another school, begin anew`() {
        var next = pace([(0, 0), (90, 1)])
        next.note(SyncProgress(stage: .applying, done: 5, total: 100), at: start + .seconds(2))
        #expect(next.perSecond == nil)
        next.note(SyncProgress(stage: .applying, done: 25, total: 100), at: start + .seconds(4))
        #expect(next.perSecond == 10)
        next.note(SyncProgress(stage: .applying, done: 1, total: 100), at: start + .seconds(5))
        #expect(next.perSecond == nil)
    }
}
