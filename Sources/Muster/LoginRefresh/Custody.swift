import Accounts
import Roster
import Synchronization

/// The look-ups of pupils that belong to the login of somebody responsible for them: who that is, is
/// each pupil's record's to say.
struct Custody: Sendable {
    /// Until when the login waits for pupils.
    let end: ContinuousClock.Instant
    /// Lets what the login cannot wait for go on behind it.
    let goOn: @Sendable (@escaping @Sendable () async -> Void) -> Void

    /// How many pupils one login asks for.
    private static let most = 8

    /// What pupils' records said in time.
    struct Answer: Sendable {
        /// The pupils of whom the MIS said who is responsible.
        var confirmed: Set<AccountID> = []
        var requests = 0
        var time = Duration.zero
    }

    /// Whether somebody is responsible for a pupil by what the MIS says now, and the requests that
    /// it took to know.
    typealias Heard = (isConfirmed: Bool, requests: Int)

    /// Asks by `ask` for the pupils of `contact`, all at once.
    func answer(
        about contact: AccountSummary,
        by clock: any MusterClock,
        _ ask: @escaping @Sendable (AccountID) async -> Heard
    ) async -> Answer {
        let pupils = Set(contact.students.compactMap(\.account)).sorted().prefix(Self.most)
        guard !pupils.isEmpty else { return Answer() }
        let start = clock.instant()
        let heard = Gathering()
        let (ends, end) = AsyncStream<Void>.makeStream()
        goOn {
            await withTaskGroup(of: Void.self) { group in
                for pupil in pupils {
                    group.addTask { heard.add(await ask(pupil), of: pupil) }
                }
            }
            end.yield()
        }
        // Unstructured on purpose: it ends with the wait.
        let timer = Task { [last = self.end] in
            let left = clock.instant().duration(to: last)
            if left > .zero { try? await clock.sleep(for: left) }
            end.yield()
        }
        for await _ in ends { break }
        timer.cancel()
        var answer = heard.answer
        answer.time = start.duration(to: clock.instant())
        return answer
    }

    /// What was heard of pupils so far.
    private final class Gathering: Sendable {
        private let state = Mutex(Answer())

        var answer: Answer { state.withLock { $0 } }

        func add(_ heard: Heard, of pupil: AccountID) {
            state.withLock { answer in
                answer.requests += heard.requests
                if heard.isConfirmed { answer.confirmed.insert(pupil) }
            }
        }
    }
}

extension LookUpFlight {
    /// The look-up of a person, with those of the pupils who name her as responsible.
    func withPupils(
        of known: AccountSummary?,
        _ own: @escaping @Sendable () async -> FlightResult
    ) async -> FlightResult {
        guard let custody else { return await own() }
        guard let known else {
            // Whose parent a newcomer is, is known once she has an account.
            let result = await own()
            guard let contact = result.account else { return result }
            return await added(answer(custody, about: contact), to: result, before: contact)
        }
        async let pupils = answer(custody, about: known)
        let result = await own()
        return await added(pupils, to: result, before: known)
    }

    private func answer(
        _ custody: Custody,
        about contact: AccountSummary
    ) async -> Custody.Answer {
        let records = Set(contact.links.lazy.map(\.key).filter { $0.kind == .contact })
        return await custody.answer(about: contact, by: workshop.clock) { pupil in
            await heard(of: pupil, about: records)
        }
    }

    private func added(
        _ custody: Custody.Answer,
        to own: FlightResult,
        before: AccountSummary
    ) async -> FlightResult {
        var result = own
        result.confirmedPupils = custody.confirmed
        result.requests += custody.requests
        guard custody.requests > 0, let id = result.account?.account.id else { return result }
        result.lookUpTime = max(result.lookUpTime, custody.time)
        if let now = try? await workshop.store.summary(of: id) { result.account = now }
        if result.outcome == .unchanged, result.account?.students != before.students {
            result.outcome = .refreshed
        }
        return result
    }

    /// Looks a pupil up as her own login would.
    private func heard(
        of pupil: AccountID,
        about contact: Set<SourceKey>
    ) async -> Custody.Heard {
        guard let known = try? await workshop.store.summary(of: pupil) else { return (false, 0) }
        let relations = known.account.guardianships.filter { contact.contains($0.contact) }
        var heard: Custody.Heard = (!relations.isEmpty, 0)
        // What a person said is not the MIS's to confirm.
        for record in Set(relations.compactMap(\.givenBy)) {
            guard known.links.contains(where: { $0.key == record && $0.state.isPresent }),
                let school = try? await workshop.connections.connected(record.school)
            else {
                heard.isConfirmed = false
                continue
            }
            let result = await LookUpFlight(
                workshop: workshop,
                school: school,
                policy: policy,
                mayCreate: false,
                known: known,
                vouchedFor: nil,
                settings: settings,
                influx: influx,
                login: login,
                // Those are told at the pupil's own logins.
                suspect: {},
                settle: { _ in }
            ).run(record)
            heard.requests += result.requests
            heard.isConfirmed = heard.isConfirmed && result.statesContacts
        }
        return heard
    }
}

extension AccountSummary {
    /// The same, relying on no relation but those to `pupils`.
    func relying(onlyOn pupils: Set<AccountID>) -> AccountSummary {
        var summary = self
        for index in summary.students.indices {
            let isAsked = summary.students[index].account.map(pupils.contains) ?? false
            if !isAsked { summary.students[index].isConfirmed = false }
        }
        return summary
    }
}
