public import Accounts
import Roster

/// Schedules as operators write them.
public enum ScheduleText {
    /// The longest time between two syncs.
    private static let longest = Duration.seconds(7 * 86_400)

    /// Sets the time between two syncs: `24h`, `15m` or `off`.
    /// - Throws: `PolicyProblem` where the text is not understood; nothing is changed then.
    public static func setInterval(
        _ text: String,
        in schedule: inout SyncSchedule
    ) throws(PolicyProblem) {
        if text == "off" {
            schedule.interval = nil
            return
        }
        let seconds: Int64? =
            switch text.last {
            case "h": number(text.dropLast()).map { $0 * 3600 }
            case "m": number(text.dropLast()).map { $0 * 60 }
            default: nil
            }
        guard let seconds, SyncSchedule.shortest <= .seconds(seconds),
            .seconds(seconds) <= longest
        else {
            throw PolicyProblem(
                sentence:
                    "The time between two syncs cannot be \(text); give minutes or hours from 5m to 168h, such as 15m or 24h, or off."
            )
        }
        schedule.interval = .seconds(seconds)
    }

    /// Sets the days on which no sync begins: `FIRST..LAST`, several with commas, or `none`.
    /// - Throws: `PolicyProblem` where the text is not understood; nothing is changed then.
    public static func setHolidays(
        _ text: String,
        in schedule: inout SyncSchedule
    ) throws(PolicyProblem) {
        let terms = text == "none" ? [] : try PolicyText.terms(text, "The holidays")
        guard text == "none" || !terms.isEmpty else {
            throw PolicyProblem(
                sentence:
                    "The holidays name no days; give days as 2026-07-20..2026-09-06, several with commas, or none."
            )
        }
        schedule.holidays = terms
    }

    /// The time between two syncs, as it is set.
    public static func interval(of schedule: SyncSchedule) -> String {
        guard let seconds = schedule.interval?.components.seconds else { return "off" }
        return seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds / 60)m"
    }

    /// The days on which no sync begins, as they are set.
    public static func holidays(of schedule: SyncSchedule) -> [String] {
        schedule.holidays.map(PolicyText.text)
    }

    /// The whole schedule in a few words.
    public static func words(for schedule: SyncSchedule) -> String {
        let interval = interval(of: schedule)
        guard schedule.interval != nil else { return interval }
        let kind = schedule.readsChanges ? ", changes" : ""
        let days = holidays(of: schedule).joined(separator: ",")
        return "\(interval)\(kind)\(days.isEmpty ? "" : ", not \(days)")"
    }

    private static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 6, text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(text)
    }
}
