public import Accounts
public import Reconciliation
import Roster

extension Review {
    /// Makes two accounts of one person one: links, classes and rights of the first become the
    /// second's, and the first is suspended.
    /// - Parameters:
    ///   - email: The address of the account that is given up.
    ///   - other: The address of the account that stays.
    ///   - school: A school of the tenant.
    ///   - isSamePerson: Whether the MIS may have her twice at one school.
    /// - Returns: The account that stays.
    /// - Throws: `ReviewError`; nothing was done then.
    public func merge(
        _ email: String,
        into other: String,
        in school: ConnectedSchool,
        isSamePerson: Bool = false
    ) async throws(ReviewError) -> ReviewResult {
        let merging = Merging(
            from: try await account(email, in: school).id,
            into: try await account(other, in: school).id,
            isSamePerson: isSamePerson
        )
        return try await merge(merging, in: school)
    }

    /// Makes two accounts of the tenant one, likewise.
    public func merge(
        _ merging: Merging,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> ReviewResult {
        let run = RunID(workshop.identifiers.next())
        var triesLeft = 20
        while true {
            triesLeft -= 1
            let step = try await draft(merging, as: run, in: school)
            do throws(StoreError) {
                try await workshop.store.apply(step.changes)
            } catch {
                guard error == .stale, triesLeft > 0 else { throw .store(error) }
                continue
            }
            workshop.telemetry.changed(step.changes.history, by: .administrator)
            return ReviewResult(
                run: run,
                summary: try await summary(of: merging.into),
                changes: step.changes.reviewed(beside: step.seen)
            )
        }
    }

    private func draft(
        _ merging: Merging,
        as run: RunID,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> (changes: ChangeSet, seen: LocalView) {
        let tenant = school.connection.tenant
        let planner = try await planner(in: school)
        var request = ViewRequest(tenant: tenant)
        request.accounts = [merging.from, merging.into]
        // The classes too, so that history calls them by their names.
        for id in [merging.from, merging.into] {
            let summary = try await stored { () throws(StoreError) in
                try await workshop.store.summary(of: id)
            }
            let classes = summary?.classes.values.map(\.teachingClass.key) ?? []
            request.classes.formUnion(classes)
        }
        let view = try await look(request)
        var step: Reconciliation
        do throws(MergeError) {
            step = try Reconciliation(
                merging: merging,
                planner: planner,
                view: view,
                tenant: tenant
            )
        } catch {
            throw .merge(error)
        }
        if let more = step.settlementRequest(run: nil) { step.load(try await look(more)) }
        return (step.finish(run: run, cause: .administrator).changes, view)
    }
}
