import Accounts
import GRDB
import Roster

/// A link as it is kept: with numbers in place of the keys it refers to.
struct StoredLink {
    /// The link; its manager is still to be named.
    var link: Link
    /// The number of its record.
    let record: Int64
    /// The number of its manager's record.
    let manager: Int64?
    /// When its record was looked up last.
    let checkedAt: Timestamp?

    /// The columns that `init(_:)` reads, of `link` as l, `record` as r and `checked` as c.
    static let columns = """
        l.record, \(SourceKey.columns), l.account, l.linked_at,
        max(l.sequence, ifnull(c.sequence, l.sequence)), l.fingerprint, l.planned_on, l.replan_on,
        l.state, l.evidence, l.missing_since, l.manager, l.awaited_email, c.at, l.last
        """

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        record = try row.number(0)
        let key = try row.sourceKey(from: 1)
        manager = try row.optionalNumber(14)
        checkedAt = try row.optionalTimestamp(16)
        let plannedOn = try row.optionalDay(9, of: "the link of \(key.subject)")
        guard let plannedOn,
            let last = try? PackedObservation.unpack(try row.bytes(17), beside: key)
        else { throw DamagedRow(subject: "the link of \(key.subject)") }
        link = Link(
            key: key,
            account: AccountID(try row.number(5)),
            linkedAt: try row.timestamp(6),
            last: last,
            plannedOn: plannedOn
        )
        link.sequence = try row.number(7)
        link.fingerprint = try row.optionalNumber(8).map(UInt64.init(bitPattern:))
        link.replanOn = try row.optionalDay(10, of: "the link of \(key.subject)")
        link.state = try Self.state(row, of: key)
        link.missingSince = try row.optionalTimestamp(13)
        link.awaitedEmail = try row.optionalText(15)
    }

    private static func state(_ row: Row, of key: SourceKey) throws -> LinkState {
        switch try row.text(11) {
        case "active": return .active
        case "outOfScope": return .outOfScope
        case "absent": return .absent
        case "left": return .left(try row.word(12, of: "the link of \(key.subject)"))
        default: throw DamagedRow(subject: "the link of \(key.subject)")
        }
    }
}

extension LinkState {
    /// The state in its two columns: the word, and the evidence of one who left.
    var columns: (state: String, evidence: String?) {
        switch self {
        case .active: ("active", nil)
        case .outOfScope: ("outOfScope", nil)
        case .absent: ("absent", nil)
        case .left(let evidence): ("left", evidence.rawValue)
        }
    }

    /// The condition, on `link` as l, under which `isPresent` holds.
    static let presence = "l.state IN ('active', 'outOfScope')"
}
