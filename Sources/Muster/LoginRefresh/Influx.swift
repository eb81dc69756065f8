import Accounts
import Roster
import Synchronization

/// Who is new at a school, and whether so many are that no login may make one of them an account.
///
/// Who changed is read for it once, for everybody who asks meanwhile and for a while after.
final class Influx: Sendable {
    /// What a read told.
    struct Answer: Sendable {
        var isTooMany = false
        /// Who was read and has no account.
        var newcomers: [Observation] = []
        /// Whether more of those who were there are said to have left than a sync would take: it
        /// leaves all of them to a person.
        var areTooManyLeaving = false
        /// What to answer where who changed could not be read; nil where it was.
        var failure: FlightResult?
        var requests = 0
    }

    private struct Question: Hashable {
        let school: SchoolKey
        let kind: PersonKind
    }
    private struct Reading {
        let beganAt: ContinuousClock.Instant
        let task: Task<Answer, Never>
    }
    private let life: Duration
    private let readings = Mutex<[Question: Reading]>([:])

    /// Answers that are good for `life`.
    init(life: Duration) { self.life = life }

    /// The answer for people of the kind of `record`, by `read` if there is none yet.
    func answer(
        about record: SourceKey,
        at now: ContinuousClock.Instant,
        _ read: @escaping @Sendable () async -> Answer
    ) async -> Answer {
        let question = Question(school: record.school, kind: record.kind)
        let (reading, isOwn) = readings.withLock { readings in
            if let known = readings[question], now < known.beganAt + life { return (known, false) }
            // Unstructured on purpose: it answers others too.
            let reading = Reading(beganAt: now, task: Task { await read() })
            readings[question] = reading
            return (reading, true)
        }
        var answer = await withTaskCancellationHandler {
            await reading.task.value
        } onCancel: {
            reading.task.cancel()
        }
        if !isOwn { answer.requests = 0 }
        if answer.failure != nil, answer.failure?.retryAfter == nil {
            answer.failure?.retryAfter = now.duration(to: reading.beganAt + life)
        }
        return answer
    }
}
