import Roster

/// The year of a school as its MIS writes it: `2025/2026`, `2025-26`, `2025`.
enum AcademicYear {
    /// Whether the year that `text` names ended before `day`; one that cannot be read did not.
    ///
    /// Years begin on 1 September and end on 31 August.
    static func isOver(_ text: String, on day: Day) -> Bool {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }
        guard let first = numbers.first(where: { $0.count == 4 }), let start = Int(first),
            let end = Day(year: start + 1, month: 8, day: 31)
        else { return false }
        return day > end
    }
}
