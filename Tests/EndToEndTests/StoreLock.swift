import GRDB

/// The write lock of a store, held by a connection that is not the store's own.
struct StoreLock: Sendable {
    private let connection: DatabaseQueue

    /// Locks the file at `path`.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The store may be in the middle of a write.
        configuration.busyMode = .timeout(30)
        connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    }

    func release() throws {
        try connection.inDatabase { try $0.execute(sql: "COMMIT") }
    }
}
