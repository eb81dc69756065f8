/// Reads the dates of HTTP headers, in the three forms that a reader must take.
enum HTTPDate {
    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
    /// `Sun Nov  6 08:49:37 1994`; nil for anything else.
    ///
    /// A year of two digits is the one nearest to `now`, 50 years ahead at most.
    static func seconds(of text: String, near now: Int64) -> Int64? {
        let words = text.split(separator: " ")
        switch words.count {
        case 6 where words[5] == "GMT":
            return seconds(day: words[1], month: words[2], year: number(words[3]), clock: words[4])
        case 4 where words[3] == "GMT":
            let parts = words[1].split(separator: "-")
            guard parts.count == 3, parts[2].utf8.count == 2 else { return nil }
            let year = number(parts[2]).map { fullYear($0, near: now) }
            return seconds(day: parts[0], month: parts[1], year: year, clock: words[2])
        case 5:
            return seconds(day: words[2], month: words[1], year: number(words[4]), clock: words[3])
        default:
            return nil
        }
    }

    private static func seconds(
        day: Substring,
        month: Substring,
        year: Int64?,
        clock: Substring
    ) -> Int64? {
        let clock = clock.split(separator: ":", omittingEmptySubsequences: false).map(number)
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            let day = number(day), let month = months.firstIndex(of: month), let year,
            (1970...9999).contains(year), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let days = days(year: year, month: Int64(month) + 1, day: day)
        return days * 86_400 + hour * 3_600 + minute * 60 + second
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A number of one to four digits and nothing else.
    private static func number(_ text: Substring) -> Int64? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy(digits.contains) else {
            return nil
        }
        return Int64(text)
    }

    private static func fullYear(_ twoDigits: Int64, near now: Int64) -> Int64 {
        let thisYear = 1970 + now / 31_556_952
        let year = thisYear - thisYear % 100 + twoDigits
        return year > thisYear + 50 ? year - 100 : year
    }

    /// Days since 1970-01-01, counting years from March so that a leap day comes last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
