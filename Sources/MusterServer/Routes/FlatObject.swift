import JSON

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

extension String {
    /// The beginning of what a client sent, to be named in an answer to the same client.
    var quoted: String {
        let characters = unicodeScalars.prefix(41).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return characters.count <= 40 ? String(characters) : String(characters.prefix(40)) + "…"
    }
}
