import Roster

/// The year of a school as its MIS writes it: `2025/2026`, `2025-26`, `2025`.
enum AcademicYear {
    /// The last day of the year that `text` names; nil where it cannot be read.
    ///
    /// Years begin on 1 September and end on 31 August.
    static func lastDay(of text: String) -> Day? {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }
        guard let first = numbers.first(where: { $0.count == 4 }), let start = Int(first) else {
            return nil
        }
        return Day(year: start + 1, month: 8, day: 31)
    }

    /// The last day of the year to which `day` belongs.
    static func lastDay(around day: Day) -> Day {
        Day(year: day.month < 9 ? day.year : day.year + 1, month: 8, day: 31) ?? day
    }
}
