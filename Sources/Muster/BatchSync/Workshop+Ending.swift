package import Accounts

extension Workshop {
    /// Asks whichever process carries out `run` to end it after the page or the step that is going
    /// on; one that is over stays as it is.
    /// - Returns: How the run stands; nil where there is none.
    package func askToEnd(_ run: RunID) async throws(StoreError) -> Run? {
        try await store.askToEnd(run, at: clock.now())
        return try await store.run(run)
    }
}
