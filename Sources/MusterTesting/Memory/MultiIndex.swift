/// Many values under one key; a key without values takes no room.
struct MultiIndex<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
    private var sets: [Key: Set<Value>] = [:]

    subscript(key: Key) -> Set<Value> { sets[key, default: []] }

    mutating func insert(_ value: Value, under key: Key?) {
        guard let key else { return }
        sets[key, default: []].insert(value)
    }

    mutating func remove(_ value: Value, under key: Key?) {
        guard let key else { return }
        sets[key]?.remove(value)
        if sets[key]?.isEmpty == true { sets[key] = nil }
    }
}
