/// A thing with an id that can be changed, removed and brought back.
protocol EmulatedRow: Sendable {
    var id: ObjectID { get }
    var misID: String { get }
    var updatedAt: Timestamp { get set }
    var restoredAt: Timestamp? { get set }
    var isRemoved: Bool { get set }
}

/// The things of one kind in one school, in the order they were added.
///
/// A removed row keeps its place, so that a position in the table never changes its meaning.
struct Table<Row: EmulatedRow>: Sendable {
    private(set) var rows: [Row] = []
    private var positions: [ObjectID: Int32] = [:]
    private(set) var removedCount = 0

    var liveCount: Int { rows.count - removedCount }

    mutating func reserve(_ count: Int) {
        rows.reserveCapacity(count)
        positions.reserveCapacity(count)
    }

    @discardableResult
    mutating func add(_ row: Row) -> Int {
        positions[row.id] = Int32(rows.count)
        rows.append(row)
        return rows.count - 1
    }

    /// Where the row stands, removed or not.
    func position(of id: ObjectID) -> Int? {
        positions[id].map { Int($0) }
    }

    /// The row with this id, unless it was removed.
    func live(_ id: ObjectID) -> Row? {
        guard let position = position(of: id), !rows[position].isRemoved else { return nil }
        return rows[position]
    }

    /// Changes one row in place.
    ///
    /// The id must stay as it is.
    mutating func update<Result, Failure: Error>(
        at position: Int,
        _ change: (inout Row) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let wasRemoved = rows[position].isRemoved
        defer {
            removedCount += (rows[position].isRemoved ? 1 : 0) - (wasRemoved ? 1 : 0)
        }
        return try change(&rows[position])
    }

    /// Gives the row at a position to a new id; the old id is forgotten.
    mutating func rename(at position: Int, to newRow: Row) {
        positions[rows[position].id] = nil
        positions[newRow.id] = Int32(position)
        rows[position] = newRow
    }
}
