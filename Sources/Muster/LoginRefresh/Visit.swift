import Accounts
import Synchronization

/// One login from its arrival to its answer, which is given once.
final class Visit: Sendable {
    let number: LoginDesk.Number
    let event: LoginEvent
    let login: LoginID
    private let state: Mutex<State>

    private struct State {
        var facts: LoginFacts?
        var finding: LoginDesk.Finding?
        var localOutcome = LoginOutcome.sourceUnavailable
        var leaver: Leaver?
        var wasDeferred = false
        var budget = Duration.zero
        var countsFrom: ContinuousClock.Instant
        /// Ends the visit when its budget is over.
        var timer: Task<Void, Never>?
        var answer: Answer
    }
    private enum Answer {
        /// Next: `waiting`, `given`.
        case open
        /// Next: `done`.
        case waiting(CheckedContinuation<LoginRefreshResult, Never>)
        /// Next: `done`.
        case given(LoginRefreshResult)
        case done
    }

    /// Whom the address of the login led to at first, and what the source says of her.
    struct Leaver: Sendable {
        let facts: LoginFacts
        let landed: FlightResult

        /// Whether she is there, and only goes by another address now.
        var isThere: Bool { landed.account?.account.status == .active }
    }

    /// A login whose time counts from `start`, with `budget` for all of it.
    init(
        _ number: LoginDesk.Number,
        _ event: LoginEvent,
        as login: LoginID,
        from start: ContinuousClock.Instant,
        budget: Duration
    ) {
        self.number = number
        self.event = event
        self.login = login
        state = Mutex(State(budget: budget, countsFrom: start, answer: .open))
    }

    /// What local data says, once it was read.
    var facts: LoginFacts? { state.withLock { $0.facts } }

    /// How local data answers, where nothing is asked.
    var localOutcome: LoginOutcome { state.withLock { $0.localOutcome } }

    /// Who is looked for, if nobody is known by that name.
    var newcomer: Newcomer? {
        state.withLock { state in
            switch state.finding {
            case .newcomer(let newcomer), .askLeaver(_, .newcomer(let newcomer)),
                .askHolder(_, of: _, otherwise: .newcomer(let newcomer)?):
                newcomer
            default: nil
            }
        }
    }

    /// Somebody who is gone, or gave up the address that the login has; nil where it led to nobody
    /// such.
    var leaver: Leaver? { state.withLock { $0.leaver } }

    /// Whether its budget was over before it could be answered otherwise.
    var wasDeferred: Bool { state.withLock { $0.wasDeferred } }

    /// When the budget is over.
    var end: ContinuousClock.Instant { state.withLock { $0.countsFrom + $0.budget } }

    func know(_ facts: LoginFacts, _ finding: LoginDesk.Finding, _ outcome: LoginOutcome) {
        state.withLock { state in
            state.facts = facts
            state.finding = finding
            state.localOutcome = outcome
        }
    }

    /// From now on the login is that of somebody else than the leaver whom its address led to.
    func goOn(after landed: FlightResult) {
        state.withLock { state in
            guard let facts = state.facts else { return }
            state.leaver = Leaver(facts: facts, landed: landed)
            state.facts = facts.withoutLeaver(of: event)
        }
    }

    /// Takes another budget.
    /// - Returns: Whether it is another one; after the answer none counts.
    func take(budget: Duration) -> Bool {
        state.withLock { state in
            switch state.answer {
            case .given, .done: return false
            case .open, .waiting: break
            }
            defer { state.budget = budget }
            return state.budget != budget
        }
    }

    /// Lets `timer` end the visit in place of the one before; one for a visit that was answered is
    /// cancelled at once.
    func end(by timer: Task<Void, Never>) {
        let superfluous: Task<Void, Never>? = state.withLock { state in
            switch state.answer {
            case .given, .done: return timer
            case .open, .waiting:
                defer { state.timer = timer }
                return state.timer
            }
        }
        superfluous?.cancel()
    }

    /// Gives the answer; only the first counts.
    func give(_ result: LoginRefreshResult?) {
        guard let result else { return }
        typealias Waiter = CheckedContinuation<LoginRefreshResult, Never>
        let (waiter, timer): (Waiter?, Task<Void, Never>?) = state.withLock { state in
            defer { state.timer = nil }
            switch state.answer {
            case .open:
                state.wasDeferred = result.outcome == .deferred
                state.answer = .given(result)
                return (nil, state.timer)
            case .waiting(let continuation):
                state.wasDeferred = result.outcome == .deferred
                state.answer = .done
                return (continuation, state.timer)
            case .given, .done: return (nil, nil)
            }
        }
        timer?.cancel()
        waiter?.resume(returning: result)
    }

    /// The answer, once it is given; asked for by one caller.
    func answer() async -> LoginRefreshResult {
        await withCheckedContinuation { continuation in
            let given: LoginRefreshResult? = state.withLock { state in
                if case .given(let result) = state.answer {
                    state.answer = .done
                    return result
                }
                state.answer = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
