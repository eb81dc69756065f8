import MusterTesting
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: AccountStoreConformance.laws)
    func `the memory store keeps the law`(_ law: ConformanceLaw) async throws {
        try await law.check { MemoryStore() }
    }
}
