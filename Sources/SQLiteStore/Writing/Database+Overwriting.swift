import GRDB

extension Database {
    /// Runs `body`; what it deletes or replaces is written over, not only taken out of the index.
    func overwriting<Value>(_ body: () throws -> Value) throws -> Value {
        let before = try Int.fetchOne(self, sql: "PRAGMA secure_delete") ?? 0
        guard before != 1 else { return try body() }
        try execute(sql: "PRAGMA secure_delete = ON")
        defer { try? execute(sql: "PRAGMA secure_delete = \(before)") }
        return try body()
    }
}
