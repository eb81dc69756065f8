import Accounts
import GRDB
import Synchronization

/// Hands out the numbers of requests without waiting for whoever writes to the store.
///
/// The store gives out blocks of numbers, and the file of traces counts within the newest one, for
/// all processes. Each process begins with a block of its own making: so it does not matter whether
/// the file is the one that belongs to the store, or lost its last numbers in a power cut.
final class RequestNumbers: Sendable {
    /// Numbers that the store gives out at once.
    static let block: Int64 = 10_000

    private let traces: TraceFile
    private let hasBegun = Atomic(false)

    init(in traces: TraceFile) { self.traces = traces }

    /// The next number; a new block is taken with `reserve`, which is given a number that the block
    /// must come after and returns the block's last.
    func next(
        reserve: (_ after: Int64) async throws(StoreError) -> Int64
    ) async throws(StoreError) -> Int64 {
        if hasBegun.load(ordering: .acquiring),
            let number = try await traces.write({ try $0.nextRequestNumber() })
        {
            return number
        }
        while true {
            // The file of a store that is older, or that was put back from a copy, is further on.
            let used = try await traces.write { try $0.lastRequestNumber() }
            let last = try await reserve(used)
            let number = try await traces.write { db in
                try db.beginRequestNumbers(upTo: last)
                return try db.nextRequestNumber()
            }
            hasBegun.store(true, ordering: .releasing)
            // Nil only where others used up the whole block in between.
            if let number { return number }
        }
    }
}

extension Database {
    /// Begins the block that ends with `last`, unless another process began a later one.
    fileprivate func beginRequestNumbers(upTo last: Int64) throws {
        try run(
            """
            INSERT INTO request_number (id, next, last) VALUES (1, ?1, ?2)
            ON CONFLICT DO UPDATE SET next = excluded.next, last = excluded.last
            WHERE excluded.last > last
            """,
            [last - RequestNumbers.block + 1, last]
        )
    }

    /// The end of the newest block in the file; 0 where none was begun.
    fileprivate func lastRequestNumber() throws -> Int64 {
        try first("SELECT last FROM request_number WHERE id = 1") { try $0.number(0) } ?? 0
    }

    /// Counts on within the block; nil where that is used up, or none was begun.
    fileprivate func nextRequestNumber() throws -> Int64? {
        try first(
            """
            UPDATE request_number SET next = next + 1 WHERE id = 1 AND next <= last
            RETURNING next - 1
            """
        ) { try $0.number(0) }
    }
}
