import JSON
import Roster

/// The members of a JSON object without objects in it, as clients send them.
///
/// The whole object is checked before anybody acts on part of it: a member that stands there twice
/// would mean one thing to us and another to whoever stands before us.
struct FlatObject {
    /// The most members that an object may have.
    private static let limit = 64
    private(set) var members: [(name: String, value: Value)] = []

    /// What a member holds.
    enum Value: Hashable {
        case text(String)
        case bool(Bool)
        case null
        /// A number, an array or an object.
        case other
    }

    /// The object in `bytes`.
    init(_ bytes: [UInt8]) throws(Problem) {
        var members: [(name: String, value: Value)] = []
        do throws(JSONError) {
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.object { key, value throws(JSONError) in
                    if members.count <= Self.limit {
                        members.append((key.text, try Self.value(&value)))
                    }
                }
            }
        } catch {
            if case .wrongKind = error.fact { throw Problem(.badRequest, "\(error)") }
            throw Problem(.badRequest, "The body cannot be read: \(error)")
        }
        guard members.count <= Self.limit else {
            throw Problem(.badRequest, "An object may have \(Self.limit) members; send fewer.")
        }
        for (index, member) in members.enumerated() {
            guard !members[..<index].contains(where: { $0.name == member.name }) else {
                throw Problem(
                    .badRequest,
                    "The member \(member.name.quoted) stands there twice; send it once."
                )
            }
        }
        self.members = members
    }

    private static func value(_ reader: inout JSONReader) throws(JSONError) -> Value {
        switch try reader.kind() {
        case .string: return .text(try reader.string())
        case .bool: return try reader.bool().map { .bool($0) } ?? .null
        case .null:
            try reader.skip()
            return .null
        case .number, .array, .object:
            try reader.skip()
            return .other
        }
    }
}

extension FlatObject {
    /// The object in `bytes`, which may be nothing at all, with no members but `names`.
    init(optional bytes: [UInt8], only names: String...) throws(Problem) {
        try self.init(bytes.isEmpty ? Array("{}".utf8) : bytes)
        try refuse(besides: names)
    }

    /// The object in `bytes` with no members but `names`.
    init(_ bytes: [UInt8], only names: String...) throws(Problem) {
        try self.init(bytes)
        try refuse(besides: names)
    }

    private func refuse(besides names: [String]) throws(Problem) {
        for member in members where !names.contains(member.name) {
            throw Problem(
                .badRequest,
                "There is no member \(member.name.quoted) to send here; leave it out."
            )
        }
    }

    /// The text of a member; nil where it is null or missing.
    func text(_ name: String) throws(Problem) -> String? {
        switch members.first(where: { $0.name == name })?.value {
        case .text(let text): return text
        case .null, nil: return nil
        case .bool, .other: throw Problem(.badRequest, "The member \(name) must be a text.")
        }
    }

    /// The truth of a member; false where it is null or missing.
    func truth(_ name: String) throws(Problem) -> Bool {
        switch members.first(where: { $0.name == name })?.value {
        case .bool(let truth): return truth
        case .null, nil: return false
        case .text, .other:
            throw Problem(.badRequest, "The member \(name) must be true or false.")
        }
    }

    /// The day of a member, as in `2026-09-01`; nil where it is null or missing.
    func day(_ name: String) throws(Problem) -> Day? {
        guard let text = try text(name) else { return nil }
        guard text.utf8.count == 10, let day = Day(text) else {
            throw Problem(.badRequest, "The member \(name) must be a day, as 2026-09-01, or null.")
        }
        return day
    }

    /// The number of ours that a member has, as a text; nil where nothing can have it.
    func number(_ name: String) throws(Problem) -> Int64? {
        guard let text = try text(name) else {
            throw Problem(.badRequest, "Send the member \(name).")
        }
        return text.utf8.first == UInt8(ascii: "+") ? nil : Int64(text)
    }
}

extension String {
    /// The beginning of what a client sent, to be named in an answer to the same client.
    var quoted: String {
        let characters = unicodeScalars.prefix(41).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return characters.count <= 40 ? String(characters) : String(characters.prefix(40)) + "…"
    }
}
