import Foundation
import Testing

@testable import muster

/// `Docs/Operations.md` against the settings there are.
@Suite struct OperationsPageTests {
    private static func page() throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Docs/Operations.md").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// The table as the page should have it.
    private static let table = Setting.all.map { setting in
        let value = setting.defaultText.isEmpty ? "–" : "`\(setting.defaultText)`"
        return "| `\(setting.key)` | `\(setting.variable)` | \(value) | \(setting.why) |"
    }

    @Test func `the page has every setting as it is, and no other`() throws {
        let part = try Self.page().split(separator: "\n## Settings\n").last ?? ""
        let rows = part.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(
            rows == Self.table,
            "The last table of Docs/Operations.md should be:\n\(Self.table.joined(separator: "\n"))"
        )
    }
}
