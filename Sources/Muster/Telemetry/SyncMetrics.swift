package import Accounts
import Logging
import Metrics
package import Roster

/// The metrics of batch syncs.
struct SyncMetrics: Sendable {
    let runs: MetricsByKey<SyncState, Counter>
    let durations: MetricsByKey<SyncState, Timer>
    let people: MetricsByKey<String, Counter>
    let successes: MetricsByKey<String, Meter>

    init(_ factory: any MetricsFactory) {
        runs = MetricsByKey { state in
            factory.counter(.syncRuns, MetricDescription.syncRuns.dimensions(state.rawValue))
        }
        durations = MetricsByKey { state in
            let labels = MetricDescription.syncDuration.dimensions(state.rawValue)
            return factory.timer(.syncDuration, labels)
        }
        people = MetricsByKey { result in
            factory.counter(.syncPeople, MetricDescription.syncPeople.dimensions(result))
        }
        successes = factory.metersByConnection(.syncLastSuccess)
        // From the start, or an alert on their growth would miss the first.
        for state in SyncState.allCases { _ = runs[state] }
    }
}

extension Telemetry {
    /// A batch sync ended at `moment`.
    package func synced(
        _ result: SyncResult,
        of connection: Connection,
        at moment: Timestamp
    ) {
        syncs.runs[result.state]?.increment()
        guard result.state != .joined else { return }
        syncs.durations[result.state]?.recordNanoseconds(result.time.nanoseconds)
        // Of a preview nothing happened to anybody.
        for (word, count) in result.peopleByResult where count > 0 && result.state != .preview {
            syncs.people[word]?.increment(by: count)
        }
        if result.state == .completed {
            syncs.successes[connection.name]?.set(Double(moment.milliseconds) / 1000)
        }
        write(result, of: connection)
    }

    private func write(_ result: SyncResult, of connection: Connection) {
        var metadata: Logger.Metadata = [
            "connection": .string(connection.name),
            "run": .string(String(result.run.value)),
            "state": .string(result.state.rawValue),
            "seconds": .stringConvertible(result.time.fractionalMilliseconds / 1000),
            "requests": .stringConvertible(result.requests),
        ]
        for (word, count) in result.peopleByResult where count > 0 {
            metadata[word] = .stringConvertible(count)
        }
        if let trouble = result.trouble {
            metadata["trouble"] = .string(trouble.scrubbed(of: []))
        }
        logger.log(
            level: result.state == .completed ? .info : .warning,
            "Sync ended",
            metadata: metadata
        )
        guard !result.isCounted else { return }
        // The run may be a success by everything else, and who has left keeps her access meanwhile.
        logger.warning(
            "A list cannot tell who left",
            metadata: [
                "connection": .string(connection.name),
                "run": .string(String(result.run.value)),
                "reason": .string(result.remarks.ofLists.scrubbed(of: [])),
            ]
        )
    }
}

extension SyncResult {
    fileprivate var peopleByResult: [(String, Int)] {
        [
            ("seen", counts.seen), ("unchanged", counts.unchanged), ("changed", counts.changed),
            ("created", counts.created),
            ("restored", counts.restored), ("suspended", counts.suspended), ("held", counts.held),
            ("disputed", counts.disputed), ("failed", counts.failed),
            ("ignored", counts.ignored.values.reduce(0, +)), ("followed", counts.followed),
        ]
    }
}
