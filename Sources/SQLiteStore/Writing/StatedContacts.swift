import Accounts
import Foundation
import GRDB
import Roster

/// What sources said of people with contacts, wherever it is kept.
struct StatedContacts {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// A table that keeps observations, and what else of a row follows from them.
    private struct Place {
        var table: String
        var column: String
        /// What tells the rows of one record apart.
        var run = "NULL"
        var also = ""
    }

    private static let places = [
        Place(table: "link", column: "last", also: ", fingerprint = NULL"),
        Place(table: "unlinked", column: "observation"),
        Place(table: "staged", column: "observation", run: "run"),
        Place(table: "planned", column: "observation", run: "run"),
    ]

    /// Takes every entry of `erased` out of what was said of people of `tenant`.
    func forget(_ erased: Set<SourceKey>, of tenant: TenantID) throws {
        let contacts = erased.filter { $0.kind == .contact }
        guard !contacts.isEmpty else { return }
        for place in Self.places { try forget(contacts, of: tenant, in: place) }
    }

    /// The entries lie packed in the rows: SQLite looks through the bytes, and only what may name one
    /// of the contacts is unpacked.
    private func forget(
        _ contacts: Set<SourceKey>,
        of tenant: TenantID,
        in place: Place
    ) throws {
        let traces = PackedTraces(of: contacts)
        var rows: [(record: Int64, run: Int64?, packed: Data)] = []
        try db.forEach(
            """
            SELECT \(SourceKey.columns), r.id, \(place.run), t.\(place.column)
            FROM connection AS c
            CROSS JOIN record AS r ON r.connection = c.id
            CROSS JOIN \(place.table) AS t ON t.record = r.id
            WHERE c.tenant = ?1 AND r.kind = 'student'
                AND substr(t.\(place.column), 1, 1) IN (x'02', x'04')
                AND \(traces.condition(on: "t.\(place.column)", from: 2))
            """,
            StatementArguments([StoredText.key(tenant.name)]) + traces.arguments
        ) { row in
            let key = try row.sourceKey(from: 0)
            guard let said = try? PackedObservation.unpack(try row.bytes(6), beside: key) else {
                throw DamagedRow(subject: "what was said of \(key.subject)")
            }
            let rest = said.forgetting(contacts: contacts)
            guard rest != said else { return }
            rows.append(
                (
                    try row.number(4), try row.optionalNumber(5),
                    Data(PackedObservation.pack(rest, beside: key))
                )
            )
        }
        for (record, run, packed) in rows {
            try db.run(
                """
                UPDATE \(place.table) SET \(place.column) = ?3\(place.also)
                WHERE record = ?1 AND \(place.run) IS ?2
                """,
                [record, run, packed]
            )
        }
    }
}
