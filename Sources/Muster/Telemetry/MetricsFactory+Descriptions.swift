package import Metrics

// Metrics by their descriptions, so that no name is written twice.
extension MetricsFactory {
    /// A counter as described.
    package func counter(_ description: MetricDescription, _ labels: [(String, String)]) -> Counter
    {
        Counter(label: description.name, dimensions: labels, factory: self)
    }

    /// A histogram of times as described.
    package func timer(_ description: MetricDescription, _ labels: [(String, String)]) -> Timer {
        Timer(label: description.name, dimensions: labels, factory: self)
    }

    /// A gauge as described.
    package func meter(_ description: MetricDescription, _ labels: [(String, String)]) -> Meter {
        Meter(label: description.name, dimensions: labels, factory: self)
    }
}

extension Duration {
    /// Whole nanoseconds; none where it is negative.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isTooLong, seconds >= 0, attoseconds >= 0 else { return seconds < 0 ? 0 : .max }
        let (sum, isBeyond) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isBeyond ? .max : sum
    }
}
