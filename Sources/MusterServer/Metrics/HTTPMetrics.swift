package import CoreMetrics
import Muster

/// What the daemon tells of the requests it answers.
package struct HTTPMetrics: Sendable {
    private struct Answer: Hashable {
        var route: String
        var status: String
    }
    private let requests: MetricsByKey<Answer, Counter>
    private let durations: MetricsByKey<String, CoreMetrics.Timer>
    private let rejections: MetricsByKey<String, Counter>

    /// Tells through `factory`.
    package init(_ factory: any MetricsFactory) {
        let other = Answer(route: "other", status: "other")
        requests = MetricsByKey(limit: 512, rest: other) { answer in
            let labels = MetricDescription.httpRequests.dimensions(answer.route, answer.status)
            return factory.counter(.httpRequests, labels)
        }
        durations = MetricsByKey { route in
            factory.timer(.httpDuration, MetricDescription.httpDuration.dimensions(route))
        }
        rejections = MetricsByKey { reason in
            factory.counter(.httpRejections, MetricDescription.httpRejections.dimensions(reason))
        }
    }

    /// A request was answered.
    /// - Parameters:
    ///   - route: The pattern of the path, for example `/v1/schools/{school}/logins`; never the
    ///     path itself, which anybody may choose.
    ///   - status: The status of the answer.
    ///   - time: The time it took.
    package func answered(_ route: String, status: Int, in time: Duration) {
        requests[Answer(route: route, status: String(status))]?.increment()
        durations[route]?.recordNanoseconds(time.nanoseconds)
    }

    /// A request was not taken, for a reason of one word: `signature`, `key`, `body` and so on.
    package func rejected(_ reason: String) { rejections[reason]?.increment() }
}
