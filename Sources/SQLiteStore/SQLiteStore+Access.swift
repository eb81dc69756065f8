import Accounts
import GRDB

extension SQLiteStore {
    /// Reads one moment's state.
    ///
    /// A cancelled caller waits for the end all the same: a write left half-way would have to be
    /// told from one that was done.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        if Self.mayBlock { return try value(of: Result { try readers.read(body) }) }
        let result = await withCheckedContinuation { continuation in
            readers.asyncRead { access in
                continuation.resume(returning: Result { try body(access.get()) })
            }
        }
        return try value(of: result)
    }

    /// Whether the task brought threads of its own, as a batch does: then the work is done on them,
    /// with their priority, and not on those of everybody.
    private static var mayBlock: Bool {
        OwnThreads.mayWait && withUnsafeCurrentTask { $0?.unownedTaskExecutor != nil }
    }

    /// Writes in one transaction, or not at all.
    func write<Value: Sendable>(
        _ durability: Durability,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let work: @Sendable (Database) throws -> Value = { [checkpointer] db in
            defer { checkpointer.note(changedRows: db.totalChangesCount) }
            return try durability.hold(in: db) { try Self.transaction(in: db, body) }
        }
        if Self.mayBlock {
            return try value(of: Result { try writer.writeWithoutTransaction(work) })
        }
        let result = await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Result { try work(db) })
            }
        }
        return try value(of: result)
    }

    /// Runs `body` on the connection that writes, outside any transaction.
    func writer(
        holds body: @escaping @Sendable (Database) throws -> Void
    ) async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Result { try body(db) })
            }
        }
        try value(of: result)
    }

    /// Runs `body` in a transaction that nobody else can come before.
    static func transaction<Value>(
        in db: Database,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        var value: Value?
        try db.inTransaction(.immediate) {
            value = try body(db)
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }

    private func value<Value>(of result: Result<Value, any Error>) throws(StoreError) -> Value {
        do {
            return try result.get()
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension Database {
    /// Runs a statement that is kept prepared.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// Hands each row of a query that is kept prepared to `body`, which must not run the same one.
    func forEach(
        _ sql: String,
        _ arguments: StatementArguments = [],
        _ body: (Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { try body(row) }
    }

    /// What `body` makes of the first row of a query that is kept prepared.
    func first<Value>(
        _ sql: String,
        _ arguments: StatementArguments = [],
        _ body: (Row) throws -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        guard let row = try rows.next() else { return nil }
        return try body(row)
    }
}
