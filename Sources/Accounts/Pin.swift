public import Roster

/// Against what a pin keeps a field as it is.
public enum PinnedAgainst: Sendable, Hashable {
    /// Against whatever the source says.
    case everything
    /// Against this one statement, as people read it; nil for the statement that there is none.
    case value(String?)
}

/// A person's decision that something of an account stays as it is, whatever the source says.
public struct Pin: Sendable, Hashable {
    /// The field; nil for the whole person.
    public var field: Field?
    /// Against what it holds.
    public var against: PinnedAgainst
    /// The first day on which it holds no more, in the school's time zone; nil for ever.
    public var until: Day?
    /// Why, in the words of whoever set it.
    public var because: String?

    /// A pin of `field`, or of the whole person where that is nil.
    public init(
        _ field: Field?,
        against: PinnedAgainst = .everything,
        until: Day? = nil,
        because: String? = nil
    ) {
        self.field = field
        self.against = against
        self.until = until
        self.because = because
    }

    /// Whether it keeps `field` as it is although the source says `value`.
    public func keeps(_ field: Field, against value: String?) -> Bool {
        guard self.field == nil || self.field == field else { return false }
        return switch against {
        case .everything: true
        case .value(let pinned): pinned == value
        }
    }
}

extension Account {
    /// Whether a pin keeps `field` as it is although the source says `value`, as people read it.
    public func isPinned(_ field: Field, against value: String?) -> Bool {
        pins.contains { $0.keeps(field, against: value) }
    }

    /// Takes away the pins that hold no more on `day`.
    public mutating func dropPins(lapsedOn day: Day) {
        guard !pins.isEmpty else { return }
        pins = pins.filter { pin in pin.until.map { day < $0 } ?? true }
    }

    /// The first day on which one of its pins holds no more.
    public var firstUnpinning: Day? { pins.compactMap(\.until).min() }

    /// Its pins: the whole person's before those of fields, these by name.
    public var sortedPins: [Pin] {
        pins.sorted { ($0.field?.rawValue ?? "") < ($1.field?.rawValue ?? "") }
    }
}
