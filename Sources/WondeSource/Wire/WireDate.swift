internal import Roster

/// A date as an answer writes it.
enum WireDate: Sendable, Hashable {
    /// Null, blank, not there, or one of the ways in which systems write "no date".
    case none
    /// A day of the calendar.
    case day(Day)
    /// Something else: a day that does not exist, or no date at all.
    case unreadable

    /// Reads the first ten characters as `YYYY-MM-DD`.
    init(_ text: String) {
        if text.isBlank || text.hasPrefix("0000-00-00") || text.hasPrefix("-0001-11-30") {
            self = .none
        } else {
            self = Day(text).map { .day($0) } ?? .unreadable
        }
    }
}
