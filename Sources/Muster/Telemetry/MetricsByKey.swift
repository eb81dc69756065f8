import Synchronization

/// The metrics of one name by their labels, each made when it is first needed.
///
/// At most `limit` are made: what comes later shares one metric, or has none.
package final class MetricsByKey<Key: Hashable & Sendable, Metric: Sendable>: Sendable {
    private struct Made {
        var byKey: [Key: Metric] = [:]
        var rest: Metric?
    }

    private let made = Mutex(Made())
    private let limit: Int
    private let make: @Sendable (Key) -> Metric
    private let rest: Key?

    /// Metrics made by `make`; those beyond the limit share the one of `rest`, where that is given.
    package init(
        limit: Int = 64,
        rest: Key? = nil,
        make: @escaping @Sendable (Key) -> Metric
    ) {
        self.limit = limit
        self.rest = rest
        self.make = make
    }

    /// The metric of `key`; nil where there are too many and they share none.
    package subscript(key: Key) -> Metric? {
        made.withLock { made in
            if let metric = made.byKey[key] { return metric }
            guard made.byKey.count < limit else {
                if made.rest == nil { made.rest = rest.map(make) }
                return made.rest
            }
            let metric = make(key)
            made.byKey[key] = metric
            return metric
        }
    }
}
