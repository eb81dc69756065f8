package import CoreMetrics
package import Muster
import Synchronization

/// Keeps a process's metrics in memory and writes them as Prometheus reads them.
///
/// The number of series is bounded: a metric beyond the bound does nothing and is counted. So is
/// one whose name another kind of metric has already.
package final class PrometheusMetrics: MetricsFactory {
    private struct Entry {
        var series: any Series
        /// How often it was asked for; the last to let go of it removes it.
        var owners = 1
    }
    private struct Family {
        var kind: MetricDescription.Kind
        var entries: [String: Entry] = [:]
    }
    private struct Registry {
        var families: [String: Family] = [:]
        /// Every name that a line may begin with, and the family it belongs to.
        var lineNames: [String: String] = [:]
        var places: [ObjectIdentifier: (family: String, labels: String)] = [:]
        var dropped = 0
    }

    private let registry = Mutex(Registry())
    private let limit: Int
    private let descriptions: [String: MetricDescription]

    /// No metrics yet, and at most `limit` series at a time.
    package init(limit: Int = 5000, descriptions: [MetricDescription] = MetricDescription.all) {
        self.limit = limit
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
    }

    // MARK: Making and removing

    package func makeCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any CounterHandler {
        let name = MetricText.name(label, endingIn: "_total")
        return series(name, .counter, dimensions) { CounterSeries() }
            ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let name = MetricText.name(label, endingIn: "_total")
        return series(name, .counter, dimensions) { SumSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(MetricText.name(label), .gauge, dimensions) { GaugeSeries() }
            ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        let name = MetricText.name(label)
        guard aggregate else {
            return series(name, .gauge, dimensions) { GaugeSeries() }
                ?? NOOPMetricsHandler.instance
        }
        let bounds = descriptions[name]?.buckets ?? HistogramSeries.usualSizes
        return series(name, .histogram, dimensions) { HistogramSeries(bounds) }
            ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricText.name(label, endingIn: "_seconds")
        let bounds = descriptions[name]?.buckets ?? HistogramSeries.usualSeconds
        return series(name, .histogram, dimensions) { HistogramSeries(bounds) }
            ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { release(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        release(handler)
    }
    package func destroyMeter(_ handler: any MeterHandler) { release(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { release(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { release(handler) }

    /// The series of that name and those labels, made if need be; nil where it cannot be kept.
    private func series<Made: Series>(
        _ name: String,
        _ kind: MetricDescription.Kind,
        _ dimensions: [(String, String)],
        make: () -> Made
    ) -> Made? {
        let labels = MetricText.labels(dimensions, reservingBound: kind == .histogram)
        return registry.withLock { registry in
            if let entry = registry.families[name]?.entries[labels],
                let known = entry.series as? Made
            {
                registry.families[name]?.entries[labels]?.owners += 1
                return known
            }
            let lines = kind.lineNames(name)
            guard registry.places.count < limit,
                lines.allSatisfy({ registry.lineNames[$0, default: name] == name }),
                registry.families[name].map({ $0.kind == kind && $0.entries[labels] == nil })
                    ?? true
            else {
                registry.dropped += 1
                return nil
            }
            let made = make()
            for line in lines { registry.lineNames[line] = name }
            registry.families[name, default: Family(kind: kind)].entries[labels] =
                Entry(series: made)
            registry.places[ObjectIdentifier(made)] = (name, labels)
            return made
        }
    }

    private func release(_ handler: AnyObject) {
        registry.withLock { registry in
            guard let (name, labels) = registry.places[ObjectIdentifier(handler)],
                let owners = registry.families[name]?.entries[labels]?.owners
            else { return }
            guard owners == 1 else {
                registry.families[name]?.entries[labels]?.owners = owners - 1
                return
            }
            registry.places[ObjectIdentifier(handler)] = nil
            registry.families[name]?.entries[labels] = nil
            guard let family = registry.families[name], family.entries.isEmpty else { return }
            registry.families[name] = nil
            for line in family.kind.lineNames(name) { registry.lineNames[line] = nil }
        }
    }

    // MARK: Reading

    /// All metrics in Prometheus' text format, version 0.0.4, by name and then by labels.
    package func text() -> [UInt8] {
        let (families, dropped) = registry.withLock { ($0.families, $0.dropped) }
        var text = MetricText()
        let own = MetricDescription.droppedSeries
        let names = (families.keys + [own.name]).sorted()
        for name in names {
            guard name != own.name else {
                text.begin(own.name, own.kind, own.help)
                text.sample(own.name, "", Double(dropped))
                continue
            }
            guard let family = families[name] else { continue }
            text.begin(name, family.kind, descriptions[name]?.help)
            for (labels, entry) in family.entries.sorted(by: { $0.key < $1.key }) {
                entry.series.write(to: &text, name, labels)
            }
        }
        return text.bytes
    }
}

extension MetricDescription.Kind {
    /// What the lines of a metric called `name` begin with.
    fileprivate func lineNames(_ name: String) -> [String] {
        self == .histogram ? [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
    }
}
