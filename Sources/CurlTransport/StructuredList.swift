/// Reads a list as structured header fields write it (RFC 9651), without inner lists.
struct StructuredList {
    /// What stands in a place of a list or behind a parameter's name.
    enum Value: Equatable {
        /// A string or a token.
        case name(String)
        case integer(Int64)
        /// A value of a sort that nobody here asks for.
        case other
    }

    /// One place of the list with its parameters; the last of a name counts.
    struct Item: Equatable {
        var value: Value
        var parameters: [String: Value] = [:]
    }

    private var rest: Substring.UTF8View

    /// The items of `text`; nil where any part of it is malformed.
    static func items(of text: String) -> [Item]? {
        var list = StructuredList(rest: text[...].utf8)
        return list.items()
    }

    private mutating func items() -> [Item]? {
        var items: [Item] = []
        skip { $0 == 0x20 }
        guard !rest.isEmpty else { return items }
        while let item = item() {
            items.append(item)
            skip(isBlank)
            if rest.isEmpty { return items }
            guard take(",") else { return nil }
            skip(isBlank)
        }
        return nil
    }

    private mutating func item() -> Item? {
        guard let value = value() else { return nil }
        var item = Item(value: value)
        while take(";") {
            skip { $0 == 0x20 }
            guard let key = key() else { return nil }
            guard take("=") else {
                item.parameters[key] = .other
                continue
            }
            guard let value = self.value() else { return nil }
            item.parameters[key] = value
        }
        return item
    }

    private mutating func key() -> String? {
        guard let first = rest.first, isLower(first) || first == UInt8(ascii: "*") else {
            return nil
        }
        return run { isLower($0) || isDigit($0) || "_-.*".utf8.contains($0) }
    }

    private mutating func value() -> Value? {
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: "\""): return quoted()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: ":"): return bytes()
        case UInt8(ascii: "?"):
            rest.removeFirst()
            return take("0") || take("1") ? .other : nil
        case UInt8(ascii: "@"):
            rest.removeFirst()
            guard case .integer? = number() else { return nil }
            return .other
        case _ where isLetter(first) || first == UInt8(ascii: "*"):
            return .name(
                run { isLetter($0) || isDigit($0) || "!#$%&'*+-.^_`|~:/".utf8.contains($0) }
            )
        default: return nil
        }
    }

    private mutating func quoted() -> Value? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return .name(String(decoding: bytes, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst(), "\"\\".utf8.contains(next) else { return nil }
                bytes.append(next)
            case 0x20...0x7E: bytes.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func number() -> Value? {
        let isNegative = take("-")
        let whole = run(isDigit)
        guard (1...15).contains(whole.utf8.count), let number = Int64(whole) else { return nil }
        guard take(".") else { return .integer(isNegative ? -number : number) }
        let fraction = run(isDigit)
        return whole.utf8.count <= 12 && (1...3).contains(fraction.utf8.count) ? .other : nil
    }

    private mutating func bytes() -> Value? {
        rest.removeFirst()
        _ = run { isLetter($0) || isDigit($0) || "+/=".utf8.contains($0) }
        return take(":") ? .other : nil
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skip(_ matches: (UInt8) -> Bool) {
        rest = rest.drop(while: matches)
    }

    private mutating func run(_ matches: (UInt8) -> Bool) -> String {
        let run = rest.prefix(while: matches)
        rest = rest.dropFirst(run.count)
        return String(Substring(run))
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
