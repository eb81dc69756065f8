/// How fast a sync goes and how long it takes yet, from what it told lately.
///
/// A value: moments come in. Only the last quarter of a minute counts, because pages come in
/// bursts and a stage may become slower.
public struct Pace: Sendable, Hashable {
    /// A moment of a clock that never goes back.
    public typealias Instant = ContinuousClock.Instant

    private struct Mark: Sendable, Hashable {
        var done: Int
        var at: Instant
    }

    private static let window = Duration.seconds(15)
    /// Before that nobody can tell.
    private static let shortest = Duration.milliseconds(500)

    private var stage: SyncProgress.Stage?
    private var marks: [Mark] = []
    private var total: Int?

    /// A pace of which nothing is known.
    public init() {}

    /// Notes how far the sync has come by `now`.
    public mutating func note(_ progress: SyncProgress, at now: Instant) {
        // Another stage, or another school, begins from nothing.
        if progress.stage != stage || progress.done < marks.last?.done ?? 0 {
            marks = []
            stage = progress.stage
        }
        total = progress.total
        marks.append(Mark(done: progress.done, at: now))
        while marks.count > 2, marks[1].at.duration(to: now) >= Self.window {
            marks.removeFirst()
        }
    }

    /// People a second; nil before that can be told.
    public var perSecond: Double? {
        guard let first = marks.first, let last = marks.last, last.done > first.done else {
            return nil
        }
        let time = first.at.duration(to: last.at)
        guard time >= Self.shortest else { return nil }
        return Double(last.done - first.done) * 1000 / Double(time.milliseconds)
    }

    /// The time to the end of the stage; nil where nobody can tell.
    public var left: Duration? {
        guard let total, let done = marks.last?.done, let perSecond, done < total else {
            return nil
        }
        return .milliseconds(Int64(Double(total - done) * 1000 / perSecond))
    }
}
