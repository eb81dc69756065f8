import Foundation

/// What a page tells a reader to run: its console blocks in order, and the files that it names.
///
/// A fence like `python sign.py` says that the block is the file `sign.py`.
struct ConsolePage {
    /// A line after a `$`, and what it must print.
    struct Step {
        var command: String
        var expected: [String] = []
    }

    private(set) var steps: [Step] = []
    private(set) var files: [String: String] = [:]

    /// The page at `path`, seen from the root of the package.
    init(_ path: String) throws {
        try self.init(text: String(contentsOf: Self.root.appending(path: path), encoding: .utf8))
    }

    private init(text: String) {
        var fence: Substring?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                fence = fence == nil ? line.dropFirst(3) : nil
            } else if fence == "console" {
                take(line)
            } else if let name = fence?.split(separator: " ").dropFirst().first {
                files[String(name), default: ""] += line + "\n"
            }
        }
    }

    private mutating func take(_ line: Substring) {
        if line.hasPrefix("$ ") {
            steps.append(Step(command: String(line.dropFirst(2))))
        } else if !steps.isEmpty {
            steps[steps.count - 1].expected.append(String(line))
        }
    }

    static let root = URL(filePath: #filePath)
        .appending(path: "../../../..").standardizedFileURL

    /// A printed line without what differs from run to run: times, days, and long ids.
    static func constant(_ line: String) -> String {
        line.replacing(/[0-9]+(\.[0-9]+)? (ms|s)\b/, with: "TIME")
            .replacing(/"milliseconds": ?[0-9.]+/, with: "TIME")
            .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "DAY")
            .replacing(/[0-9]{15,}/, with: "ID")
    }
}
