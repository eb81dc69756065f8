internal import Foundation

/// A text without its case and its accents, for comparing what people see as the same.
struct FoldedText: Hashable, Sendable {
    let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars
            .filter { $0.properties.generalCategory != .nonspacingMark }
    }

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    /// Whether `written` commonly stands for `letter`, as in `p4$$w0rd`.
    static func isSwap(_ written: Unicode.Scalar, for letter: Unicode.Scalar) -> Bool {
        swaps[written]?.contains(letter) ?? false
    }

    /// The letters that a character commonly stands for.
    static let swaps: [Unicode.Scalar: [Unicode.Scalar]] = [
        "@": ["a"], "4": ["a"], "8": ["b"], "(": ["c"], "3": ["e"], "€": ["e"], "6": ["g"],
        "9": ["g"], "!": ["i", "l"], "1": ["i", "l"], "|": ["i", "l"], "0": ["o"], "5": ["s"],
        "$": ["s"], "7": ["t"], "+": ["t"], "2": ["z"],
    ]
}
