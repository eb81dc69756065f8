import Accounts
import Reconciliation
import Roster

/// What one look-up and what followed from it came to.
struct FlightResult: Sendable {
    var outcome: LoginOutcome
    /// The account the record stands for afterwards; nil where there is none.
    var account: AccountID?
    var run: RunID?
    var changes: [HistoryEntry] = []
    var requests = 0
    var lookUpTime = Duration.zero
    var trouble: String?

    /// How the outcome reads for somebody without an account.
    var outcomeForUnknown: LoginOutcome {
        switch outcome {
        case .notReturned, .left, .unchanged, .refreshed: .unknownPerson
        default: outcome
        }
    }
}

/// What logins must have in common to share one look-up.
struct FlightKey: Hashable {
    let record: SourceKey
    let mayCreate: Bool
}

/// One look-up of one person and all that follows from its answer.
struct LookUpFlight {
    let workshop: Workshop
    let event: LoginEvent
    let policy: Policy
    let mayCreate: Bool
    /// What the source said of the person last; nil for somebody new.
    let last: Observation?
    let timeout: Duration

    func run(_ key: SourceKey) async -> FlightResult {
        do throws(StoreError) {
            let sequence = try await workshop.store.nextSequence()
            let connection = event.school.connection
            let source: any RosterSource
            do throws(SourceError) {
                source = try await workshop.sources.source(of: connection)
            } catch {
                return FlightResult(outcome: .sourceUnavailable, trouble: error.sentence)
            }
            let start = workshop.clock.instant()
            let lookUp = await source.lookUp(
                key,
                knowing: connection.capabilities,
                sequence: sequence,
                by: start.advanced(by: timeout)
            )
            let time = start.duration(to: workshop.clock.instant())
            if let learnt = lookUp.learnt { try await remember(learnt) }
            let (answer, requests) = await confirm(lookUp.answer, with: source)
            var result = try await take(answer, key, sequence)
            result.requests = lookUp.requests + requests
            result.lookUpTime = time
            return result
        } catch {
            return FlightResult(outcome: .sourceUnavailable, trouble: error.sentence)
        }
    }

    /// A login learns only what is refused; a batch may have learnt the rest meanwhile.
    private func remember(_ learnt: Capabilities) async throws(StoreError) {
        let id = event.school.connection.id
        let connection = try await workshop.connections.connections().first { $0.id == id }
        guard var now = connection?.capabilities,
            !learnt.refusedParts.isSubset(of: now.refusedParts)
        else { return }
        now.refusedParts.formUnion(learnt.refusedParts)
        try await workshop.connections.setCapabilities(now, of: id)
    }

    /// An answer that empties what was filled is believed only if the school's permissions, read
    /// again, still grant it: one person's nulls cannot show that a permission was taken back.
    ///
    /// What only a complete list showed to be granted, only a complete list may empty.
    private func confirm(
        _ answer: LookUpAnswer,
        with source: any RosterSource
    ) async -> (LookUpAnswer, requests: Int) {
        guard case .found(let observation) = answer, let last else { return (answer, 0) }
        let emptied = observation.fieldsEmptied(since: last)
        guard !emptied.isEmpty else { return (answer, 0) }
        let description = try? await source.describe(by: workshop.clock.instant() + timeout)
        let grants = description?.capabilities.grants ?? [:]
        let unconfirmed = emptied.filter { grants[$0, default: .unknown] != .granted }
        return (.found(observation.withholding(unconfirmed)), description?.requests ?? 1)
    }

    private func take(
        _ answer: LookUpAnswer,
        _ key: SourceKey,
        _ sequence: Int64
    )
        async throws(StoreError) -> FlightResult
    {
        switch answer {
        case .found(let observation):
            return try await apply(observation, sequence)
        case .notReturned(let reason):
            return FlightResult(outcome: .notReturned, trouble: reason)
        case .refused(let reason):
            return FlightResult(outcome: .sourceUnavailable, trouble: reason)
        case .failed(let error):
            return FlightResult(outcome: .sourceUnavailable, trouble: error.sentence)
        }
    }

    private func apply(
        _ observation: Observation,
        _ sequence: Int64
    ) async throws(StoreError)
        -> FlightResult
    {
        let run = RunID(workshop.identifiers.next())
        let planner = workshop.planner(
            policy: policy,
            school: event.school.school,
            mayCreate: mayCreate
        )
        let mark = CheckedRecord(key: observation.key, sequence: sequence)
        let step = try await workshop.reconcile(
            [observation],
            tenant: event.school.connection.tenant,
            run: run,
            cause: .login,
            planner: planner
        ) { changes in
            if !changes.isEmpty { changes.checked.append(mark) }
        }
        guard let plan = step.plans.first else { return FlightResult(outcome: .unchanged) }
        var result = FlightResult(outcome: outcome(of: plan, observation), account: plan.account)
        result.run = run
        result.changes = step.changes.history
        // Nothing changed: a note beside the account's rows says when it was looked up.
        if step.changes.isEmpty, result.account != nil {
            try await workshop.store.markChecked([mark], at: planner.now)
        }
        return result
    }

    private func outcome(of plan: PersonPlan, _ observation: Observation) -> LoginOutcome {
        if case .left = observation.standing { return .left }
        return switch plan.outcome {
        case .unchanged: .unchanged
        case .changed, .created, .restored, .suspended: .refreshed
        case .disputed: .disputed
        case .ignored, .failed: .unknownPerson
        }
    }
}
