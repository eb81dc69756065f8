/// A number by which a person is known whatever MIS holds her record.
///
/// Only a number that can be right is one: a text whose check letter or digit is wrong, and what is
/// typed in to fill a gap, says nothing about anybody. A right one may still be somebody else's.
public struct NeutralKey: Sendable, Hashable {
    /// Who gives the number.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A unique pupil number of England, permanent or temporary.
        case upn
        /// A unique learner number of the United Kingdom.
        case uln
        /// The number of a teacher: seven digits in England and Wales, six in Scotland.
        case teacherNumber
    }

    /// Who gives the number.
    public let kind: Kind
    /// The number in the form in which numbers compare: capital letters and digits alone.
    public let text: String

    /// Reads `raw` as a number of `kind`; nil where it cannot be one.
    public init?(_ kind: Kind, _ raw: String) {
        var symbols: [UInt8] = []
        for byte in raw.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                symbols.append(byte)
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                symbols.append(byte - 0x20)
            case UInt8(ascii: " "), UInt8(ascii: "/"), UInt8(ascii: "-"): continue
            default: return nil
            }
            guard symbols.count <= 13 else { return nil }
        }
        if kind == .teacherNumber, symbols.starts(with: [UInt8(ascii: "R"), UInt8(ascii: "P")]) {
            symbols.removeFirst(2)
        }
        guard NeutralKey.canBeRight(kind, symbols) else { return nil }
        self.kind = kind
        text = String(decoding: symbols, as: UTF8.self)
    }

    private static func canBeRight(_ kind: Kind, _ symbols: [UInt8]) -> Bool {
        switch kind {
        case .upn: isUPN(symbols)
        case .uln: isULN(symbols)
        case .teacherNumber: isTeacherNumber(symbols)
        }
    }

    /// The check letters of UPNs, which leave out I, O and S.
    private static let letters = [UInt8]("ABCDEFGHJKLMNPQRTUVWXYZ".utf8)

    /// A check letter, then twelve digits of which the last may be a letter: a temporary number.
    private static func isUPN(_ symbols: [UInt8]) -> Bool {
        guard symbols.count == 13, let last = symbols.last else { return false }
        var values = symbols[1..<12].compactMap(digit)
        guard values.count == 11, let end = digit(last) ?? letters.firstIndex(of: last) else {
            return false
        }
        let isTemporary = digit(last) == nil
        guard isTemporary || !isMadeUp(symbols[1...]) else { return false }
        values.append(end)
        let sum = zip(values, 2...).reduce(0) { $0 + $1.0 * $1.1 }
        return symbols[0] == letters[sum % letters.count]
    }

    /// Ten digits without a zero ahead, whose weighted sum leaves ten.
    private static func isULN(_ symbols: [UInt8]) -> Bool {
        let values = symbols.compactMap(digit)
        guard symbols.count == 10, values.count == 10, values[0] != 0, !isMadeUp(symbols[...])
        else { return false }
        let sum = values.enumerated().reduce(0) { $0 + $1.element * (10 - $1.offset) }
        return sum % 11 == 10
    }

    /// Nothing in it can be checked.
    private static func isTeacherNumber(_ symbols: [UInt8]) -> Bool {
        (6...7).contains(symbols.count) && symbols.allSatisfy { digit($0) != nil }
            && !isMadeUp(symbols[...])
    }

    /// What people type to fill a gap: one digit again and again, or digits that count up.
    private static func isMadeUp(_ symbols: ArraySlice<UInt8>) -> Bool {
        let steps = zip(symbols.dropFirst(), symbols).map { Int($0) - Int($1) }
        return steps.allSatisfy { $0 == 0 } || steps.allSatisfy { $0 == 1 }
    }

    private static func digit(_ symbol: UInt8) -> Int? {
        let zero = UInt8(ascii: "0")
        return (zero...zero + 9).contains(symbol) ? Int(symbol - zero) : nil
    }
}

extension NeutralKey: Comparable {
    /// By kind, then by text: an order that is always the same.
    public static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.text) < (right.kind.rawValue, right.text)
    }
}

extension NeutralKey: CustomStringConvertible {
    /// The kind alone: a log or a message never shows the number.
    public var description: String { kind.rawValue }

    /// The kind and the end of the number, for whoever compares two records.
    public var masked: String { "\(kind.rawValue) …\(text.suffix(3))" }
}
