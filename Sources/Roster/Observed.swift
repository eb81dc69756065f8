/// Why a source says nothing about a field.
public enum Unsupplied: String, Sendable, Hashable {
    /// This kind of MIS never delivers the field.
    case neverByProvider
    /// The school has not granted the field to this application.
    case notGranted
    /// The request did not ask for the field.
    case notAskedFor
    /// The answer has it in a form that cannot be read.
    case unreadable
}

/// What a source says of one field: a value, that there is none, or nothing at all.
///
/// Only the first two may change an account.
public enum Observed<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The source states this value.
    case value(Value)
    /// The source states that there is none.
    case empty
    /// The source says nothing, and why.
    case notSupplied(Unsupplied)

    /// The value, if one was stated.
    public var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }

    /// Whether the source said anything: a value, or that there is none.
    public var isSupplied: Bool {
        if case .notSupplied = self { false } else { true }
    }

    /// The same statement about another form of the value.
    public func map<Other>(_ transform: (Value) -> Other) -> Observed<Other> {
        switch self {
        case .value(let value): .value(transform(value))
        case .empty: .empty
        case .notSupplied(let why): .notSupplied(why)
        }
    }
}
