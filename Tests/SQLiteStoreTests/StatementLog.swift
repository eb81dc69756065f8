import Synchronization

/// The statements that a store ran, in order.
final class StatementLog: Sendable {
    private let texts = Mutex<[String]>([])

    /// To be told of each statement.
    func note(_ sql: String) { texts.withLock { $0.append(sql) } }

    /// What was run since the last call.
    func taken() -> [String] {
        texts.withLock { texts in
            defer { texts = [] }
            return texts
        }
    }
}

extension [String] {
    /// Those that begin with one of `words`.
    func beginning(with words: String...) -> [String] {
        filter { text in words.contains { text.hasPrefix($0) } }
    }

    /// Those that change rows.
    var writes: [String] { beginning(with: "INSERT", "UPDATE", "DELETE", "REPLACE") }

    /// Those that are neither part of a transaction nor settings nor GRDB's look at the schema.
    var queries: [String] {
        filter { text in
            !["BEGIN", "COMMIT", "PRAGMA", "--", "SELECT * FROM sqlite_master"].contains {
                text.hasPrefix($0)
            }
        }
    }
}
