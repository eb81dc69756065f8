/// What every store must do, as laws that a test target runs on its own store.
///
///     @Test(arguments: AccountStoreConformance.hostLaws)
///     func `the store keeps the law`(_ law: ConformanceLaw) async throws {
///         try await law.check(accounts: { try MyStore() })
///     }
public enum AccountStoreConformance {
    /// Every law, for a store that keeps accounts, runs, connections and keys.
    public static let laws: [ConformanceLaw] =
        accountLaws + linkLaws + recordLaws + viewLaws + managerLaws + peopleLaws + seenLaws
        + feedLaws + subjectLaws + personalDataLaws + erasureLaws + retentionLaws
        + lossLaws + runLaws + milestoneLaws + stagingLaws + presenceLaws + planLaws + stampLaws
        + formLaws + reviewLaws
        + numberLaws + guardianshipLaws
        + (connectionLaws + accessLaws).map(\.besideConnections)
        + [differential(seeds: 1...12, steps: 150)]

    /// The laws of accounts and runs, for a host's own store beside connections kept elsewhere.
    public static let hostLaws: [ConformanceLaw] = laws.filter { !$0.needsConnections }
}
