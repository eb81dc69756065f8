/// The header lines of an answer; names are looked up without regard to case.
public struct HTTPHeaders: Sendable {
    /// Every line in the order it came.
    public private(set) var lines: [(name: String, value: String)]

    /// Makes headers from lines.
    public init(_ lines: [(name: String, value: String)] = []) {
        self.lines = lines
    }

    /// The value of the first line with this name.
    public subscript(name: String) -> String? {
        lines.first { equalsIgnoringCase($0.name, name) }?.value
    }

    mutating func append(name: String, value: String) {
        lines.append((name: name, value: value))
    }

    /// Joins an old-style folded line to the value before it.
    mutating func extendLast(with text: String) {
        guard !lines.isEmpty else { return }
        lines[lines.count - 1].value += " " + text
    }
}

extension HTTPHeaders: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names alone: values may hold cookies and tokens.
    public var description: String { "headers " + lines.map(\.name).joined(separator: ", ") }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Nothing to look into, so that `dump` shows no value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whether two ASCII names are equal but for case.
func equalsIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
        && zip(left.utf8, right.utf8).allSatisfy { lowered($0) == lowered($1) }
}

private func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
