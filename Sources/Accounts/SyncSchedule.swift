public import Roster

/// When the syncs of a connection run by themselves.
public struct SyncSchedule: Sendable, Hashable {
    /// The shortest time between two of them.
    public static let shortest = Duration.seconds(300)
    /// The longest time between two that read everybody, where any run by themselves.
    public static let day = Duration.seconds(86_400)

    /// The time between two; nil: none runs by itself.
    public var interval: Duration?
    /// Whether those in between the daily ones read changes only, where the source can.
    public var readsChanges: Bool
    /// Days, at the school, on which none begins.
    public var holidays: [Term]

    /// A schedule; by default one sync of everybody a day.
    public init(
        interval: Duration? = SyncSchedule.day,
        readsChanges: Bool = false,
        holidays: [Term] = []
    ) {
        self.interval = interval
        self.readsChanges = readsChanges
        self.holidays = holidays
    }

    /// Whether none begins on `day`.
    public func isHoliday(on day: Day) -> Bool { holidays.contains { $0.holds(on: day) } }
}
