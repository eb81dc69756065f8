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

    /// What became of a look-up that was promised.
    enum SecondTry: Sendable {
        case made(FlightResult)
        /// When its turn came another look-up had kept the promise, or was about to.
        case notOwed
        /// Its turn did not come.
        case turnedAway
    }

    private typealias Asked = (Result<Heard, StoreError>, SourceGate.Verdict)

    /// What the source said, and what it took to ask.
    private struct Heard: Sendable {
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
            if case .found(let said) = answer { result.statesContacts = said.contacts.isSupplied }
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
                as: .login,
                about: key
            ) { await ask(key) }
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

    private func ask(_ key: SourceKey) async -> Asked {
        // Side by side: each waits for the store.
        async let numbered = number()
        let source: any RosterSource
        do throws(SourceError) {
            source = try await workshop.sources.source(of: school.connection)
        } catch {
            _ = await numbered
            workshop.traffic.note(error.sentence, of: school.connection)
            let heard = Heard(key: key, answer: .failed(error))
            return (.success(heard), .givenUp)
        }
        let sequence: Int64
        switch await numbered {
        case .success(let number): sequence = number
        case .failure(let error): return (.failure(error), .givenUp)
        }
        let start = workshop.clock.instant()
        let (asked, lookUp, isShared) = await question(source, key, sequence, at: start)
        let time = start.duration(to: workshop.clock.instant())
        workshop.traffic.note(lookUp.trouble, of: school.connection)
        workshop.telemetry.lookedUp(lookUp, from: school.connection, in: time, as: login)
        let (answer, requests, wait) = await confirm(lookUp.answer, to: asked, with: source)
        let heard = Heard(
            key: asked,
            answer: answer,
            requests: lookUp.requests + requests,
            time: time,
            learnt: lookUp.learnt,
            isShared: isShared
        )
        return (.success(heard), wait ?? SourceGate.Verdict(lookUp))
    }

    /// Asks for the record; a stranger's id that is none of its kind may be one of another, or one of
    /// that kind too.
    private func question(
        _ source: any RosterSource,
        _ key: SourceKey,
        _ sequence: Int64,
        at start: ContinuousClock.Instant
    ) async -> (SourceKey, LookUp, isShared: Bool) {
        var asked = key
        var requests = 0
        var others = otherKinds[...]
        var found: (key: SourceKey, lookUp: LookUp)?
        while true {
            var lookUp = await source.lookUp(
                asked,
                knowing: school.connection.capabilities,
                sequence: sequence,
                by: start.advanced(by: settings.lookUpTimeout)
            )
            lookUp.requests += requests
            switch lookUp.answer {
            case .found where found != nil: return (asked, lookUp, true)
            case .found where !source.sharesIDsAmongKinds: return (asked, lookUp, false)
            case .found: found = (asked, lookUp)
            case .notReturned: break
            // Whether somebody else has the id could not be asked.
            case .refused, .failed: return (asked, lookUp, false)
            }
            guard lookUp.pause == nil, let kind = others.popFirst() else {
                guard var found else { return (asked, lookUp, false) }
                found.lookUp.requests = lookUp.requests
                return (found.key, found.lookUp, false)
            }
            requests = lookUp.requests
            asked = SourceKey(school: key.school, kind: kind, id: key.id)
        }
    }

    private func number() async -> Result<Int64, StoreError> {
        do throws(StoreError) {
            return .success(try await workshop.store.nextSequence())
        } catch {
            return .failure(error)
        }
    }

    /// An answer that empties what was filled is believed only if the school's permissions, read
    /// again, still grant it: one person's nulls cannot show that a permission was taken back.
    ///
    /// What only a complete list showed to be granted, only a complete list may empty. A pupil whose
    /// last day had passed is back only if the school still shows such days: hidden, it looks like none.
    private func confirm(
        _ answer: LookUpAnswer,
        to key: SourceKey,
        with source: any RosterSource
    ) async -> (LookUpAnswer, requests: Int, wait: SourceGate.Verdict?) {
        guard case .found(let observation) = answer,
            let link = known?.links.first(where: { $0.key == key })
        else { return (answer, 0, nil) }
        let emptied = observation.fieldsEmptied(since: link.last)
        let isBack =
            key.kind == .student && observation.standing == .current
            && link.state == .left(.notCurrent)
        guard !emptied.isEmpty || isBack else { return (answer, 0, nil) }
        var description: SourceDescription?
        // The source may ask to be left alone now, though it answered before.
        var wait: SourceGate.Verdict?
        do throws(SourceError) {
            description = try await source.describe(
                [key.kind],
                by: workshop.clock.instant() + settings.lookUpTimeout
            )
            if let pause = description?.pause { wait = .answered(pause: pause) }
        } catch {
            if case .overloaded = error { wait = SourceGate.Verdict(error) }
        }
        let grants = description?.capabilities[key.kind, in: key.school.school].grants ?? [:]
        let unconfirmed = emptied.filter { grants[$0, default: .unknown] != .granted }
        var confirmed = observation.withholding(unconfirmed)
        if isBack, description == nil || grants[.standing] == .denied {
            confirmed.standing = .unstated
        }
        return (.found(confirmed), description?.requests ?? 1, wait)
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
        let start = workshop.clock.instant()
        let answer = await influx.answer(about: observation.key, at: start) { [step] in
            await readInflux(of: observation.key.kind, step)
        }
        var result: FlightResult
        if let failure = answer.failure {
            result = failure
        } else {
            step.isPutOff = answer.isTooMany
            step.mayCreate = !answer.isTooMany
            result = try await step.take([observation], knowing: known)
        }
        result.requests += answer.requests
        result.lookUpTime += start.duration(to: workshop.clock.instant())
        return result
    }

    /// Reads who is new before somebody who is said to have left loses her access: she may be among
    /// them, as after a change of MIS.
    ///
    /// Where that cannot be read, the word of her record stands.
    private func take(
        leaver observation: Observation,
        _ known: RefreshStep
    ) async throws(StoreError) -> FlightResult {
        suspect()
        var step = known
        let start = workshop.clock.instant()
        let answer = await influx.answer(about: observation.key, at: start) { [step] in
            await readInflux(of: observation.key.kind, step)
        }
        step.influx = answer
        var result = try await step.take([observation], knowing: self.known)
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

extension LookUp {
    /// What it tells of the source's health; nil where that answered, whatever it said.
    fileprivate var trouble: String? {
        switch answer {
        case .found, .notReturned: nil
        case .refused(let reason): reason
        case .failed(let error): error.sentence
        }
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

extension SourceGate.Verdict {
    /// What the answer to a look-up tells the gate of its source.
    init(_ lookUp: LookUp) {
        switch lookUp.answer {
        case .found, .notReturned: self = .answered(pause: lookUp.pause)
        case .refused: self = .failed
        case .failed(let error): self = Self(error)
        }
    }
}
