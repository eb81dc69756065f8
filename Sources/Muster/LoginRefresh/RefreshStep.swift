import Accounts
import Reconciliation
import Roster

/// What one look-up and what followed from it came to.
struct FlightResult: Sendable {
    var outcome: LoginOutcome
    /// The account the record stands for afterwards; nil where there is none.
    var account: AccountSummary?
    var run: RunID?
    /// What changed, for everybody whom the answer touched.
    var changes: [HistoryEntry] = []
    var requests = 0
    var lookUpTime = Duration.zero
    var trouble: String?
    var retryAfter: Duration?
    /// Who is responsible for the person by her record, where she is a pupil; nil where it did not say.
    var statedContacts: [ContactEntry]?
    /// The parental responsibility of the person that the records of each pupil state at this login.
    var statedCustody: [AccountID: Set<Bool?>] = [:]
    /// Whether the source gave no answer, or the store took none, so that the same question may
    /// bring one later.
    var isLost = false

    /// What it tells the desk.
    var landing: LoginDesk.Landing {
        if isLost { return .lost }
        if let account {
            let isGone = account.account.status == .suspended(by: .sync)
            return isGone && outcome != .sourceUnavailable ? .gone : .answered
        }
        switch outcome {
        case .notReturned: return .unknown
        case .disputed: return .parked
        default: return .answered
        }
    }

    /// The addresses that the person behind the record has still; nil where there is no such person.
    var addresses: Set<String>? {
        account.flatMap { $0.account.status == .active ? $0.addresses : nil }
    }

    /// How the outcome reads for somebody without an account.
    var outcomeForUnknown: LoginOutcome {
        switch outcome {
        case .notReturned, .left, .unchanged, .refreshed: .unknownPerson
        default: outcome
        }
    }
}

/// Takes what a source said because of a login, and stops it from taking too much from too many.
struct RefreshStep {
    let workshop: Workshop
    let school: ConnectedSchool
    var policy: Policy
    var mayCreate: Bool
    let login: LoginID
    /// What the changes are put down to.
    var cause = Cause.login
    /// Whether a newcomer waits for a sync.
    var isPutOff = false
    /// Whether a newcomer may be somebody under a new id, after a change of MIS.
    var hasChangedIDs = false
    /// Who is new at the school, where that was read because the person is said to have left.
    var influx: Influx.Answer?
    /// The run beside whose staged records it plans; nil at a login.
    var staging: RunID?

    /// Reconciles what was observed of one person, or of several with one address; `known`, as she
    /// was before, saves reading her again.
    func take(
        _ observations: [Observation],
        knowing known: AccountSummary?
    ) async throws(StoreError) -> FlightResult {
        let planner = workshop.planner(
            policy: policy,
            school: school.school,
            mayCreate: mayCreate
        )
        let marks = observations.map { CheckedRecord(key: $0.key, sequence: $0.sequence) }
        var held = Withheld()
        var isPutOff = isPutOff
        let run = RunID(workshop.identifiers.next())
        let step = try await workshop.reconcile(
            observations,
            tenant: school.connection.tenant,
            run: run,
            cause: .login,
            planner: planner
        ) { drafted throws(StoreError) in
            var step = drafted
            let believed = observations.map { believable($0, beside: drafted.seen, known) }
            if believed != observations { step = try await draft(believed, planner, run) }
            if try await limitCreation(in: &step, believed, planner, run) { isPutOff = true }
            step.notePutOff(isPutOff)
            held = try await guarding(&step, believed, planner, run)
            // Who was held is held again when she comes again, and not fresh.
            if !step.changes.isEmpty, held.losses.isEmpty { step.changes.checked += marks }
            return step
        }
        guard let plan = step.plans.first(where: { $0.account != nil }) ?? step.plans.first,
            let observation = observations.first(where: { $0.key == plan.key })
        else { return FlightResult(outcome: .unknownPerson) }
        var result = FlightResult(outcome: outcome(of: plan, observation))
        result.run = run
        result.changes = step.changes.history
        if plan.account == nil { result.trouble = whyParked(plan, isPutOff) }
        if !held.losses.isEmpty { result.hold(held, at: school.school) }
        for loss in held.losses { workshop.telemetry.held(loss, at: school, as: login) }
        // Nothing changed: a note beside the account's rows says when it was looked up.
        if step.changes.isEmpty, plan.account != nil, held.losses.isEmpty {
            try await workshop.store.markChecked(marks, beside: nil, at: planner.now)
        }
        result.account = try await summary(of: plan, after: step, known)
        return result
    }

