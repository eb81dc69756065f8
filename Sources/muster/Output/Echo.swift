import Foundation

/// Keeps what the caller sent from coming back whole in a sentence, whichever room wrote that.
struct Echo: Sendable {
    /// The arguments and variables of this process.
    static let ofProcess = Echo(
        CommandLine.arguments.dropFirst()
            + ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("MUSTER_") }.values
    )

    /// What must not come back whole, the longest first, with what stands for it.
    private let replacements: [(whole: String, brief: String)]

    init(_ texts: some Sequence<String>) {
        replacements = Set(texts.flatMap(Self.parts)).map { text in
            (text, TerminalText.line(text).briefPath)
        }
        .filter { $0.whole != $0.brief }
        .sorted { $0.whole.utf8.count > $1.whole.utf8.count }
    }

    /// `sentence` with the start of each long argument instead of the argument.
    func cut(_ sentence: String) -> String {
        replacements.reduce(sentence) { sentence, replacement in
            sentence.replacingOccurrences(
                of: replacement.whole,
                with: replacement.brief,
                options: .literal
            )
        }
    }

    /// An argument, its key and value, and the values in a list: each may be named on its own.
    private static func parts(of text: String) -> [String] {
        var parts = [text]
        var rest = text[...]
        // `--set=key=value` has two signs that matter.
        for _ in 0..<2 {
            guard let sign = rest.firstIndex(of: "=") else { break }
            parts.append(String(rest[..<sign]))
            rest = rest[rest.index(after: sign)...]
            parts.append(String(rest))
        }
        return parts + rest.split(separator: ",").map(String.init)
    }
}
