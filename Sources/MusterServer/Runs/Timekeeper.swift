import Accounts
import Logging
import Muster
import Roster
import ServiceLifecycle
import Synchronization

/// Begins the syncs that are due, as the schedules of the connections and the runs in the store say.
struct Timekeeper: Service {
    /// How often it looks.
    static let interval = Duration.seconds(60)

    let workshop: Workshop
    let live: LiveRuns
    let logger: Logger

    func run() async throws {
        let memory = Memory()
        let upSince = workshop.clock.now()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    await look(upSince, memory, &group)
                    guard (try? await workshop.clock.sleep(for: Self.interval)) != nil else {
                        break
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func look(
        _ upSince: Timestamp,
        _ memory: Memory,
        _ group: inout DiscardingTaskGroup
    ) async {
        do throws(StoreError) {
            for connection in try await workshop.connections.connections() {
                // One connection that cannot be read keeps no other waiting.
                guard let decision = try? await decision(connection, upSince) else { continue }
                switch decision {
                case .wait: break
                case .due(let order): begin(connection, order, memory)
                case .first(let order):
                    let now = workshop.clock.instant()
                    guard memory.mayTry(connection.id, at: now) else { continue }
                    group.addTask {
                        let isReadable = await isReadable(connection)
                        memory.tried(connection.id, isReadable, at: workshop.clock.instant())
                        if isReadable, !Task.isCancelled { begin(connection, order, memory) }
                    }
                }
            }
        } catch {
            logger.error(
                "The store failed a request",
                metadata: ["reason": .string(error.sentence)]
            )
        }
    }

    private func decision(
        _ connection: Connection,
        _ upSince: Timestamp
    ) async throws(StoreError) -> Timetable.Decision {
        let policy = try await workshop.connections.policy(of: connection.tenant)
        let timetable = Timetable(
            connection: connection.id,
            schedule: connection.schedule,
            firstSync: policy.firstSync,
            upSince: upSince
        )
        let now = workshop.clock.now()
        var milestones: [Run] = []
        for milestone in [RunMilestone.applied, .complete] {
            let run = try await workshop.store.newestRun(of: connection.id, milestone)
            milestones += [run].compactMap(\.self)
        }
        let decision = timetable.decision(
            at: now,
            on: SchoolCalendar.day(at: now, in: connection.schools.first?.timeZone),
            after: try await workshop.store.runs(
                of: connection.id,
                limit: Timetable.recentRuns
            ),
            and: milestones
        )
        guard decision != .wait,
            try await workshop.connections.sealedSecret(of: connection.id) != nil
        else { return .wait }
        return decision
    }

    private func begin(_ connection: Connection, _ order: SyncOrder, _ memory: Memory) {
        let now = workshop.clock.instant()
        // Whatever the wall clock and the store say, not again and again.
        guard memory.mayBegin(connection, at: now), live.press(connection, order) != nil else {
            return
        }
        memory.began(connection.id, at: now)
    }

    /// Whether the school can be read, so that a first sync is worth beginning.
    private func isReadable(_ connection: Connection) async -> Bool {
        do throws(SourceError) {
            let source = try await workshop.sources.source(of: connection)
            _ = try await source.describe(
                connection.people,
                by: workshop.clock.instant() + .seconds(30)
            )
            return true
        } catch {
            return false
        }
    }
}

/// What a timekeeper remembers by the clock that never goes back.
private final class Memory: Sendable {
    private struct State {
        var began: [ConnectionID: ContinuousClock.Instant] = [:]
        /// When a school that could not be read is tried again, and how long was waited last.
        var retries: [ConnectionID: (at: ContinuousClock.Instant, wait: Duration)] = [:]
        var trying: Set<ConnectionID> = []
    }
    private static let firstWait = Duration.seconds(60)
    private static let longestWait = Duration.seconds(300)
    private let state = Mutex(State())

    /// Whether a first sync may be tried; if so, it counts as being tried.
    func mayTry(_ connection: ConnectionID, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            if let retry = state.retries[connection], now < retry.at { return false }
            return state.trying.insert(connection).inserted
        }
    }

    func tried(_ connection: ConnectionID, _ isReadable: Bool, at now: ContinuousClock.Instant) {
        state.withLock { state in
            state.trying.remove(connection)
            guard !isReadable else {
                state.retries[connection] = nil
                return
            }
            let last = state.retries[connection]?.wait
            let wait = min(last.map { $0 * 2 } ?? Self.firstWait, Self.longestWait)
            state.retries[connection] = (now + wait, wait)
        }
    }

    /// Half an interval must have passed since the last one that was begun here, but no more than
    /// a failed one waits.
    func mayBegin(_ connection: Connection, at now: ContinuousClock.Instant) -> Bool {
        let least = min((connection.schedule.interval ?? .zero) / 2, .seconds(450))
        return state.withLock { state in
            state.began[connection.id].map { $0.duration(to: now) >= least } ?? true
        }
    }

    func began(_ connection: ConnectionID, at now: ContinuousClock.Instant) {
        state.withLock { $0.began[connection] = now }
    }
}
