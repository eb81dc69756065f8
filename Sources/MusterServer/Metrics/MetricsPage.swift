/// What the daemon answers to whoever collects its metrics.
package struct MetricsPage: Sendable {
    private let metrics: PrometheusMetrics
    private let process: ProcessMetrics?

    /// The page of `metrics`; `process` is measured at each reading.
    package init(_ metrics: PrometheusMetrics, process: ProcessMetrics? = nil) {
        self.metrics = metrics
        self.process = process
    }

    /// The page, in the form that `MetricText.contentType` names.
    package func text() -> [UInt8] {
        process?.measure()
        return metrics.text()
    }
}
