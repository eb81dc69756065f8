/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// The moment `milliseconds` after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The earlier moment comes first.
    public static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `duration` later; fractions of a millisecond are dropped.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(
            milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000
        )
    }

    /// The time from `earlier` to this moment; negative where the clock went back.
    public func since(_ earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }
}

/// A calendar day without a time zone.
public struct Day: Sendable, Hashable, Comparable {
    /// The year, 1 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// The day, or nil where the calendar has none such.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Day.length(ofMonth: month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads the first ten characters of `text` as `YYYY-MM-DD`; nil where they are not a day.
    public init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8.prefix(10))
        guard digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in digits[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    /// The earlier day comes first.
    public static func < (left: Self, right: Self) -> Bool {
        left.number < right.number
    }

    /// The digits of `YYYYMMDD` as one number.
    public var number: Int { year * 10_000 + month * 100 + day }

    /// The day after this one; 9999-12-31 has none and is returned itself.
    public var next: Day {
        Day(year: year, month: month, day: day + 1)
            ?? Day(year: year, month: month + 1, day: 1)
            ?? Day(year: year + 1, month: 1, day: 1)
            ?? self
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

extension Day: CustomStringConvertible {
    /// `YYYY-MM-DD`.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

/// The days from a first to a last one, either of which may be open.
public struct Term: Sendable, Hashable {
    /// The first day it holds, or nil where it always held.
    public var start: Day?
    /// The last day it holds, or nil where no end is known.
    public var end: Day?

    /// The days from `start` to `end`, both included.
    public init(start: Day? = nil, end: Day? = nil) {
        self.start = start
        self.end = end
    }

    /// Whether it holds on `day`.
    public func holds(on day: Day) -> Bool {
        if let start, day < start { return false }
        if let end, end < day { return false }
        return true
    }

    /// The first day after `day` on which `holds(on:)` may answer otherwise.
    public func nextChange(after day: Day) -> Day? {
        [start, end?.next].compactMap(\.self).filter { day < $0 }.min()
    }
}
