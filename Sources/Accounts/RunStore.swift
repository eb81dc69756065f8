public import Roster

/// Where batch syncs are kept, and what they compare the lists of a source with.
///
/// `update` throws `stale` for a run that is kept as anything but running, or not at all: it was
/// taken over, and must not go on as if it were not.
public protocol RunStore: StagingStore {
    /// Begins a run, unless one of the same connection that was alive after `aliveSince` goes on,
    /// as `Run.isAlive(since:now:)` judges when `run` starts.
    /// A run that was not ends by `Run.cutOff`, and what it staged is thrown away.
    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart

    /// Keeps how a run that goes on stands; with any state but `running`, throws away what it staged.
    ///
    /// What it planned is thrown away too unless it ends with a plan. A run that read everybody, or
    /// carried out a plan, throws away the plans of earlier runs of its connection; a preview only
    /// those of previews, because it applied nothing of what others hold.
    func update(_ run: Run) async throws(StoreError)

    /// Notes in a run that goes on, whichever process has it, that somebody asks for its end.
    ///
    /// A run that is over stays as it is; `update` leaves the note alone.
    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError)

    /// A run by its identity.
    func run(_ id: RunID) async throws(StoreError) -> Run?

    /// The run that ended with `plan`, the newest where there are several.
    ///
    /// Here and below the newest is the one that was begun last, whatever the clock said then.
    func run(with plan: PlanID) async throws(StoreError) -> Run?

    /// Up to `limit` runs of a connection, the newest first.
    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run]

    /// The run of a connection that came to `milestone` and was begun last, however long ago.
    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run?

    /// Forgets up to `limit` runs of a connection that began before `before`, the oldest first.
    ///
    /// Kept are a run that goes on, the newest that is `completed` and complete, and the newest of
    /// each milestone: what guards, schedules and logins go by.
    /// - Returns: How many were forgotten.
    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int

    /// The marks of the links of `keys`; no entry for records without one.
    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark]

    /// Up to `limit` present links of `kind` in `school`, in a fixed order after `after`.
    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link]

    /// The marks of what `presentLinks` gives, in the same order.
    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark]

    /// Up to `limit` records of `kind` in `school` without an account, in a fixed order after
    /// `after`, which may be without an account no more.
    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey]
}
