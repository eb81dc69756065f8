public import Roster

/// A school in memory that answers as a test tells it to.
///
/// It lists whoever was `put`, page by page, in an order that depends on `orderSeed` alone. A
/// record that a delayed answer carries is read when the question arrives, as a server would.
public final class ScriptedSource: RosterSource {
    private let clock: ManualClock?
    private let state: Watched<State>

    /// A school without people; with `clock`, held answers end at their deadline.
    public init(
        school: SchoolDescription = .example,
        capabilities: Capabilities = .everything,
        pageSize: Int = 50,
        clock: ManualClock? = nil
    ) {
        self.clock = clock
        state = Watched(
            State(schools: [school], capabilities: capabilities, pageSize: max(1, pageSize))
        )
    }

    /// One, whomever it is about.
    public func requestsPerLookUp(of kind: PersonKind) -> Int { 1 }

    /// Whether the script says that people of different kinds may have one id.
    public var sharesIDsAmongKinds: Bool { state.value.script.sharesIDsAmongKinds }

    /// Whether the script says that changes can be listed.
    public var readsChanges: Bool { state.value.script.readsChanges }

    /// Everything that was asked, in order.
    public var asked: [Question] { state.value.asked }

    /// How many requests were sent.
    public var requests: Int { state.value.asked.count }

    /// Changes the script.
    public func script(_ change: (inout Script) -> Void) {
        state.update { change(&$0.script) }
    }

    /// Lists a person apart, among those who left, and no longer among the others.
    public func leave(_ observation: Observation) {
        let now = clock?.now()
        state.update { state in
            var left = observation
            left.standing = .left(.listedApart)
            state.script.people[observation.key] = nil
            state.script.leavers[observation.key] = left
            state.script.changedAt[observation.key] = now
        }
    }

    /// The script now.
    public var script: Script { state.value.script }

    /// Lists a person, in place of the record of the same key, as changed now by the clock.
    public func put(_ observations: Observation...) {
        let now = clock?.now()
        state.update { state in
            for observation in observations {
                state.script.people[observation.key] = observation
                state.script.changedAt[observation.key] = now
            }
        }
    }

    /// Changes the record of `key`, if there is one, now by the clock.
    public func change(_ key: SourceKey, _ change: (inout Observation) -> Void) {
        let now = clock?.now()
        state.update { state in
            guard var observation = state.script.people[key] else { return }
            change(&observation)
            state.script.people[key] = observation
            state.script.changedAt[key] = now
        }
    }

    /// No longer lists a person.
    public func remove(_ key: SourceKey) {
        let now = clock?.now()
        state.update { state in
            state.script.removedAt[key] = now
            state.script.people[key] = nil
            state.script.changedAt[key] = nil
        }
    }

    /// Returns once `count` requests have arrived.
    public func requests(atLeast count: Int) async throws {
        try await state.wait { $0.asked.count >= count }
    }

    private func note(_ question: Question) -> Script {
        RequestTally.current?.note()
        return state.update { state in
            state.asked.append(question)
            return state.script
        }
    }

    /// Waits at `gate`, until it opens or `deadline` has passed by the manual clock.
    private func pass(_ gate: Gate, by deadline: ContinuousClock.Instant) async throws(SourceError)
    {
        let clock = clock
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await gate.pass()
                    return true
                }
                if let clock {
                    group.addTask {
                        try await clock.sleep(until: deadline)
                        return false
                    }
                }
                let passed = try await group.next()
                group.cancelAll()
                if passed == false {
                    throw SourceError.unavailable(
                        reason: "The MIS did not answer in time; try again later."
                    )
                }
            }
        } catch let error as SourceError {
            throw error
        } catch {
            throw .cancelled
        }
    }
}

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension ScriptedSource {
    public func describe(
        _ kinds: Set<PersonKind>,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError)
        -> SourceDescription
    {
        let script = note(.describe)
        if let gate = script.describeGate { try await pass(gate, by: deadline) }
        if let error = script.describeError { throw error }
        return SourceDescription(
            schools: script.schools,
            capabilities: script.capabilities,
            requests: 1,
            pause: script.pause
        )
    }

    public func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp {
        let script = note(.lookUp(key, sequence: sequence))
        var answer = script.answers[key] ?? script.everyAnswer
        var gates: [Gate] = []
        while case .held(let gate, let behind) = answer {
            gates.append(gate)
            answer = behind
        }
        do throws(SourceError) {
            for gate in gates { try await pass(gate, by: deadline) }
        } catch {
            return LookUp(.failed(error), requests: 1)
        }
        return LookUp(
            script.plain(answer, for: key, sequence: sequence),
            requests: 1,
            learnt: script.learnt,
            pause: script.pause
        )
    }

    public func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage {
        let script = note(
            .page(kind, school, cursor, changedSince: changedSince, sequence: sequence)
        )
        let number = cursor.flatMap { Int($0.text) } ?? 1
        let faults = script.pageFaults[number, default: []]
        for case .held(let gate) in faults { try await pass(gate, by: deadline) }
        for case .error(let error) in faults { throw error }
        var page = script.page(
            number,
            of: kind,
            in: school,
            changedSince: changedSince,
            sequence: sequence
        )
        if let ahead = script.clockAhead { page.statedAt = clock?.now().advanced(by: ahead) }
        return page
    }

    public func removals(
        of kind: PersonKind,
        in school: SchoolKey,
        since moment: Timestamp,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Set<SourceKey> {
        let script = note(.removals(kind, school, since: moment))
        let removed = script.removedAt.filter { key, at in
            key.kind == kind && key.school == school && at >= moment
        }
        return Set(removed.keys)
    }

    public func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Int? {
        let script = note(.count(kind, school))
        if let trouble = script.countTrouble { throw trouble }
        if let scripted = script.counts[kind] { return scripted }
        return script.listed(kind, in: school).count
    }

    public func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String] {
        ["GET \(key.kind.rawValue) \(key.id) of school \(key.school.school)"]
    }
}

extension ScriptedSource {
    /// A request that the source received.
    public enum Question: Sendable, Hashable {
        /// What the source is.
        case describe
        /// One person.
        case lookUp(SourceKey, sequence: Int64)
        /// A page of a list, of everybody or of those who changed.
        case page(PersonKind, SchoolKey, PageCursor?, changedSince: Timestamp?, sequence: Int64)
        /// Who was removed.
        case removals(PersonKind, SchoolKey, since: Timestamp)
        /// How many there are.
        case count(PersonKind, SchoolKey)
    }

    private struct State: Sendable {
        var script: Script
        var asked: [Question] = []

        init(schools: [SchoolDescription], capabilities: Capabilities, pageSize: Int) {
            script = Script(schools: schools, capabilities: capabilities, pageSize: pageSize)
        }
    }
}
