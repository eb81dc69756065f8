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

    @Test func `the page has every line that the library and the daemon write, and no other`()
        throws
    {
        let files = [
            "Muster/Telemetry/Telemetry+Logins", "Muster/Telemetry/Telemetry+Sources",
            "Muster/Telemetry/SyncMetrics", "MusterServer/Problems/ProblemMiddleware",
            "MusterServer/Access/SigningSecrets", "MusterServer/Passwords/PasswordPages",
            "Passwords/Mailroom", "Passwords/Postman",
        ]
        var written: Set<String> = []
        for file in files {
            let text = try Self.text("Sources/\(file).swift")
            for match in text.matches(
                of: /\s"([A-Z][^"]+)",\s+metadata:|\("([A-Z][^"]+)", metadata:/
            ) {
                if let message = match.output.1 ?? match.output.2 {
                    written.insert(String(message))
                }
            }
        }
        let rows = try Self.part("Log lines").map { Self.cells($0)[0] }
        #expect(Set(rows) == Set(written.map { "`\($0)`" }))
        #expect(rows.count == 15)
    }

    @Test func `no other file of the library or the daemon writes lines`() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../../Sources")
            .standardizedFileURL
        var writers: Set<String> = []
        for room in ["Muster", "MusterServer"] {
            let folder = root.appending(path: room)
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            for case let file as URL in try #require(files) where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                let calls = /ogger\.(log|trace|debug|info|notice|warning|error|critical)\(/
                if text.contains(calls) { writers.insert(file.lastPathComponent) }
            }
        }
        let known: Set<String> = [
            "Telemetry+Logins.swift", "Telemetry+Sources.swift", "SyncMetrics.swift",
            "ProblemMiddleware.swift", "SigningSecrets.swift", "Timekeeper.swift",
            "PasswordPages.swift",
        ]
        #expect(writers == known)
    }

    @Test func `every unit is run as the same user with the same limits`() throws {
        let daemon = try Self.text("Config/muster.service").components(separatedBy: "# A user of")
        let sync = try Self.text("Config/muster-sync.service").components(
            separatedBy: "# A user of"
        )
        let limits = try #require(daemon.last?.components(separatedBy: "\n\n[Install]").first)
        #expect(daemon.count == 2 && sync.count == 2)
        #expect(sync.last == limits + "\n")
        #expect(try Self.text("Docs/Operations.md").contains("muster-sync.timer"))
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
