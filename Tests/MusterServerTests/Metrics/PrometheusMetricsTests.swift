import Metrics
import Muster
import MusterServer
import MusterTesting
import Roster
import Synchronization
import Testing

@Suite struct PrometheusMetricsTests {
    private func read(_ metrics: PrometheusMetrics) throws -> ExpositionReader {
        let reader = try ExpositionReader(metrics.text())
        for (name, metric) in reader.metrics { #expect(metric.problems(name) == []) }
        return reader
    }

    private func lines(_ metrics: PrometheusMetrics) -> [String] {
        String(decoding: metrics.text(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `each kind of metric is written as Prometheus wants it`() throws {
        let metrics = PrometheusMetrics(descriptions: [
            MetricDescription("requests_total", .counter, labels: ["code"], "Requests."),
            MetricDescription("wait_seconds", .histogram, buckets: [0.5, 1], "Waiting."),
        ])
        Counter(label: "requests", dimensions: [("code", "200")], factory: metrics)
            .increment(by: 3)
        FloatingPointCounter(label: "energy", factory: metrics).increment(by: 1.5)
        Meter(label: "depth", factory: metrics).set(-2.25)
        Gauge(label: "level", factory: metrics).record(7)
        let timer = Timer(label: "wait", factory: metrics)
        for time in [400, 500, 700, 2000] as [Int64] { timer.recordMilliseconds(time) }
        #expect(
            lines(metrics) == [
                "# TYPE depth gauge", "depth -2.25",
                "# TYPE energy_total counter", "energy_total 1.5",
                "# TYPE level gauge", "level 7",
                "# HELP muster_metrics_dropped_total \(MetricDescription.droppedHelp)",
                "# TYPE muster_metrics_dropped_total counter", "muster_metrics_dropped_total 0",
                "# HELP requests_total Requests.",
                "# TYPE requests_total counter", #"requests_total{code="200"} 3"#,
                "# HELP wait_seconds Waiting.", "# TYPE wait_seconds histogram",
                #"wait_seconds_bucket{le="0.5"} 2"#, #"wait_seconds_bucket{le="1"} 3"#,
                #"wait_seconds_bucket{le="+Inf"} 4"#, "wait_seconds_sum 3.6",
                "wait_seconds_count 4",
            ]
        )
    }

    @Test(arguments: [
        ("plain", "plain"), (#"a"b"#, #"a\"b"#), (#"back\slash"#, #"back\\slash"#),
        ("two\nlines", #"two\nlines"#), ("\\n", #"\\n"#), ("ü 👩🏽‍🏫", "ü 👩🏽‍🏫"),
        ("\"\u{301}", "\\\"\u{301}"), ("", ""), ("{},=", "{},="),
    ])
    func `a label value is escaped and reads back the same`(value: String, text: String) throws {
        let metrics = PrometheusMetrics()
        Counter(label: "c_total", dimensions: [("v", value)], factory: metrics).increment()
        #expect(lines(metrics)[1] == "c_total{v=\"\(text)\"} 1")
        #expect(try read(metrics).value("c_total", ["v": value]) == 1)
    }

    @Test(arguments: [
        ("http.server.requests", "http_server_requests"), ("9lives", "_9lives"), ("", "_"),
        ("a-b c", "a_b_c"), ("ns:a", "ns:a"), ("naïve", "na_ve"),
    ])
    func `a name becomes one that Prometheus takes`(label: String, name: String) throws {
        let metrics = PrometheusMetrics()
        Meter(label: label, factory: metrics).set(1)
        #expect(try read(metrics).value(name) == 1)
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (-0.0, "0"),
        (1e21, "1e+21"), (0.1, "0.1"), (1e-7, "1e-07"), (9_007_199_254_740_991, "9007199254740991"),
    ])
    func `a number is written as Go writes it`(value: Double, text: String) {
        let metrics = PrometheusMetrics()
        Meter(label: "m", factory: metrics).set(value)
        #expect(lines(metrics)[1] == "m \(text)")
    }

    @Test func `labels in any order are one series, and the order of lines is fixed`() throws {
        let metrics = PrometheusMetrics()
        for dimensions in [[("b", "1"), ("a", "2")], [("a", "2"), ("b", "1")]] {
            Counter(label: "c_total", dimensions: dimensions, factory: metrics).increment()
        }
        for value in ["z", "a", "m"] {
            Counter(label: "b_total", dimensions: [("v", value)], factory: metrics).increment()
        }
        let text = lines(metrics).filter { !$0.hasPrefix("#") }
        #expect(
            text == [
                #"b_total{v="a"} 1"#, #"b_total{v="m"} 1"#, #"b_total{v="z"} 1"#,
                #"c_total{a="2",b="1"} 2"#, "muster_metrics_dropped_total 0",
            ]
        )
    }

    @Test func `a histogram keeps le for its bounds`() throws {
        let metrics = PrometheusMetrics()
        Recorder(label: "sizes", dimensions: [("le", "x")], factory: metrics).record(3)
        let reader = try read(metrics)
        #expect(reader.value("sizes_count", ["exported_le": "x"]) == 1)
        #expect(reader.value("sizes_bucket", ["exported_le": "x", "le": "2"]) == 0)
        #expect(reader.value("sizes_bucket", ["exported_le": "x", "le": "5"]) == 1)
    }

    @Test func `logins have the bounds that budgets ask for`() throws {
        let metrics = PrometheusMetrics()
        let timer = Timer(label: MetricDescription.loginName, factory: metrics)
        timer.recordNanoseconds(800_000_000)
        timer.recordNanoseconds(-5)
        let reader = try read(metrics)
        for bound in ["0.8", "1", "2", "3", "5"] {
            #expect(reader.value("\(MetricDescription.loginName)_bucket", ["le": bound]) == 2)
        }
        #expect(reader.value("\(MetricDescription.loginName)_bucket", ["le": "0.5"]) == 1)
        #expect(reader.value("\(MetricDescription.loginName)_sum") == 0.8)
    }

    @Test func `series beyond the bound are dropped and counted`() throws {
        let metrics = PrometheusMetrics(limit: 3)
        for number in 0..<10 {
            Counter(label: "c_total", dimensions: [("n", "\(number)")], factory: metrics)
                .increment()
        }
        let reader = try read(metrics)
        #expect(reader.metrics["c_total"]?.samples.count == 3)
        #expect(reader.value("muster_metrics_dropped_total") == 7)
    }

    @Test func `a name that another kind of metric has is dropped and counted`() throws {
        let metrics = PrometheusMetrics()
        Timer(label: "a_seconds", factory: metrics).recordNanoseconds(1)
        Meter(label: "a_seconds", factory: metrics).set(1)
        Meter(label: "a_seconds_count", factory: metrics).set(1)
        FloatingPointCounter(label: "c_total", factory: metrics).increment(by: 1)
        Counter(label: "c_total", factory: metrics).increment(by: 5)
        let reader = try read(metrics)
        #expect(reader.value("a_seconds_count") == 1)
        #expect(reader.value("c_total") == 1)
        #expect(reader.value("muster_metrics_dropped_total") == 3)
    }

    @Test func `a metric that everybody let go of makes room`() throws {
        let metrics = PrometheusMetrics(limit: 1)
        let first = Counter(label: "a_total", factory: metrics)
        let second = Counter(label: "a_total", factory: metrics)
        first.destroy()
        second.increment()
        #expect(try read(metrics).value("a_total") == 1)
        second.destroy()
        Timer(label: "a_total", factory: metrics).recordNanoseconds(1)
        let reader = try read(metrics)
        #expect(reader.value("a_total") == nil)
        #expect(reader.value("a_total_seconds_count") == 1)
    }

    @Test func `what is no number or falls spoils nothing`() throws {
        let metrics = PrometheusMetrics()
        let sizes = Recorder(label: "sizes", factory: metrics)
        for value in [Double.nan, .infinity, 2] { sizes.record(value) }
        let counter = FloatingPointCounter(label: "c", factory: metrics)
        for value in [Double.nan, -1, 2] { counter.increment(by: value) }
        let reader = try read(metrics)
        #expect(reader.value("sizes_count") == 1 && reader.value("sizes_sum") == 2)
        #expect(reader.value("c_total") == 2)
    }

    @Test func `many tasks count together, and every reading in between is whole`() async throws {
        let metrics = PrometheusMetrics()
        let (tasks, rounds) = (8, 2000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for round in 0..<rounds {
                        let labels = [("task", "\(task % 2)")]
                        let counter = Counter(
                            label: "c_total",
                            dimensions: labels,
                            factory: metrics
                        )
                        counter.increment()
                        Timer(label: "t_seconds", factory: metrics)
                            .recordNanoseconds(Int64(round) * 1_000_000)
                        Meter(label: "g", factory: metrics).increment(by: 1)
                    }
                }
            }
            group.addTask {
                for _ in 0..<50 {
                    let reader = try ExpositionReader(metrics.text())
                    for (name, metric) in reader.metrics {
                        #expect(metric.problems(name) == [])
                    }
                }
            }
            try await group.waitForAll()
        }
        let reader = try read(metrics)
        let half = Double(tasks * rounds / 2)
        #expect(reader.value("c_total", ["task": "0"]) == half)
        #expect(reader.value("c_total", ["task": "1"]) == half)
        #expect(reader.value("t_seconds_count") == 2 * half)
        #expect(reader.value("g") == 2 * half)
    }

    @Test func `the page has every metric of the process and the daemon's own`() throws {
        let metrics = PrometheusMetrics()
        let process = ProcessMetrics(metrics, version: "1.2.3", start: .example)
        let http = HTTPMetrics(metrics)
        http.answered("/v1/schools/{school}/logins", status: 200, in: .milliseconds(3))
        http.rejected("key")
        let page = MetricsPage(metrics, process: process)
        let reader = try ExpositionReader(page.text())
        for description in MetricDescription.server {
            let metric = try #require(reader.metrics[description.name], "\(description.name)")
            #expect(metric.type == description.kind.rawValue)
            #expect(metric.help == description.help)
            let labels = Set(metric.samples.flatMap(\.labels.keys)).subtracting(["le"])
            #expect(labels == Set(description.labels))
        }
        #expect(reader.value("muster_build_info", ["version": "1.2.3"]) == 1)
        #expect(try #require(reader.value("process_resident_memory_bytes")) > 1_000_000)
        #expect(try #require(reader.value("process_open_fds")) >= 3)
    }

    @Test func `telemetry's metrics are all described`() throws {
        let metrics = PrometheusMetrics()
        let known = Set(MetricDescription.all.map(\.name))
        let telemetry = Telemetry(metrics: metrics, seed: 1)
        withExtendedLifetime(telemetry) {}
        let reader = try read(metrics)
        #expect(reader.names.contains("muster_logins_total"))
        for name in reader.names {
            #expect(known.contains(name), "\(name)")
            #expect(reader.metrics[name]?.help != nil, "\(name)")
        }
    }
}

extension MetricDescription {
    fileprivate static let loginName = "muster_login_duration_seconds"

    fileprivate static var droppedHelp: String {
        server.first { $0.name == "muster_metrics_dropped_total" }?.help ?? ""
    }
}
