import Accounts
import Metrics
import Roster

/// The metrics of MIS sources.
///
/// Connections are few in most processes; beyond some they share one counter and have no gauges.
struct SourceMetrics: Sendable {
    struct Result: Hashable {
        var provider: String
        var purpose = SourcePurpose.login
        var word: String
    }
    struct Breaker: Hashable {
        var connection: String
        var state: String
    }

    let durations: MetricsByKey<Result, Timer>
    let requests: MetricsByKey<Result, Counter>
    let discoveries: MetricsByKey<Result, Counter>
    let inFlight: MetricsByKey<String, Meter>
    let waiting: MetricsByKey<String, Meter>
    let breakers: MetricsByKey<String, Meter>
    let breakerChanges: MetricsByKey<Breaker, Counter>
    let unknownNames: Meter

    init(_ factory: any MetricsFactory) {
        durations = MetricsByKey { key in
            let labels = MetricDescription.lookUpDuration.dimensions(key.provider, key.word)
            return factory.timer(.lookUpDuration, labels)
        }
        requests = MetricsByKey(limit: 256) { key in
            let labels = MetricDescription.sourceRequests.dimensions(
                key.provider,
                key.purpose.rawValue,
                key.word
            )
            return factory.counter(.sourceRequests, labels)
        }
        discoveries = MetricsByKey { key in
            let labels = MetricDescription.discoveryReads.dimensions(key.provider, key.word)
            return factory.counter(.discoveryReads, labels)
        }
        inFlight = factory.metersByConnection(.lookUpsInFlight)
        waiting = factory.metersByConnection(.lookUpsWaiting)
        breakers = factory.metersByConnection(.breakerOpen)
        let other = Breaker(connection: "other", state: "other")
        breakerChanges = MetricsByKey(limit: 192, rest: other) { key in
            let labels = MetricDescription.breakerChanges.dimensions(key.connection, key.state)
            return factory.counter(.breakerChanges, labels)
        }
        unknownNames = factory.meter(.unknownNames, [])
    }
}

extension MetricsFactory {
    /// A gauge for each connection, as long as they are few.
    func metersByConnection(_ description: MetricDescription) -> MetricsByKey<String, Meter> {
        MetricsByKey { meter(description, description.dimensions($0)) }
    }
}
