import Accounts
import Reconciliation
import Roster

// What people lose of a field while everybody is read.
extension BatchSync {
    /// Where people are listed without what they had, reads the permissions again and believes
    /// nothing of a field that is not granted any more: one that is taken back while a list is read
    /// empties whoever is listed later.
    /// - Returns: Whether less is believed than before.
    func withholdRevoked(
        _ parts: inout [SyncPart],
        _ capabilities: inout Capabilities,
        from source: any RosterSource,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Bool {
        guard let connection = parts.first?.connection,
            parts.contains(where: { !$0.emptied.isEmpty })
        else { return false }
        let description = try await patiently(connection) { () throws(SourceError) in
            try await source.describe(
                connection.people,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
        result.requests += description.requests
        var isAnyRevoked = false
        for index in parts.indices {
            let (kind, school) = (parts[index].kind, parts[index].school.id)
            let now = description.capabilities[kind, in: school].grants
            let before = capabilities[kind, in: school].grants
            let revoked = parts[index].emptied.keys.filter { field in
                let grant = now[field, default: .unknown]
                return grant == .denied || (grant == .unknown && before[field] == .granted)
            }
            guard !revoked.isEmpty else { continue }
            isAnyRevoked = true
            parts[index].withhold(Set(revoked), &capabilities)
        }
        return isAnyRevoked
    }
}
