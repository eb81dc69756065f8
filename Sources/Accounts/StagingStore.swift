public import Roster

/// What a batch stages while it reads.
public struct StagedObservation: Sendable, Hashable {
    /// What the source said.
    public var observation: Observation
    /// The address it states, as accounts compare it.
    public var email: String?
    /// Whether the record has a link.
    public var isLinked: Bool
    /// Which comes first among those that have a link, and among those that have none: the order
    /// spares work where line managers come before those who report to them, and is nothing else.
    public var turn: StagedTurn

    /// An observation to be planned once everything has been read.
    public init(
        observation: Observation,
        email: String?,
        isLinked: Bool,
        turn: StagedTurn = .others
    ) {
        self.observation = observation
        self.email = email
        self.isLinked = isLinked
        self.turn = turn
    }
}

/// When a staged observation is taken, the first of these first.
public enum StagedTurn: Int, Sendable, Hashable, CaseIterable {
    /// Those who name no line manager.
    case top
    /// Those whom somebody names as line manager.
    case managers
    /// Everybody else.
    case others
}

/// Where batches keep what they have read and not yet applied, so that it need not fit in memory,
/// and what they leave to a person.
///
/// `stage`, `hasten`, both `staged` and `keep` throw `stale` for a run that is kept as anything but
/// running, or not at all: it was taken over, and must not go on as if it were not. What is staged
/// is forgotten by `AccountStore.apply`, with the change that came of it.
public protocol StagingStore: Sendable {
    /// Keeps observations until the run has read everything; a record staged twice keeps the later.
    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError)

    /// Makes the turn of staged observations that of `managers`, where it is a later one.
    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError)

    /// Up to `limit` staged observations that no change set has taken yet, linked ones first, then
    /// by their turn, then by the id of their record.
    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation]

    /// Up to `limit` staged observations in a fixed order after `after`: to look at
    /// all of them without taking any.
    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation]

    /// Keeps what a run does not do but leaves to a person, beside what it staged; a record kept
    /// twice keeps the later.
    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError)

    /// Up to `limit` records of the plan that a run made, in a fixed order after `after`.
    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord]

    /// What is planned for one record by the newest run that began at `since` or later, ended as
    /// `held`, and whose plan still waits; nil where nothing of the record waits. A preview holds
    /// nothing.
    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord?
}
