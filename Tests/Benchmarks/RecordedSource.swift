import Roster
import Synchronization

/// A source that asks another once for each person and then answers from memory.
///
/// What a login costs besides its source can be seen only where the source costs nothing.
final class RecordedSource: RosterSource {
    private let source: any RosterSource
    private let state = Mutex(State())

    private struct State {
        var records: [SourceKey: Observation] = [:]
        var changesSurnames = false
        var answers = 0
        var delay = Duration.zero
    }

    init(_ source: any RosterSource) { self.source = source }

    /// Whether every answer has another surname than the one before.
    var changesSurnames: Bool {
        get { state.withLock { $0.changesSurnames } }
        set { state.withLock { $0.changesSurnames = newValue } }
    }

    /// How long an answer from memory takes.
    var delay: Duration {
        get { state.withLock { $0.delay } }
        set { state.withLock { $0.delay = newValue } }
    }

    func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp {
        let recorded = state.withLock { state in
            state.answers += 1
            var record = state.records[key]
            record?.sequence = sequence
            if state.changesSurnames { record?.surname = .value("Changed\(state.answers)") }
            return record
        }
        if recorded != nil, delay > .zero { try? await Task.sleep(for: delay) }
        if let recorded { return LookUp(.found(recorded), requests: 0) }
        let answer = await source.lookUp(
            key,
            knowing: capabilities,
            sequence: sequence,
            by: deadline
        )
        if case .found(let record) = answer.answer {
            state.withLock { $0.records[key] = record }
        }
        return answer
    }
}

// Everything else is the other source's.
extension RecordedSource {
    var sharesIDsAmongKinds: Bool { source.sharesIDsAmongKinds }
    func requestsPerLookUp(of kind: PersonKind) -> Int { source.requestsPerLookUp(of: kind) }
    var readsChanges: Bool { source.readsChanges }

    func describe(
        _ kinds: Set<PersonKind>,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError)
        -> SourceDescription
    {
        try await source.describe(kinds, by: deadline)
    }

    func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage {
        try await source.page(
            of: kind,
            in: school,
            at: cursor,
            changedSince: changedSince,
            knowing: capabilities,
            sequence: sequence,
            by: deadline
        )
    }

    func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Int? {
        try await source.count(of: kind, in: school, by: deadline)
    }

    func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String] {
        source.question(for: key, knowing: capabilities)
    }
}
