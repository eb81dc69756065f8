package import Accounts
package import Muster
import Roster
import Synchronization

/// Runs a sync of one connection to its end.
package typealias SyncWork =
    @Sendable (Connection, SyncOrder, RunID, @escaping @Sendable (SyncProgress) -> Void) async ->
    SyncResult

/// The syncs that this daemon runs or ran lately: one at a time for each connection, and those that
/// ask for something else in the order in which they came.
final class LiveRuns: Sendable {
    /// Ended runs whose result is kept here; the store keeps all of them.
    private static let limit = 256

    fileprivate struct State {
        var runs: [RunID: LiveRun] = [:]
        /// Of each connection the run that goes on, and after it those that wait for it.
        var lines: [ConnectionID: [RunID]] = [:]
        /// Ended runs, the one that ended first before the others.
        var ended: [RunID] = []
        var tasks: [RunID: Task<Void, Never>] = [:]
        var watchers: [RunID: [Int: AsyncStream<RunEvent>.Continuation]] = [:]
        var lastWatcher = 0
        var isStopping = false
    }
    private let state = Mutex(State())
    private let work: SyncWork
    private let workshop: Workshop

    init(_ workshop: Workshop, work: @escaping SyncWork) {
        self.workshop = workshop
        self.work = work
    }

    /// Begins a sync of `connection`, after the one that goes on if that does something else, or
    /// joins one that does the same; nil where the server stops.
    func press(
        _ connection: Connection,
        _ order: SyncOrder = SyncOrder()
    ) -> (run: RunID, isJoined: Bool)? {
        let id = RunID(workshop.identifiers.next())
        let now = workshop.clock.now()
        return state.withLock { state in
            let line = state.lines[connection.id, default: []]
            // A plan is not kept waiting: what goes on may be what ends it.
            if let other = line.first(where: {
                order.plan != nil || state.runs[$0]?.order.includes(order) ?? false
            }) {
                return (other, true)
            }
            guard !state.isStopping else { return nil }
            let before = line.last.flatMap { state.tasks[$0] }
            state.runs[id] = LiveRun(id, connection.id, order, at: now)
            state.lines[connection.id, default: []].append(id)
            // Unstructured on purpose: a sync outlives the request that began it. `cancel` and
            // `stop` cancel it, and `finish` waits for it.
            state.tasks[id] = Task {
                await before?.value
                let result = await self.work(connection, order, id) { self.note($0, of: id) }
                self.end(id, with: result)
            }
            return (id, false)
        }
    }

    /// Whether no more runs are begun.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// How the run stands, if this daemon knows of it.
    func run(_ id: RunID) -> LiveRun? { state.withLock { $0.runs[id] } }

    /// What becomes of a run, from now to its end; nil where this daemon does not run it.
    func events(of id: RunID) -> AsyncStream<RunEvent>? {
        // Progress may be skipped by a slow reader, the result never: it comes last.
        let (stream, events) = AsyncStream.makeStream(
            of: RunEvent.self,
            bufferingPolicy: .bufferingNewest(16)
        )
        let isKnown = state.withLock { state in
            guard let run = state.runs[id] else { return false }
            events.yield(.state(RunReport(run)))
            guard run.result == nil, !state.isStopping else {
                events.finish()
                return true
            }
            state.lastWatcher += 1
            let watcher = state.lastWatcher
            state.watchers[id, default: [:]][watcher] = events
            events.onTermination = { [weak self] _ in self?.leave(id, watcher) }
            return true
        }
        return isKnown ? stream : nil
    }

    /// Stops a run at its next safe point; false where this daemon does not run it now.
    func cancel(_ id: RunID) -> Bool {
        guard let task = state.withLock({ $0.tasks[id] }) else { return false }
        task.cancel()
        return true
    }

    /// Begins no more runs, stops those that go on at their next safe points, and lets the
    /// watchers go.
    func stop() {
        let (watchers, tasks) = state.withLock { state in
            state.isStopping = true
            let watchers = state.watchers.values.flatMap(\.values)
            state.watchers = [:]
            return (watchers, Array(state.tasks.values))
        }
        for task in tasks { task.cancel() }
        for watcher in watchers { watcher.finish() }
    }

    /// Waits for the runs that go on.
    func finish() async {
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }

    private func note(_ progress: SyncProgress, of id: RunID) {
        tell(id) { $0.progress = progress }
    }

    private func end(_ id: RunID, with result: SyncResult) {
        let now = workshop.clock.now()
        tell(id) { run in
            run.result = result
            run.endedAt = now
        }
    }

    /// Changes a run, tells its watchers, and lets go of them and of it where it ended.
    private func tell(_ id: RunID, _ change: (inout LiveRun) -> Void) {
        let (run, watchers) = state.withLock { state -> (LiveRun?, [RunWatcher]) in
            guard var run = state.runs[id] else { return (nil, []) }
            change(&run)
            state.runs[id] = run
            let watchers = Array(state.watchers[id, default: [:]].values)
            if run.result != nil { state.close(run, keeping: Self.limit) }
            return (run, watchers)
        }
        guard let run else { return }
        for watcher in watchers {
            watcher.yield(.state(RunReport(run)))
            if run.result != nil { watcher.finish() }
        }
    }

    private typealias RunWatcher = AsyncStream<RunEvent>.Continuation

    private func leave(_ id: RunID, _ watcher: Int) {
        state.withLock { _ = $0.watchers[id]?.removeValue(forKey: watcher) }
    }
}

extension LiveRuns.State {
    fileprivate mutating func close(_ run: LiveRun, keeping limit: Int) {
        watchers[run.id] = nil
        tasks[run.id] = nil
        lines[run.connection]?.removeAll { $0 == run.id }
        if lines[run.connection]?.isEmpty ?? false { lines[run.connection] = nil }
        ended.append(run.id)
        if ended.count > limit { runs[ended.removeFirst()] = nil }
    }
}

/// A sync as this daemon sees it.
struct LiveRun: Sendable, Hashable {
    let id: RunID
    let connection: ConnectionID
    /// What it was asked for.
    let order: SyncOrder
    let startedAt: Timestamp
    var endedAt: Timestamp?
    var progress: SyncProgress?
    /// What it came to; nil while it goes on.
    var result: SyncResult?

    init(_ id: RunID, _ connection: ConnectionID, _ order: SyncOrder, at startedAt: Timestamp) {
        self.id = id
        self.connection = connection
        self.order = order
        self.startedAt = startedAt
    }

    /// What it looks at, as far as that is known by now.
    var kind: RunKind {
        progress?.kind ?? (order.plan != nil ? .approval : order.onlyChanges ? .delta : .full)
    }
}

/// What the watcher of a run is told.
enum RunEvent: Sendable, Hashable {
    /// How the run stands now.
    case state(RunReport)
    /// That there is nothing new.
    case keepAlive
}
