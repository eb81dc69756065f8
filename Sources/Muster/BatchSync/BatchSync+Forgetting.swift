import Accounts
import Roster

extension BatchSync {
    /// Rows forgotten in one transaction: few enough that a login hardly waits for it.
    private static let forgottenAtOnce = 500

    /// Forgets history and runs that are older than they are to be kept, at the end of a complete
    /// run and in small transactions.
    func forgetOld(_ connection: Connection) async throws(SyncFailure) {
        guard let kept = settings.historyKept else { return }
        let before = workshop.clock.now().advanced(by: .zero - kept)
        var forgotten = 0
        repeat {
            forgotten = try await stored { () throws(StoreError) in
                try await workshop.store.forgetHistory(
                    of: connection.tenant,
                    before: before,
                    limit: Self.forgottenAtOnce
                )
            }
        } while forgotten == Self.forgottenAtOnce
        repeat {
            forgotten = try await stored { () throws(StoreError) in
                try await workshop.store.forgetRuns(
                    of: connection.id,
                    before: before,
                    limit: Self.forgottenAtOnce
                )
            }
        } while forgotten == Self.forgottenAtOnce
    }
}
