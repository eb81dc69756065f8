import Accounts
import ArgumentParser
import JSON
import Muster

/// `muster connections schedule NAME`: when a connection is synced by itself.
struct ConnectionScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Show or change when `muster serve` syncs a connection by itself."
    )

    @Argument(help: "The connection's name.")
    var name: String

    @Option(help: "The time between two syncs, such as 24h or 15m; off: none by itself.")
    var every: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Read only who changed in between; everybody is read once a day all the same."
    )
    var delta: Bool?

    @Option(help: "Days without syncs: FIRST..LAST, several with commas; none takes them back.")
    var holidays: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(name)
        var schedule = connection.schedule
        do throws(PolicyProblem) {
            if let every { try ScheduleText.setInterval(every, in: &schedule) }
            if let holidays { try ScheduleText.setHolidays(holidays, in: &schedule) }
        } catch {
            throw Failure.usage(error.sentence)
        }
        if let delta { schedule.readsChanges = delta }
        if schedule != connection.schedule {
            let changed = schedule
            try await assembly.stored { () throws(StoreError) in
                try await assembly.store.setSchedule(changed, of: connection.id)
            }
        }
        common.answer(
            json: { member in
                member.member("connection", connection.name)
                member.schedule(schedule)
            },
            text: {
                schedule.interval == nil
                    ? "\(connection.name) is synced only when somebody asks for it."
                    : "\(connection.name) is synced by `muster serve` every"
                        + " \(ScheduleText.words(for: schedule))."
            }
        )
    }
}

extension JSONObjectWriter {
    /// Writes when a connection is synced by itself.
    mutating func schedule(_ schedule: SyncSchedule) {
        member("every", ScheduleText.interval(of: schedule))
        member("delta", schedule.readsChanges)
        member("holidays", ScheduleText.holidays(of: schedule))
    }
}
