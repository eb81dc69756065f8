/// The bytes written so far and how they are laid out; knows nothing of what may follow what.
struct JSONOutput {
    private(set) var bytes: [UInt8] = []
    private let isPretty: Bool
    private var depth = 0

    init(isPretty: Bool) {
        self.isPretty = isPretty
    }

    mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        depth += 1
    }

    mutating func close(_ bracket: UInt8, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { breakLine() }
        bytes.append(bracket)
    }

    /// Begins a container's next member or element.
    mutating func separate(isFirst: Bool) {
        if !isFirst { bytes.append(ASCII.comma) }
        breakLine()
    }

    mutating func name(_ name: String) {
        string(name)
        bytes.append(ASCII.colon)
        if isPretty { bytes.append(ASCII.space) }
    }

    private mutating func breakLine() {
        guard isPretty else { return }
        bytes.append(ASCII.lineFeed)
        bytes.append(contentsOf: repeatElement(ASCII.space, count: 2 * depth))
    }
}

// Scalars.
extension JSONOutput {
    mutating func null() {
        literal("null")
    }

    mutating func bool(_ value: Bool) {
        literal(value ? "true" : "false")
    }

    mutating func integer(_ value: Int) {
        bytes.append(contentsOf: value.description.utf8)
    }

    /// JSON has no word for infinity or "not a number": both become null, as in JavaScript.
    mutating func double(_ value: Double) {
        if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { null() }
    }

    mutating func string(_ value: String) {
        bytes.append(ASCII.quote)
        var value = value
        value.withUTF8 { text in
            var plainStart = 0
            for index in 0..<text.count where Self.needsEscape(unsafe text[index]) {
                unsafe bytes.append(contentsOf: text[plainStart..<index])
                unsafe escape(text[index])
                plainStart = index + 1
            }
            unsafe bytes.append(contentsOf: text[plainStart...])
        }
        bytes.append(ASCII.quote)
    }

    private mutating func literal(_ word: StaticString) {
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        )
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case ASCII.quote: literal(#"\""#)
        case ASCII.backslash: literal(#"\\"#)
        case ASCII.lineFeed: literal(#"\n"#)
        case ASCII.carriageReturn: literal(#"\r"#)
        case ASCII.tab: literal(#"\t"#)
        default:
            literal(#"\u00"#)
            bytes.append(ASCII.hexadecimalDigit(byte >> 4))
            bytes.append(ASCII.hexadecimalDigit(byte & 0xF))
        }
    }
}
