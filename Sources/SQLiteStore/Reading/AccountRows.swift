import Accounts
import GRDB
import Roster

extension Account {
    /// The columns that `init(_:)` reads, of `account` as a.
    static let columns = """
        a.id, a.tenant, a.version, a.email, a.title, a.forename, a.surname, a.initials,
        a.job_title, a.phone, a.address, a.teaching_staff, a.line_manager, a.status,
        a.suspended_by, \(kindOfCredential), a.local_edits, a.home, a.pins,
        a.has_guardianships
        """

    /// The credential, which follows from what is kept beside the row: look-ups by key alone.
    private static let kindOfCredential = """
        CASE
            WHEN a.credential = 'host' THEN 'host'
            WHEN \(neverHasPassword) THEN 'ssoOnly'
            ELSE ifnull(
                (SELECT iif(w.must_reset, 'resetRequired', 'set') FROM password AS w
                    WHERE w.account = a.id),
                iif(EXISTS (
                    SELECT 1 FROM password_token AS t
                    WHERE t.account = a.id AND t.purpose = 'firstLogin'
                        AND \(PasswordToken.isAlive)), 'firstLogin', 'none'))
        END
        """

    /// Whether the people of the tenant of `account` as a sign in elsewhere.
    static let neverHasPassword = """
        EXISTS (
            SELECT 1 FROM policy AS y
            WHERE y.tenant = a.tenant AND y.key = 'passwords'
                AND y.value = '\(PasswordRule.never.rawValue)')
        """

    /// Where in `columns` the number of the home record stands.
    static let homeColumn = 17

    /// Where in `columns` it stands whether there are relations to read.
    static let guardianshipColumn = 19

    /// Reads a row of `columns`; what refers to records is read apart.
    init(_ row: Row) throws {
        let id = try row.number(0)
        self.init(id: AccountID(id), tenant: TenantID(try row.text(1)))
        version = try row.number(2)
        email = try row.optionalText(3)
        title = try row.optionalText(4)
        forename = try row.optionalText(5)
        surname = try row.optionalText(6)
        initials = try row.optionalText(7)
        jobTitle = try row.optionalText(8)
        phone = try row.optionalText(9)
        address = try row.optionalText(10)
        teachingStaff = try row.optionalNumber(11).map { $0 != 0 }
        lineManager = try row.optionalNumber(12).map(AccountID.init)
        status =
            try row.text(13) == "active"
            ? .active : .suspended(by: row.word(14, of: "account \(id)"))
        credential = try row.word(15, of: "account \(id)")
        localEdits = try Self.fields(row.text(16), of: id)
        if let stored = try row.decode(String?.self, atIndex: 18) {
            pins = try Pin.read(stored, of: id)
        }
    }

    private static func fields(_ text: String, of id: Int64) throws -> Set<Field> {
        guard !text.isEmpty else { return [] }
        let fields = text.split(separator: ",").map { Field(rawValue: String($0)) }
        guard !fields.contains(nil) else { throw DamagedRow(subject: "account \(id)") }
        return Set(fields.compactMap(\.self))
    }

    /// The value of the column that names the fields edited by hand.
    var localEditsColumn: String {
        localEdits.isEmpty ? "" : localEdits.sorted().map(\.rawValue).joined(separator: ",")
    }
}

extension ClassRecord {
    /// The columns that `init(_:)` reads, of `class` as k.
    static let columns = """
        k.id, k.connection, k.school, ifnull(k.exact_year, k.academic_year),
        ifnull(k.exact_id, k.source_id), k.name, k.description, k.subject, k.sequence
        """

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let school = SchoolKey(
            connection: ConnectionID(try row.number(1)),
            school: try row.text(2)
        )
        let key = ClassKey(
            school: school,
            academicYear: try row.optionalText(3),
            id: try row.text(4)
        )
        let taught = TeachingClass(
            key: key,
            name: try row.text(5),
            description: try row.optionalText(6),
            subject: try row.optionalText(7)
        )
        self.init(
            id: ClassID(try row.number(0)),
            teachingClass: taught,
            sequence: try row.number(8)
        )
    }
}

extension UnlinkedRecord {
    /// The columns that `init(_:)` reads, of `unlinked` as u and `record` as r.
    static let columns = """
        \(SourceKey.columns), u.email, u.reason, u.candidates,
        u.observation, u.dismissal
        """

    /// How many there are.
    static let columnCount = 9

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let key = try row.sourceKey(from: 0)
        guard let observation = try? PackedObservation.unpack(try row.bytes(7), beside: key) else {
            throw DamagedRow(subject: "the unlinked record of \(key.subject)")
        }
        self.init(
            observation: observation,
            email: try row.optionalText(4),
            reason: try row.word(5, of: "the unlinked record of \(key.subject)"),
            candidates: try row.text(6).split(separator: ",").compactMap { Int64($0) }
                .map(AccountID.init)
        )
        guard let stored = try row.decode(String?.self, atIndex: 8) else { return }
        guard let dismissal = Dismissal(stored: stored) else {
            throw DamagedRow(subject: "the unlinked record of \(key.subject)")
        }
        self.dismissal = dismissal
    }
}
