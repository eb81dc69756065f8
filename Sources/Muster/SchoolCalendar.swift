import Foundation
public import Roster

/// The calendar by which a school's days begin and end.
public enum SchoolCalendar {
    /// The day at `moment` in the time zone called `name`, or in Europe/London where none or an
    /// unknown one is named.
    public static func day(at moment: Timestamp, in name: String?) -> Day {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone =
            name.flatMap(TimeZone.init(identifier:)) ?? TimeZone(identifier: "Europe/London")
            ?? .gmt
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        guard let year = parts.year, let month = parts.month, let day = parts.day,
            let result = Day(year: year, month: month, day: day)
        else { preconditionFailure("the Gregorian calendar has a day for every moment") }
        return result
    }
}
