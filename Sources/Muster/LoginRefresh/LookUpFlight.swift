import Accounts
import Reconciliation
import Roster

/// One look-up of one person and all that follows from its answer.
struct LookUpFlight {
    let workshop: Workshop
    /// The school that has the record.
    let school: ConnectedSchool
    let policy: Policy
    let mayCreate: Bool
    /// The account as it was known before; nil for somebody new.
    let known: AccountSummary?
    /// The address that somebody new logs in by: no account is made for another one.
    let vouchedFor: String?
    /// As which kinds a stranger's id is looked up where it is none of the first.
    var otherKinds: [PersonKind] = []
    let settings: LoginSettings
    /// Tells whether too many are new for an account to be made.
    let influx: Influx
    /// The login that it is made for first of all.
    let login: LoginID
    /// Told that the person is said to have left, before it is known whether she has another record.
    let suspect: @Sendable () -> Void
    /// Told the result where that is known before it is noted; then that is the end of it for logins.
    let settle: @Sendable (FlightResult) -> Void
    /// How pupils are asked for who name the person as responsible; nil where none are.
    var custody: Custody?
    /// For whose login it is made where that is not the person's own; nil where it is.
    var errand: Errand?

    /// A look-up of a pupil for the login of somebody responsible for her.
    struct Errand: Sendable {
        /// The contact's record: what goes wrong with all her pupils is one failure of the source.
        let subject: SourceKey
        /// Whether her login waits for it still.
        let isAwaited: @Sendable () -> Bool
    }

    /// What became of a look-up that was promised.
    enum SecondTry: Sendable {
        case made(FlightResult)
        /// When its turn came another look-up had kept the promise, or was about to.
        case notOwed
        /// Its turn did not come.
        case turnedAway
    }

    typealias Asked = (Result<Heard, StoreError>, SourceGate.Verdict)

    /// What the source said, and what it took to ask.
    struct Heard: Sendable {
        /// Whom the answer is about.
        var key: SourceKey
        var answer: LookUpAnswer
        var requests = 0
        var time = Duration.zero
        var learnt: Capabilities?
        /// Whether the id is that of several people.
        var isShared = false

        /// The result with what it took to ask.
        func told(of result: FlightResult) -> FlightResult {
            var result = result
            result.requests += requests
            result.lookUpTime += time
            if case .found(let said) = answer { result.statedContacts = said.contacts.value }
            return result
        }
    }

    func run(_ key: SourceKey) async -> FlightResult {
        await withPupils(of: known) { await runAlone(key) }
    }

    private func runAlone(_ key: SourceKey) async -> FlightResult {
        do throws(TurnedAway) {
            let heard = try await workshop.traffic.pass(
                to: school.connection,
                as: errand == nil ? .login : .errand,
                about: errand?.subject ?? key
            ) {
                () -> (Result<Heard, StoreError>?, SourceGate.Verdict) in
                if let errand, !errand.isAwaited() { return (nil, .givenUp) }
                return await ask(key)
            }
            guard let heard else { return await closed(FlightResult(outcome: .deferred)) }
            return await closed(take(heard))
        } catch {
            return await closed(FlightResult(error))
        }
    }

    /// The same look-up once more, when the source is there again.
    func runAgain(_ key: SourceKey, if isOwed: () -> Bool) async -> SecondTry {
        do throws(TurnedAway) {
            let heard = try await workshop.traffic.pass(
                to: school.connection,
                as: .promise,
                about: key
            ) {
                () -> (Result<Heard, StoreError>?, SourceGate.Verdict) in
                guard isOwed() else { return (nil, .givenUp) }
                guard await mayStillAsk() else {
                    let refused = LookUpAnswer.refused(reason: "The MIS is not asked any more.")
                    return (.success(Heard(key: key, answer: refused)), .givenUp)
                }
                return await ask(key)
            }
            guard let heard else { return .notOwed }
            return .made(await withPupils(of: known) { await closed(take(heard)) })
        } catch {
            return .turnedAway
        }
    }

    /// Whether the tenant still wants its MIS to be asked.
    private func mayStillAsk() async -> Bool {
        let now = try? await workshop.connections.policy(of: school.connection.tenant)
        return now.map { $0.loginBudget != .zero } ?? false
    }

    /// Adds the account as it is now to a result without one.
    private func closed(_ result: FlightResult) async -> FlightResult {
        var result = result
        if result.account == nil, let id = known?.account.id {
            // Time has passed: an administrator may have suspended her meanwhile.
            do throws(StoreError) {
                result.account = try await workshop.store.summary(of: id)
            } catch {
                result.trouble = result.trouble ?? error.sentence
            }
        }
        return result
    }

    private func take(_ heard: Result<Heard, StoreError>) async -> FlightResult {
        do throws(StoreError) {
            let heard = try heard.get()
            if let learnt = heard.learnt { try await remember(learnt, of: heard.key) }
            return heard.told(of: try await take(heard))
        } catch {
            var result = FlightResult(outcome: .sourceUnavailable, trouble: error.sentence)
            result.isLost = error == .busy || error == .stale
            return result
        }
    }

