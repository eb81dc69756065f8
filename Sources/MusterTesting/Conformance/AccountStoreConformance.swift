/// What every store must do, as laws that a test target runs on its own store.
///
///     @Test(arguments: AccountStoreConformance.laws)
///     func `the store keeps the law`(_ law: ConformanceLaw) async throws {
///         try await law.check { try MyStore() }
///     }
public enum AccountStoreConformance {
    /// Every law.
    public static let laws: [ConformanceLaw] =
        accountLaws + linkLaws + recordLaws + viewLaws + managerLaws + peopleLaws + runLaws
        + connectionLaws + accessLaws + stampLaws + lossLaws + seenLaws + formLaws
        + [differential(seeds: 1...12, steps: 150)]
}
