import Foundation
import Muster
import MusterServer
import Testing

/// `Docs/Operations.md` against what a daemon tells.
@Suite struct OperationsPageTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../..").standardizedFileURL
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func part(_ heading: String) throws -> [String] {
        let page = try text("Docs/Operations.md")
        let part = try #require(page.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        let end = part.components(separatedBy: "\n## ").first ?? ""
        return end.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    }

    private static func cells(_ row: String) -> [String] {
        row.replacing("\\|", with: "\u{1}").split(separator: "|")
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func `the page has every metric with its labels and meaning, and no other`() throws {
        let rows = try Self.part("Metrics").map { Array(Self.cells($0).prefix(3)) }
        let wanted = MetricDescription.all.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return ["`\(metric.name)`", labels.isEmpty ? "–" : labels, metric.help]
        }
        #expect(rows.sorted { $0[0] < $1[0] } == wanted.sorted { $0[0] < $1[0] })
    }

    @Test func `an alert names only metrics that there are`() throws {
        let known = Set(
            MetricDescription.all.flatMap { metric in
                metric.kind == .histogram
                    ? ["", "_bucket", "_sum", "_count"].map { metric.name + $0 } : [metric.name]
            }
        )
        for row in try Self.part("Metrics") {
            let alert = try #require(Self.cells(row).last)
            for match in alert.matches(of: /(muster|process)_[a-z_]+/) {
                #expect(known.contains(String(match.output.0)), "\(match.output.0)")
            }
        }
    }

    @Test func `the page has every line that the library writes, and no other`() throws {
        let folder = "Sources/Muster/Telemetry"
        let files = ["Telemetry+Logins", "Telemetry+Sources", "SyncMetrics"]
        var written: Set<String> = []
        for file in files {
            let text = try Self.text("\(folder)/\(file).swift")
            for match in text.matches(of: /\n +"([A-Z][^"]+)",\n +metadata/) {
                written.insert(String(match.output.1))
            }
        }
        let rows = try Self.part("Log lines").map { Self.cells($0)[0] }
        #expect(Set(rows) == Set(written.map { "`\($0)`" }))
        #expect(rows.count == 7)
    }

    @Test func `the unit keeps the store, the key and the settings where the page says`() throws {
        let unit = try Self.text("Config/muster.service")
        let page = try Self.text("Docs/Operations.md")
        for path in ["/etc/muster/key", "/etc/muster/muster.yaml", "/var/lib/muster/muster.sqlite"]
        {
            #expect(unit.contains(path) && page.contains(path), "\(path)")
        }
    }
}
