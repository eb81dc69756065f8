package import Muster

// The daemon's own metrics. `Docs/Operations.md` names each of them; a test compares the two.
extension MetricDescription {
    static let httpRequests = MetricDescription(
        "muster_http_requests_total",
        .counter,
        labels: ["route", "status"],
        "Requests that the daemon answered."
    )
    static let httpDuration = MetricDescription(
        "muster_http_request_duration_seconds",
        .histogram,
        labels: ["route"],
        "Time to answer a request."
    )
    static let httpRejections = MetricDescription(
        "muster_http_rejections_total",
        .counter,
        labels: ["reason"],
        "Requests that the daemon did not take."
    )
    static let buildInfo = MetricDescription(
        "muster_build_info",
        .gauge,
        labels: ["version"],
        "1, with the version that runs."
    )
    static let droppedSeries = MetricDescription(
        "muster_metrics_dropped_total",
        .counter,
        "Metrics that could not be kept: too many, or a name that is taken."
    )
    static let cpuSeconds = MetricDescription(
        "process_cpu_seconds_total",
        .counter,
        "Processor time used."
    )
    static let residentMemory = MetricDescription(
        "process_resident_memory_bytes",
        .gauge,
        "Memory in use."
    )
    static let openFiles = MetricDescription(
        "process_open_fds",
        .gauge,
        "Open files and sockets."
    )
    static let maximumFiles = MetricDescription(
        "process_max_fds",
        .gauge,
        "How many files and sockets may be open."
    )
    static let startTime = MetricDescription(
        "process_start_time_seconds",
        .gauge,
        "When the process began to keep metrics."
    )

    /// What the daemon emits besides `telemetry`.
    package static let server = [
        httpRequests, httpDuration, httpRejections, buildInfo, droppedSeries, cpuSeconds,
        residentMemory, openFiles, maximumFiles, startTime,
    ]

    /// All that a daemon emits.
    package static let all = telemetry + server
}
