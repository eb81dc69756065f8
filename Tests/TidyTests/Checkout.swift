import Foundation

/// The files of this checkout, as the tests of the house read them.
enum Checkout {
    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the checkout with its text.
    struct File: CustomStringConvertible {
        /// Its path below the root.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var description: String { path }

        /// The modules it imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index < words.count - 1,
                    words[..<index].allSatisfy({
                        ["public", "package", "internal", "private", "@testable"].contains($0)
                            || $0.hasPrefix("@")
                    })
                else { return nil }
                return String(words[index + 1].split(separator: ".")[0])
            }
        }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Every Swift file below `folder`.
    static func swiftFiles(in folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return try (paths ?? []).filter { $0.hasSuffix(".swift") }.sorted().map {
            File(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)"))
        }
    }

    /// The rooms: the folders of Sources.
    static func rooms() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
            .sorted()
    }
}
