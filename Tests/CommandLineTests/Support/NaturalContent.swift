/// The accounts of a `muster list --json`, without the ids that each store gives anew.
struct NaturalContent: Equatable {
    let accounts: [String: JSONValue]

    init(_ list: JSONValue) {
        let pairs = list["accounts"].elements.map { ($0["email"].text ?? "", Self.natural($0)) }
        accounts = Dictionary(pairs) { first, _ in first }
    }

    private static func natural(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(var members):
            members["id"] = nil
            return .object(members.mapValues(natural))
        case .array(let elements): return .array(elements.map(natural))
        default: return value
        }
    }
}
