import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// What requests leave behind, in the file beside the store.
@Suite struct TraceTests {
    private static let message = SignedMessage(tenant: .standard, id: "a", signedAt: .example)
    private static let oldest = Timestamp(milliseconds: 0)

    @Test func `a signed message is taken once by all processes, and after a restart`()
        async throws
    {
        let folder = try TemporaryFolder()
        let first = try folder.store()
        let second = try folder.store()
        #expect(try await first.take(Self.message, forgettingBefore: Self.oldest))
        #expect(try await !second.take(Self.message, forgettingBefore: Self.oldest))
        let third = try folder.store()
        #expect(try await !third.take(Self.message, forgettingBefore: Self.oldest))
    }

    @Test func `the file is its owner's alone, and is not made before it is needed`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let path = folder.file() + "-traces"
        _ = try await store.connections()
        #expect(!FileManager.default.fileExists(atPath: path))
        try await store.noteUse(ofKeyNamed: "web", at: .example)
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a message is taken while another process holds the store`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.busyTimeout = .zero }
        _ = try await store.take(Self.message, forgettingBefore: Self.oldest)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file(), configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: StoreError.busy) { try await store.tryWriting() }
        var next = Self.message
        next.id = "b"
        #expect(try await store.take(next, forgettingBefore: Self.oldest))
    }
}
