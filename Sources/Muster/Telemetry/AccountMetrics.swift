package import Accounts
import Metrics

/// The metrics of changes to accounts.
struct AccountMetrics: Sendable {
    struct Key: Hashable {
        var field: Field?
        var cause: Cause
    }

    let changes: MetricsByKey<Key, Counter>

    init(_ factory: any MetricsFactory) {
        changes = MetricsByKey(limit: 256) { key in
            factory.counter(
                .accountChanges,
                MetricDescription.accountChanges.dimensions(
                    key.field?.rawValue ?? "created",
                    key.cause.rawValue
                )
            )
        }
    }
}

extension Telemetry {
    /// Accounts changed as these rows of history say.
    package func changed(_ history: [HistoryEntry], by cause: Cause) {
        for entry in history {
            accounts.changes[.init(field: entry.field, cause: cause)]?.increment()
        }
    }
}
