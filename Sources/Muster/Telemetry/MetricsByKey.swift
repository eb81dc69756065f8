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
    private let makeRest: (@Sendable () -> Metric)?

    /// Metrics made by `make`; `rest` makes the one for all beyond the limit.
    package init(
        limit: Int = 64,
        rest: (@Sendable () -> Metric)? = nil,
        make: @escaping @Sendable (Key) -> Metric
    ) {
        self.limit = limit
        self.make = make
        makeRest = rest
    }

    /// The metric of `key`; nil where there are too many and they share none.
    package subscript(key: Key) -> Metric? {
        made.withLock { made in
            if let metric = made.byKey[key] { return metric }
            guard made.byKey.count < limit else {
                if made.rest == nil { made.rest = makeRest?() }
                return made.rest
            }
            let metric = make(key)
            made.byKey[key] = metric
            return metric
        }
    }
}
