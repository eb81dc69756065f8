import Accounts
import GRDB
import Roster

extension ManagerGraph {
    /// Throws `stale` where the graph of line managers is not what was seen.
    func requireUnchanged(in db: Database, numbered records: inout RecordTable) throws {
        guard !isEmpty else { return }
        try records.find(missing.union(nodes.keys).union(nodes.values.compactMap(\.manager)))
        try records.find(Set(dependents.keys).union(dependents.values.joined()))
        try requireNodes(in: db, numbered: records)
        try requireDependents(in: db, numbered: records)
    }

    private func requireNodes(in db: Database, numbered records: RecordTable) throws {
        var found = 0
        try db.forEach(
            """
            SELECT l.record, l.account, a.version, l.manager, \(LinkState.presence)
            FROM json_each(?) AS j
            CROSS JOIN link AS l ON l.record = j.value
            JOIN account AS a ON a.id = l.account
            """,
            [JSONList.of(missing.union(nodes.keys).compactMap(records.id))]
        ) { row in
            guard let node = nodes[try records.key(of: try row.number(0))],
                node.account.value == (try row.number(1)), node.version == (try row.number(2)),
                // A manager's record that is kept nowhere has no number, and none is 0.
                node.manager.map({ records.id(of: $0) ?? 0 }) == (try row.optionalNumber(3)),
                node.isPresent == (try row.number(4) == 1)
            else { throw StoreError.stale }
            found += 1
        }
        guard found == nodes.count else { throw StoreError.stale }
    }

    private func requireDependents(in db: Database, numbered records: RecordTable) throws {
        guard !dependents.isEmpty else { return }
        var open = dependents
        try db.forEach(
            """
            SELECT l.manager, l.record
            FROM json_each(?) AS j CROSS JOIN link AS l ON l.manager = j.value
            """,
            [JSONList.of(dependents.keys.compactMap(records.id))]
        ) { row in
            // Whoever was not seen may have a record that was not looked for.
            guard let dependent = records.knownKey(of: try row.number(1)),
                open[try records.key(of: try row.number(0))]?.remove(dependent) != nil
            else { throw StoreError.stale }
        }
        guard open.values.allSatisfy(\.isEmpty) else { throw StoreError.stale }
    }
}