    /// The result where the source said what it said the last time, which is nearly always: nothing
    /// is planned, and only the note of the look-up is written.
    ///
    /// Where the store lets nobody write for `wait`, `settle` is told the result meanwhile.
    func unchanged(
        _ known: AccountSummary?,
        _ observation: Observation,
        waiting wait: Duration,
        settle: @escaping @Sendable (FlightResult) -> Void
    ) async throws(StoreError) -> FlightResult? {
        let planner = workshop.planner(policy: policy, school: school.school, mayCreate: false)
        let marks = [CheckedRecord(key: observation.key, sequence: observation.sequence)]
        guard let known, let link = known.links.first(where: { $0.key == observation.key }),
            link.state == .active, link.awaitedEmail == nil, known.account.status == .active,
            observation.sequence >= link.sequence,
            LinkMark(of: link).standsFor(observation, rules: planner.rules, on: planner.today)
        else { return nil }
        var result = FlightResult(outcome: .unchanged)
        result.account = known
        // Unstructured on purpose: it ends with the write, before anybody is told of that.
        let patience = Task { [workshop, result] in
            guard (try? await workshop.clock.sleep(for: wait)) != nil,
                let now = try? await workshop.store.summary(of: known.account.id),
                now.account == known.account
            else { return }
            var result = result
            result.account = now
            settle(result)
        }
        let isNoted = await noted(marks, beside: known.account, at: planner.now)
        patience.cancel()
        await patience.value
        // An administrator suspended or edited her meanwhile, or a batch changed her.
        guard try isNoted.get() else { return nil }
        if known.followsOthers {
            result.account = try await workshop.store.summary(of: known.account.id) ?? known
        }
        return result
    }

    /// Whether the note was written; false where the account is not what it was.
    private func noted(
        _ marks: [CheckedRecord],
        beside account: Account,
        at now: Timestamp
    ) async -> Result<Bool, StoreError> {
        do throws(StoreError) {
            try await workshop.store.markChecked(marks, beside: account, at: now)
            return .success(true)
        } catch {
            return error == .stale ? .success(false) : .failure(error)
        }
    }

    /// Status is read again: the refresh may just have changed it, or somebody else meanwhile.
    private func summary(
        of plan: PersonPlan,
        after step: StepResult,
        _ known: AccountSummary?
    ) async throws(StoreError) -> AccountSummary? {
        guard let id = plan.account else { return nil }
        if let known, known.account.id == id, step.changes.isEmpty, !known.followsOthers,
            step.seen.accounts[id] == known.account
        {
            return known
        }
        return try await workshop.store.summary(of: id)
    }

    private func outcome(of plan: PersonPlan, _ observation: Observation) -> LoginOutcome {
        if case .left = observation.standing { return .left }
        // Whoever said that nothing is to be done let nobody in by that.
        if case .unlinked(let reason, _) = plan.match, reason.standing == .disputed {
            return .disputed
        }
        return switch plan.outcome {
        case .unchanged: .unchanged
        case .changed, .created, .restored, .suspended: .refreshed
        case .disputed: .disputed
        case .ignored, .failed: .unknownPerson
        }
    }
}

extension AccountSummary {
    /// Whether what is shown of her follows from the records of others, who may have changed
    /// meanwhile: for which pupils she is responsible.
    fileprivate var followsOthers: Bool { links.contains { $0.key.kind == .contact } }
}

extension FlightResult {
    fileprivate mutating func hold(_ held: Withheld, at school: SchoolDescription) {
        outcome = .held
        let losses = held.losses
        if held.hasMoved {
            trouble =
                "The MIS says that this person of \(school.name) left, and lists another record that seems to be hers; she keeps her access here until a sync looks at everybody, so sync the school and decide what the sync holds."
            return
        }
        if losses.contains(.exchange) {
            trouble =
                "The MIS gives this person the names and the address of somebody else at \(school.name), so she stays as she is; put it right in the MIS, or sync the school and decide what the sync holds."
            return
        }
        let words = losses.map(\.word).sorted().joined(separator: ", ")
        trouble =
            "The MIS takes something (\(words)) from many people of \(school.name), so this person keeps hers; check the MIS, then sync the school and decide what the sync holds."
    }
}