    /// Much may have happened since the login: what is written follows the policy of now.
    private func take(
        _ observation: Observation,
        of heard: Heard
    ) async throws(StoreError) -> FlightResult {
        var step = RefreshStep(
            workshop: workshop,
            school: school,
            policy: policy,
            mayCreate: false,
            login: login
        )
        // Her pupils belong to the answer, and may be what keeps the store busy.
        let waits = custody != nil && known?.students.isEmpty == false
        let same = try await step.unchanged(known, observation, waiting: settings.noteWait) {
            if !waits { settle(heard.told(of: $0)) }
        }
        if let same { return same }
        step.policy = try await workshop.connections.policy(of: school.connection.tenant)
        if try await step.wouldSuspend(observation) {
            return try await take(leaver: observation, step)
        }
        step.mayCreate =
            mayCreate && step.policy.newcomers == .create
            && (vouchedFor == nil || observation.claimedEmail == vouchedFor)
        if step.mayCreate {
            step.hasChangedIDs = try await !workshop.mayBeNew(observation.key)
            step.mayCreate = !step.hasChangedIDs
        }
        guard step.mayCreate, try await step.wouldCreate(observation) else {
            return try await step.take([observation], knowing: known)
        }
        return try await take(observation, with: step) { answer, step throws(StoreError) in
            if let failure = answer.failure { return failure }
            step.isPutOff = answer.isTooMany
            step.mayCreate = !answer.isTooMany
            return try await step.take([observation], knowing: known)
        }
    }

    /// Reads who is new before somebody who is said to have left loses her access: she may be among
    /// them, as after a change of MIS.
    ///
    /// Where that cannot be read, the word of her record stands.
    private func take(
        leaver observation: Observation,
        _ step: RefreshStep
    ) async throws(StoreError) -> FlightResult {
        suspect()
        return try await take(observation, with: step) { answer, step throws(StoreError) in
            step.influx = answer
            return try await step.take([observation], knowing: known)
        }
    }

    /// Reads who is new at the school, and gives what `take` makes of that.
    private func take(
        _ observation: Observation,
        with step: RefreshStep,
        _ take: (Influx.Answer, inout RefreshStep) async throws(StoreError) -> FlightResult
    ) async throws(StoreError) -> FlightResult {
        let start = workshop.clock.instant()
        let answer = await influx.answer(about: observation.key, at: start) {
            await readInflux(of: observation.key.kind, step)
        }
        var step = step
        var result = try await take(answer, &step)
        result.requests += answer.requests
        result.lookUpTime += start.duration(to: workshop.clock.instant())
        return result
    }

    private func readInflux(of kind: PersonKind, _ step: RefreshStep) async -> Influx.Answer {
        let reader = ChangesReader(workshop: workshop, school: school, settings: settings)
        var answer = Influx.Answer()
        do throws(DiscoveryFailure) {
            let changes = try await reader.read([kind], orSome: true, &answer.requests)
            do throws(StoreError) {
                let requests = answer.requests
                answer = try await step.influx(of: kind, in: changes)
                answer.requests = requests
            } catch {
                throw .store(error)
            }
        } catch {
            answer.failure = error.result
        }
        return answer
    }

    private func take(_ heard: Heard) async throws(StoreError) -> FlightResult {
        if heard.isShared {
            return FlightResult(
                outcome: .disputed,
                trouble: LoginEvent.sharedID(at: school.school, [])
            )
        }
        switch heard.answer {
        case .found(let observation):
            return try await take(observation, of: heard)
        case .notReturned(let reason):
            return FlightResult(outcome: .notReturned, trouble: reason)
        case .refused(let reason):
            return FlightResult(outcome: .sourceUnavailable, trouble: reason)
        case .failed(let error):
            var result = FlightResult(outcome: .sourceUnavailable, trouble: error.sentence)
            switch error {
            case .unavailable, .overloaded: result.isLost = true
            default: break
            }
            return result
        }
    }

    /// A login learns only what is refused; a batch may have learnt the rest meanwhile.
    private func remember(
        _ learnt: Capabilities,
        of key: SourceKey
    ) async throws(StoreError) {
        let id = school.connection.id
        let place = key.school.school
        let refused = learnt[key.kind, in: place].refusedParts
        let connection = try await workshop.connections.connections().first { $0.id == id }
        guard var now = connection?.capabilities,
            !refused.isSubset(of: now[key.kind, in: place].refusedParts)
        else { return }
        now[key.kind, in: place].refusedParts.formUnion(refused)
        try await workshop.connections.setCapabilities(now, of: id)
    }
}

extension FlightResult {
    /// The result of a look-up that was not made.
    fileprivate init(_ turnedAway: TurnedAway) {
        self.init(outcome: .sourceUnavailable, trouble: turnedAway.sentence)
        retryAfter = turnedAway.wait
        isLost = true
    }
}
