/// What a JSON value is, as its first byte tells.
package enum JSONKind: Sendable, Equatable, CaseIterable {
    case object
    case array
    case string
    case number
    case bool
    case null

    /// Nil when no value begins with `byte`.
    init?(startingWith byte: UInt8) {
        switch byte {
        case ASCII.openBrace: self = .object
        case ASCII.openBracket: self = .array
        case ASCII.quote: self = .string
        case ASCII.minus, ASCII.zero...ASCII.nine: self = .number
        case ASCII.lowerT, ASCII.lowerF: self = .bool
        case ASCII.lowerN: self = .null
        default: return nil
        }
    }
}

extension JSONKind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
