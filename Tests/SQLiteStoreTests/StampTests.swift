import Accounts
import GRDB
import MusterTesting
import Roster
import SQLiteStore
import Testing

@Suite struct `The stamp` {
    @Test func `it differs after a write of either of two processes, for both`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        var seen: [Set<Int64>] = [[], []]
        for number in 0..<10 {
            for (index, store) in stores.enumerated() {
                let stamp = try #require(store.stamp)
                #expect(seen[index].insert(stamp).inserted, "It is \(stamp) again.")
                #expect(store.stamp == stamp)
            }
            _ = try await stores[number % 2].writeNumber()
        }
    }

    @Test func `it stays where a write was refused`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(1)
        let stamp = store.stamp
        var changes = ChangeSet.example(.batch)
        changes.accounts = [AccountWrite(after: .named("Amara", "Abdi", id: 1), before: nil)]
        let refused = changes
        await #expect(throws: StoreError.stale) { try await store.apply(refused) }
        #expect(store.stamp == stamp)
        #expect(stamp != nil)
    }

    @Test(arguments: ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
    func `it is told while another process writes, and differs once that is done`(
        _ statement: String
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.busyTimeout = .seconds(60) }
        let other = try otherProcess(folder)
        let before = try #require(store.stamp)
        try other.inDatabase {
            try $0.execute(sql: statement)
            try $0.execute(sql: "UPDATE counter SET value = value + 1")
        }
        #expect(store.stamp == before)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(store.stamp != before)
        #expect(store.stamp != nil)
    }

    @Test func `many ask at the same time`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let stamps = await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<200 { group.addTask { store.stamp } }
            return await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }
        #expect(stamps.count == 1)
        #expect(!stamps.contains(nil))
    }

    private func otherProcess(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: folder.file(), configuration: configuration)
    }
}
