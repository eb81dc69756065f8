internal import Roster

/// Moments as `updated_after` takes them, `YYYY-MM-DD HH:MM:SS` in UTC.
enum WireMoment {
    /// The whole second before `moment`, ready for a query.
    ///
    /// Wonde lists what changed after a moment and keeps no fractions in the question, so one
    /// second earlier leaves nobody out who changed at `moment` itself.
    static func before(_ moment: Timestamp) -> String {
        let whole = moment.milliseconds.quotientAndRemainder(dividingBy: 1000)
        let second = whole.remainder < 0 ? whole.quotient - 1 : whole.quotient
        // 1970 to 9999: beyond, the four digits of a year do not hold.
        let seconds = min(max(second - 1, 0), 253_402_300_799)
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { padded($0, 2) }
        return "\(date(days))%20\(clock.joined(separator: "%3A"))"
    }

    /// The date so many days after 1970-01-01, counting years from March so that a leap day comes
    /// last.
    private static func date(_ days: Int64) -> String {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
