public import Roster

/// Where a day lies between two years of a school: which places in classes go with the year.
///
/// A year is closed from 20 July to 31 August, and on freeze days of June and July before that.
public struct YearTurn: Sendable, Hashable {
    /// The day.
    public let today: Day
    /// Whether the year is being closed: an MIS empties its classes now, or has done so.
    public let isClosing: Bool
    /// Whether places in classes of no stated year are of one that is over.
    public var endsUnstated = false

    /// The turn of the year around `today`; of the days on which nobody is taken for absent those
    /// count that touch the summer.
    public init(on today: Day, freezes: [Term] = []) {
        self.today = today
        let first = Day(year: today.year, month: 7, day: 20) ?? today
        let last = Day(year: today.year, month: 8, day: 31) ?? today
        let isFrozen = freezes.contains { freeze in
            guard freeze.holds(on: today), let start = freeze.start, let end = freeze.end else {
                return false
            }
            return start <= last && first <= end
        }
        // A freeze of months makes no summer of the spring, nor of the first days of a new year.
        isClosing =
            Term(start: first, end: last).holds(on: today)
            || isFrozen && [6, 7].contains(today.month)
    }

    /// Whether the classes of the new year may still be missing, which is until 31 October.
    public var awaitsClasses: Bool { isClosing || [9, 10].contains(today.month) }

    /// Whether a place in the class goes with its year, so that it is no loss.
    public func ends(_ key: ClassKey) -> Bool {
        guard let last = key.academicYear.flatMap(AcademicYear.lastDay(of:)) else {
            return isClosing || endsUnstated
        }
        return last < today || isClosing && last <= AcademicYear.lastDay(around: today)
    }

    /// Whether the class is of a year that is over by its own statement.
    public func isOver(_ key: ClassKey) -> Bool {
        key.academicYear.flatMap(AcademicYear.lastDay(of:)).map { $0 < today } ?? false
    }

    /// Whether the year to which `day` belongs is over.
    public func isOver(yearOf day: Day) -> Bool { AcademicYear.lastDay(around: day) < today }
}
