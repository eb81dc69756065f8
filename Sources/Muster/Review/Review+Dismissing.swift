public import Accounts
import Reconciliation
public import Roster

extension Review {
    /// Ignores a record: it is neither listed nor counted as disputed until `day`, or until it
    /// waits for another reason.
    /// - Parameters:
    ///   - record: The record.
    ///   - reason: Why nothing is to be done.
    ///   - day: The first day on which it waits again; nil for as long as its reason stays.
    ///   - school: The school.
    /// - Returns: What is kept of it.
    /// - Throws: `ReviewError`; nothing was done then.
    public func dismiss(
        _ record: UnlinkedRecord,
        because reason: String,
        until day: Day? = nil,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> Dismissal {
        let planner = try await planner(in: school)
        let because = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !because.isEmpty else { throw .noReason }
        if let day, day <= planner.today { throw .pastDay(day) }
        let dismissal = Dismissal(because: because, until: day, at: planner.now)
        try await keep(dismissal, of: record, in: school, at: planner.now)
        return dismissal
    }

    /// Lists and counts a record again that was ignored.
    /// - Throws: `ReviewError.notDismissed` where it was not.
    public func lift(
        _ record: UnlinkedRecord,
        in school: ConnectedSchool
    ) async throws(ReviewError) {
        guard record.dismissal != nil else {
            throw .notDismissed(record.observation.key.id)
        }
        try await keep(nil, of: record, in: school, at: workshop.clock.now())
    }

    private func keep(
        _ dismissal: Dismissal?,
        of record: UnlinkedRecord,
        in school: ConnectedSchool,
        at time: Timestamp
    ) async throws(ReviewError) {
        let key = record.observation.key
        var changes = ChangeSet(
            tenant: school.connection.tenant,
            run: nil,
            cause: .administrator,
            at: time
        )
        changes.dismissals[key] = .some(dismissal)
        do throws(StoreError) {
            try await workshop.store.apply(changes)
        } catch {
            // The record has an account now, or is gone.
            throw error == .stale ? .unknownRecord(key.id) : .store(error)
        }
    }
}
