import Accounts
import Metrics

/// The metrics of logins, made at the start: a login that asks nobody must not pay for a look-up
/// by name.
struct LoginMetrics: Sendable {
    private let answered: [Counter]
    private let durations: [Timer]
    private let deferred: [Counter]
    private let held: [String: Counter]
    let waiting: Meter

    init(_ factory: any MetricsFactory) {
        var answered: [Counter] = []
        for outcome in LoginOutcome.allCases {
            for decision in LoginDecision.all {
                for method in LoginMethod.allCases {
                    let labels = MetricDescription.logins.dimensions(
                        outcome.rawValue,
                        decision.rawValue,
                        method.rawValue
                    )
                    answered.append(factory.counter(.logins, labels))
                }
            }
        }
        self.answered = answered
        durations = LoginOutcome.allCases.map { outcome in
            let labels = MetricDescription.loginDuration.dimensions(outcome.rawValue)
            return factory.timer(.loginDuration, labels)
        }
        deferred = LoginOutcome.allCases.map { outcome in
            let labels = MetricDescription.deferredEnded.dimensions(outcome.rawValue)
            return factory.counter(.deferredEnded, labels)
        }
        held = Dictionary(
            uniqueKeysWithValues: Loss.all.map { loss in
                let labels = MetricDescription.loginsHeld.dimensions(loss.word)
                return (loss.word, factory.counter(.loginsHeld, labels))
            }
        )
        waiting = factory.meter(.unfinished, [])
    }

    func answered(
        _ outcome: LoginOutcome,
        _ decision: LoginDecision,
        _ method: LoginMethod
    )
        -> Counter
    {
        let place = outcome.place * LoginDecision.all.count + decision.place
        return answered[place * LoginMethod.allCases.count + (method == .sso ? 0 : 1)]
    }

    func duration(_ outcome: LoginOutcome) -> Timer { durations[outcome.place] }

    func deferredEnded(_ outcome: LoginOutcome) -> Counter { deferred[outcome.place] }

    func held(_ loss: Loss) -> Counter? { held[loss.word] }
}

extension LoginOutcome {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension LoginDecision {
    fileprivate static let all = [LoginDecision.allow, .deny, .resetPassword]

    fileprivate var place: Int {
        switch self {
        case .allow: 0
        case .deny: 1
        case .resetPassword: 2
        }
    }
}

extension Loss {
    fileprivate static let all =
        [Loss.access, .loginEmail, .privilege, .membership] + Field.observed.map(Loss.field)
}
