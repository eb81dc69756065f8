import Foundation

/// A moment in UTC, in microseconds since 1970.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    init(day: CalendarDay, secondOfDay: Int) {
        microseconds = (Int64(day.days) * 86_400 + Int64(secondOfDay)) * 1_000_000
    }

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` and the ISO 8601 form in UTC.
    package init?(_ text: String) {
        var rest = text[...]
        if rest.hasSuffix("Z") {
            rest = rest.dropLast()
        } else if rest.hasSuffix("+00:00") {
            rest = rest.dropLast(6)
        }
        guard let day = CalendarDay(rest.prefix(10)) else { return nil }
        let clock = rest.dropFirst(10)
        guard let separator = clock.first else {
            self.init(day: day, secondOfDay: 0)
            return
        }
        let numbers = clock.dropFirst().prefix(8).split(separator: ":").map { Int($0) ?? -1 }
        guard separator == "T" || separator == " ", numbers.count == 3,
            (0..<24).contains(numbers[0]), (0..<60).contains(numbers[1]),
            (0..<60).contains(numbers[2])
        else { return nil }
        self.init(day: day, secondOfDay: numbers[0] * 3_600 + numbers[1] * 60 + numbers[2])
        guard addFraction(clock.dropFirst(9)) else { return nil }
    }

    /// Adds a fraction such as `.250`; false if the text is no fraction.
    private mutating func addFraction(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        let digits = text.dropFirst().prefix(6)
        guard text.first == ".", let fraction = Int64(digits), fraction >= 0 else { return false }
        let scale = [100_000, 10_000, 1_000, 100, 10, 1][digits.count - 1]
        microseconds += fraction * Int64(scale)
        return true
    }

    /// The machine's clock.
    static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    var day: CalendarDay {
        let seconds = microseconds / 1_000_000
        return CalendarDay(days: Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}
