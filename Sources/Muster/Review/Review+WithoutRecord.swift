public import Accounts
public import Roster

/// An account that is active though the MIS lists its record no more.
public struct AccountWithoutRecord: Sendable, Hashable {
    /// The account.
    public var account: Account
    /// The record.
    public var record: SourceKey
    /// When a sync that read everybody first missed it; nil where a sync that was held did.
    public var since: Timestamp?
}

extension Review {
    /// The accounts of `school` whose record is not listed any more: as complete syncs noted, and
    /// those that `changed` ids left without one.
    func accountsWithoutRecord(
        of school: ConnectedSchool,
        _ changed: [ChangedIDs]
    ) async throws(StoreError) -> [AccountWithoutRecord] {
        var rows: [AccountWithoutRecord] = []
        for kind in school.connection.kinds {
            var after: SourceKey?
            repeat {
                let marks = try await workshop.store.presenceMarks(
                    of: kind,
                    in: school.key,
                    after: after,
                    limit: 500
                )
                after = marks.last?.key
                let missing = marks.filter { $0.missingSince != nil && !$0.isOutOfScope }
                rows += try await accounts(behind: missing.map(\.key), of: school)
            } while after != nil
        }
        let left = changed.flatMap { part in
            part.formerIDs.map { SourceKey(school: part.school, kind: part.kind, id: $0) }
        }
        let known = Set(rows.map(\.record))
        rows += try await accounts(behind: left.filter { !known.contains($0) }, of: school)
        return rows
    }

    private func accounts(
        behind records: [SourceKey],
        of school: ConnectedSchool
    ) async throws(StoreError) -> [AccountWithoutRecord] {
        guard !records.isEmpty else { return [] }
        var request = ViewRequest(tenant: school.connection.tenant)
        request.keys = Set(records)
        let view = try await workshop.store.view(request)
        return records.compactMap { key in
            guard let link = view.links[key], link.state.isPresent,
                let account = view.accounts[link.account], account.status == .active
            else { return nil }
            return AccountWithoutRecord(account: account, record: key, since: link.missingSince)
        }
    }
}
