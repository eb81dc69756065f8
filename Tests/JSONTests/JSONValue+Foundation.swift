import Foundation
import JSON

extension JSONValue {
    /// Whether Foundation's `object` says the same.
    ///
    /// Byte order marks are left out: Foundation drops one at the start of a text.
    /// An object whose names are not all different is taken as it is: Foundation keeps one of each.
    func agrees(with object: Any) -> Bool {
        switch self {
        case .null:
            return object is NSNull
        case .bool(let truth):
            return (object as? NSNumber).map { $0.isTruth && $0.boolValue == truth } ?? false
        case .number(let digits):
            return (object as? NSNumber).map { !$0.isTruth && $0.isNear(digits) } ?? false
        case .string(let text):
            return (object as? String)?.withoutMarks.isSame(as: text.withoutMarks) ?? false
        case .array(let elements):
            guard let others = object as? [Any], others.count == elements.count else {
                return false
            }
            return zip(elements, others).allSatisfy { $0.agrees(with: $1) }
        case .object(let members):
            guard let others = object as? [String: Any] else { return false }
            return Self.agree(members, others)
        }
    }

    private static func agree(
        _ members: [(name: String, value: JSONValue)],
        _ others: [String: Any]
    ) -> Bool {
        if Set(members.map(\.name.withoutMarks)).count < members.count { return true }
        let named = Dictionary(others.map { ($0.withoutMarks, $1) }) { first, _ in first }
        return others.count == members.count
            && members.allSatisfy { member in
                named[member.name.withoutMarks].map { member.value.agrees(with: $0) } ?? false
            }
    }
}

extension String {
    fileprivate var withoutMarks: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\u{FEFF}" }))
    }
}

extension NSNumber {
    fileprivate var isTruth: Bool {
        String(cString: objCType) == "c"
    }

    /// Exact for whole numbers of 64 bits; Foundation's decimals may be off in the last places.
    fileprivate func isNear(_ digits: String) -> Bool {
        if let whole = Int(digits) { return int64Value == Int64(whole) }
        guard let number = Double(digits) else { return false }
        return abs(doubleValue - number) <= abs(number) * 1e-14
    }
}
