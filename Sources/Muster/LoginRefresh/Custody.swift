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
    /// How many of them it asks for at once: the others' logins need turns too.
    private static let atOnce = 3

    /// What pupils' records said in time.
    struct Answer: Sendable {
        /// The parental responsibility that the records of each pupil state of the contact.
        var stated: [AccountID: Set<Bool?>] = [:]
        var requests = 0
        var time = Duration.zero
    }

    /// What the records of one pupil said of the contact, and what it took to ask them.
    struct Statement: Sendable {
        /// The parental responsibility that they state; empty where they do not name her, or where
        /// one of them did not say.
        var responsibilities: Set<Bool?> = []
        var requests = 0
    }

    /// Asks by `ask` for the pupils of `contact` until the wait of the login ends; it is told whether
    /// the login waits still.
    func answer(
        about contact: AccountSummary,
        by clock: any MusterClock,
        _ ask: @escaping @Sendable (AccountID, @escaping @Sendable () -> Bool) async -> Statement
    ) async -> Answer {
        let pupils = Set(contact.students.compactMap(\.account)).sorted().prefix(Self.most)
        let start = clock.instant()
        guard !pupils.isEmpty, start < end else { return Answer() }
        let inquiry = Inquiry(pupils)
        let (ends, end) = AsyncStream<Void>.makeStream()
        goOn {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.atOnce {
                    group.addTask {
                        while let pupil = inquiry.next() {
                            inquiry.add(await ask(pupil) { inquiry.isAwaited }, of: pupil)
                        }
                    }
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
        var answer = inquiry.close()
        answer.time = start.duration(to: clock.instant())
        return answer
    }

    /// The pupils to be asked for, and what was heard of them so far.
    private final class Inquiry: Sendable {
        private struct State {
            var left: ArraySlice<AccountID>
            var answer = Answer()
            var isAwaited = true
        }
        private let state: Mutex<State>

        init(_ pupils: ArraySlice<AccountID>) { state = Mutex(State(left: pupils)) }

        /// Whether the login waits still: nobody is asked for whom nobody waits.
        var isAwaited: Bool { state.withLock { $0.isAwaited } }

        func next() -> AccountID? { state.withLock { $0.isAwaited ? $0.left.popFirst() : nil } }

        func add(_ statement: Statement, of pupil: AccountID) {
            state.withLock { state in
                state.answer.requests += statement.requests
                state.answer.stated[pupil] = statement.responsibilities
            }
        }

        /// Ends the wait.
        func close() -> Answer {
            state.withLock { state in
                state.isAwaited = false
                return state.answer
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
        return await custody.answer(about: contact, by: workshop.clock) { pupil, isAwaited in
            await statement(of: pupil, about: records, while: isAwaited)
        }
    }

    private func added(
        _ custody: Custody.Answer,
        to own: FlightResult,
        before: AccountSummary
    ) async -> FlightResult {
        var result = own
        result.statedCustody = custody.stated
        result.requests += custody.requests
        guard custody.requests > 0, let id = result.account?.account.id else { return result }
        result.lookUpTime = max(result.lookUpTime, custody.time)
        if let now = try? await workshop.store.summary(of: id) { result.account = now }
        if result.outcome == .unchanged, result.account?.students != before.students {
            result.outcome = .refreshed
        }
        return result
    }

    /// Looks a pupil up as her own login would, and reads what is said of `contact`.
    private func statement(
        of pupil: AccountID,
        about contact: Set<SourceKey>,
        while isAwaited: @escaping @Sendable () -> Bool
    ) async -> Custody.Statement {
        var statement = Custody.Statement()
        guard let known = try? await workshop.store.summary(of: pupil) else { return statement }
        let relations = known.account.guardianships.filter { contact.contains($0.contact) }
        var isComplete = true
        // Where only a person said it, no record is asked, and nothing confirms it.
        for record in Set(relations.compactMap(\.givenBy)) {
            guard known.links.contains(where: { $0.key == record && $0.state.isPresent }),
                let school = try? await workshop.connections.connected(record.school),
                let subject = contact.min(by: { $0.id < $1.id })
            else {
                isComplete = false
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
                settle: { _ in },
                errand: Errand(subject: subject, isAwaited: isAwaited)
            ).run(record)
            statement.requests += result.requests
            isComplete = isComplete && result.statedContacts != nil
            for entry in result.statedContacts ?? [] where contact.contains(entry.key) {
                statement.responsibilities.insert(entry.parentalResponsibility)
            }
        }
        if !isComplete { statement.responsibilities = [] }
        return statement
    }
}

extension AccountSummary {
    /// The same, relying on no relation to a pupil but those that her records state as they are here.
    func relying(onlyOn stated: [AccountID: Set<Bool?>]) -> AccountSummary {
        var summary = self
        for index in summary.students.indices {
            let student = summary.students[index]
            let said = student.account.flatMap { stated[$0] } ?? []
            if !said.contains(student.parentalResponsibility) {
                summary.students[index].isConfirmed = false
            }
        }
        return summary
    }
}
