import CoreMetrics
import Synchronization

/// The values of one metric with one set of labels.
protocol Series: AnyObject, Sendable {
    /// Writes its lines.
    func write(to text: inout MetricText, _ name: String, _ labels: String)
}

/// Whole numbers that only grow.
final class CounterSeries: Series, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(to text: inout MetricText, _ name: String, _ labels: String) {
        text.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

/// A sum that only grows.
final class SumSeries: Series, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.withLock { $0 += amount }
    }

    func reset() { value.withLock { $0 = 0 } }

    func write(to text: inout MetricText, _ name: String, _ labels: String) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// A value that goes up and down.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    func write(to text: inout MetricText, _ name: String, _ labels: String) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// How many values there were, by size.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    /// Bounds for times, in seconds: from a login that asks nobody to one beyond every budget.
    static let usualSeconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2, 3, 5, 10,
    ]
    /// Bounds for everything else.
    static let usualSizes: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000,
    ]

    private struct Counts {
        /// How many values lay between each bound and the one before; the last is beyond all.
        var between: [Int64]
        var sum = 0.0
    }
    private let bounds: [Double]
    private let counts: Mutex<Counts>

    init(_ bounds: [Double]) {
        self.bounds = Set(bounds.filter(\.isFinite)).sorted()
        counts = Mutex(Counts(between: Array(repeating: 0, count: self.bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // One value that is no number would spoil the sum for good.
        guard value.isFinite else { return }
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock { counts in
            counts.between[place] += 1
            counts.sum += value
        }
    }

    func write(to text: inout MetricText, _ name: String, _ labels: String) {
        let counts = counts.withLock { $0 }
        let before = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts.between) {
            total += count
            let label = "\(before)le=\"\(MetricText.number(bound))\""
            text.sample("\(name)_bucket", label, Double(total))
        }
        text.sample("\(name)_sum", labels, counts.sum)
        text.sample("\(name)_count", labels, Double(total))
    }
}
