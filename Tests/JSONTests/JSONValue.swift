import JSON

/// A whole document as a value, for comparing what two readers saw.
///
/// Equality is exact: members in their order, text by its bytes and not by canonical equivalence.
indirect enum JSONValue: Equatable, Sendable {
    case object([(name: String, value: JSONValue)])
    case array([JSONValue])
    case string(String)
    /// The number as it was written.
    case number(String)
    case bool(Bool)
    case null

    static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy {
                    $0.name.isSame(as: $1.name) && $0.value == $1.value
                }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)): left.isSame(as: right)
        case (.number(let left), .number(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }
}

extension String {
    func isSame(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

extension JSONReader {
    /// Reads the next value whole.
    mutating func value() throws(JSONError) -> JSONValue {
        switch try kind() {
        case .object:
            var members: [(name: String, value: JSONValue)] = []
            try object { key, reader throws(JSONError) in
                members.append((key.text, try reader.value()))
            }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            try array { reader throws(JSONError) in elements.append(try reader.value()) }
            return .array(elements)
        case .string:
            return .string(try string())
        case .number:
            return .number(try text() ?? "")
        case .bool:
            return try bool().map(JSONValue.bool) ?? .null
        case .null:
            try skip()
            return .null
        }
    }
}

func readValue(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
    do throws(JSONError) {
        return .success(
            try JSONReader.read(bytes) { reader throws(JSONError) in try reader.value() }
        )
    } catch {
        return .failure(error)
    }
}

func readValue(_ text: String) -> Result<JSONValue, JSONError> {
    readValue(Array(text.utf8))
}

/// Passes over a whole document; nil when it is sound.
func skipError(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
        try JSONReader.read(bytes) { reader throws(JSONError) in try reader.skip() }
        return nil
    } catch {
        return error
    }
}
