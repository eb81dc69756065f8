import MusterTesting
import SQLiteStore
import Testing

@Suite struct `Conformance` {
    @Test(arguments: AccountStoreConformance.laws)
    func `the store keeps the law`(_ law: ConformanceLaw) async throws {
        let folder = try TemporaryFolder()
        try await law.check { try folder.store() }
    }

    @Test(arguments: AccountStoreConformance.credentialLaws)
    func `the store keeps the law of passwords`(_ law: ConformanceLaw) async throws {
        let folder = try TemporaryFolder()
        try await law.check(credentials: { try folder.store() })
    }
}
