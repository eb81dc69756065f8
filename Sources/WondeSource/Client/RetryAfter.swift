/// How long an overloaded service asks to wait, as its `Retry-After` header says.
enum RetryAfter {
    /// Longer waits are cut to this.
    static let longest = Duration.seconds(300)

    /// Reads seconds, or a date, which is counted from the answer's own `Date` header.
    static func duration(_ header: String?, answeredAt date: String?) -> Duration? {
        guard let text = header?.split(separator: " ").joined(separator: " ") else { return nil }
        if let seconds = Int64(text) {
            return seconds < 0 ? nil : min(.seconds(min(seconds, 300)), longest)
        }
        guard let until = seconds(ofHTTPDate: text), let now = date.flatMap(seconds(ofHTTPDate:))
        else { return nil }
        return min(max(.seconds(until - now), .zero), longest)
    }

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; other forms are nil.
    private static func seconds(ofHTTPDate text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]),
            let month = months.firstIndex(of: words[2]), let year = Int64(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (1...31).contains(day), (1970...9999).contains(year),
            (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let days = days(year: year, month: Int64(month) + 1, day: day)
        return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days since 1970-01-01, counting years from March so that a leap day comes last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
