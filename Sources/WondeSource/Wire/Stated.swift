/// What an answer says in one place; not yet what that means.
enum Stated<Value> {
    /// The place is not there.
    case missing
    /// Null, or nothing but white space: there is none, or the school does not show it.
    case blank
    /// This is stated.
    case value(Value)

    var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }

    /// This, or where it states nothing, `other`; blank beats missing.
    func or(_ other: Self) -> Self {
        switch (self, other) {
        case (.value, _): self
        case (_, .value), (.missing, _): other
        case (.blank, _): self
        }
    }
}

extension Stated: Sendable where Value: Sendable {}

extension String {
    /// Whether there is nothing to see.
    var isBlank: Bool {
        // Nearly every text begins with a letter or digit of ASCII.
        if let first = utf8.first, first > 0x20, first < 0x7F { return false }
        return allSatisfy(\.isWhitespace)
    }
}
