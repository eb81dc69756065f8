import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Durability of writes` {
    static let normal = 1
    static let full = 2

    @Test(arguments: [(Durability.survivesCrash, normal), (.survivesPowerCut, full)])
    func `a write runs at its durability, and the next one at the usual one`(
        _ durability: Durability,
        _ expected: Int
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(try synchronous(store) == Self.normal)
        let seen = try await store.write(durability) { db in
            try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        #expect(seen == expected)
        #expect(try synchronous(store) == Self.normal)
    }

    @Test func `a write that fails leaves the usual durability`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        await #expect(throws: StoreError.stale) {
            try await store.write(.survivesPowerCut) { _ -> Int in throw StoreError.stale }
        }
        #expect(try synchronous(store) == Self.normal)
    }

    @Test func `the log is a write-ahead log and foreign keys are on`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let (mode, keys) = try await store.write(.survivesCrash) { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
            )
        }
        #expect(mode == "wal")
        #expect(keys == 1)
    }

    @Test func `a full disk is said, and nothing of the change is done`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.maximumPages = 100 }
        try await store.fill(1)
        var changes = ChangeSet.example(.batch)
        changes.history = (0..<400).map { number in
            HistoryEntry(
                account: AccountID(1),
                field: .address,
                from: nil,
                to: String(repeating: "x", count: 1000),
                reason: "\(number)"
            )
        }
        let tooMuch = changes
        let expected = StoreError.full(
            reason: "There is no room left for the store \(folder.file()), and what was to be "
                + "written was not; make room on its disk and try again."
        )
        await #expect(throws: expected) { try await store.apply(tooMuch) }
        #expect(try await store.history(of: AccountID(1)) == [])
        changes.history.removeLast(399)
        try await store.apply(changes)
        #expect(try await store.history(of: AccountID(1)).count == 1)
    }

    private func synchronous(_ store: SQLiteStore) throws -> Int? {
        try store.writer.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }
}

@Suite struct `Several processes` {
    @Test func `request numbers grow over all of them`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        var last: Int64 = 0
        for number in 0..<20 {
            let next = try await stores[number % 2].nextSequence()
            #expect(next > last)
            last = next
        }
    }

    @Test func `a store that another process writes to is busy for writes and open for reads`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.busyTimeout = .zero }
        try await store.fill(1)
        let other = try otherProcess(folder)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: StoreError.busy) { try await store.writeNumber() }
        await #expect(throws: StoreError.busy) {
            try await store.setPolicy(Policy(), of: .standard)
        }
        #expect(try await store.summary(of: AccountID(1)) != nil)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await store.writeNumber() == 1)
        let usual = try await store.write(.survivesCrash) {
            try Int.fetchOne($0, sql: "PRAGMA synchronous")
        }
        #expect(usual == 1)
    }

    @Test(arguments: ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
    func `a store that another process writes to is opened and read at once`(
        _ statement: String
    ) async throws {
        let folder = try TemporaryFolder()
        try await folder.store().fill(1)
        let other = try otherProcess(folder)
        try other.inDatabase { try $0.execute(sql: statement) }
        let store = try folder.store { $0.busyTimeout = .zero }
        let school = SchoolKey.example
        let person = try await store.person(
            .email("1@school.example"),
            in: school,
            of: .standard,
            formerSince: .example
        )
        #expect(person?.account.id == AccountID(1))
        var request = ViewRequest(tenant: .standard)
        request.accounts = [AccountID(1)]
        #expect(try await store.view(request).links.count == 1)
        #expect(try await store.summary(of: AccountID(1)) != nil)
        #expect(try await store.policy(of: .standard) == Policy())
        await #expect(throws: StoreError.busy) { try await store.writeNumber() }
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await store.writeNumber() == 1)
    }

    @Test func `a write waits for another process up to its time-out`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.busyTimeout = .seconds(60) }
        let other = try otherProcess(folder)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        async let number = store.writeNumber()
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await number == 1)
    }

    @Test func `one of two runs of a connection begins, the other joins it`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        try await stores[0].fill(0)
        let starts = try await withThrowingTaskGroup(of: RunStart.self) { group in
            for (number, store) in stores.enumerated() {
                let run = Run(id: RunID(Int64(number)), connection: .example, startedAt: .example)
                group.addTask { try await store.begin(run, aliveSince: .example) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(starts.count { $0 == .begun } == 1)
    }

    @Test func `a cancelled caller's write is done all the same`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.writeNumber()
        }
        #expect(try await task.value == 1)
        #expect(try await store.writeNumber() == 2)
    }

    /// A connection of its own, which may keep a transaction open.
    private func otherProcess(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The store before may still be closing.
        configuration.busyMode = .timeout(30)
        return try DatabaseQueue(path: folder.file(), configuration: configuration)
    }
}
