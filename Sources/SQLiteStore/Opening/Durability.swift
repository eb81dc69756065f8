import GRDB

/// What a finished write outlives.
enum Durability: Sendable {
    /// The process: enough for what the next look at the source would bring again.
    case survivesCrash
    /// A power cut too: for what a person did.
    case survivesPowerCut

    /// Runs `body`, with its transaction, at this durability; must not be inside one.
    func hold<Value>(in db: Database, _ body: () throws -> Value) throws -> Value {
        switch self {
        case .survivesCrash: return try body()
        case .survivesPowerCut:
            try db.execute(sql: "PRAGMA synchronous = FULL")
            let result = Result(catching: body)
            // A commit that was done must not be reported as failed; FULL would only be slower.
            try? db.execute(sql: "PRAGMA synchronous = NORMAL")
            return try result.get()
        }
    }
}
