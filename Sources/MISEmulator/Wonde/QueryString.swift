/// The query of a request, decoded, with its raw text kept so that links can repeat it.
struct QueryString: Sendable {
    private struct Item: Sendable {
        var raw: String
        var name: String
        var value: String
    }

    private let items: [Item]

    init(_ text: String?) {
        items = (text ?? "").split(separator: "&").map { raw in
            let parts = raw.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Item(
                raw: String(raw),
                name: Self.decoded(parts[0]),
                value: parts.count == 2 ? Self.decoded(parts[1]) : ""
            )
        }
    }

    /// The last value given for a name, as PHP takes it.
    subscript(name: String) -> String? {
        items.last { $0.name == name }?.value
    }

    /// True, false, or nil for anything that is neither.
    func flag(_ name: String) -> Bool? {
        switch self[name]?.lowercased() {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }

    /// The names between commas, without the empty ones.
    func names(_ name: String) -> [String] {
        (self[name] ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " })
        }
    }

    /// The caller's own text with one value changed and put last.
    func repeated(with name: String, _ value: String) -> String {
        (items.filter { $0.name != name }.map(\.raw) + ["\(name)=\(value)"]).joined(separator: "&")
    }

    /// Undoes percent-encoding, and reads `+` as a space, as PHP does.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
