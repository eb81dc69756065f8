import Accounts
import GRDB
import Roster

extension LossTally {
    /// The position of the tally of `tenant`.
    static func position(of tenant: TenantID, in db: Database) throws -> Int64 {
        try db.first(
            "SELECT position FROM loss_position WHERE tenant = ?",
            [StoredText.key(tenant.name)]
        ) { try $0.number(0) } ?? 0
    }

    /// Answers `question`.
    init(_ question: LossQuestion, in db: Database) throws {
        let tenant = StoredText.key(question.tenant.name)
        let school = StoredText.key(question.school.school)
        let connection = question.school.connection.value
        self.init(
            position: try Self.position(of: question.tenant, in: db),
            peopleAtSchool: try db.count(
                """
                SELECT links FROM people_at_school
                WHERE connection = ? AND school = ? AND kind = ?
                """,
                [connection, school, question.kind.rawValue]
            ),
            peopleOfTenant: try db.count(
                """
                SELECT min(
                    (SELECT p.accounts FROM people_of_tenant AS p WHERE p.tenant = ?1),
                    (SELECT sum(s.links) FROM connection AS c
                     CROSS JOIN people_at_school AS s ON s.connection = c.id
                     WHERE c.tenant = ?1 AND s.kind = ?2))
                """,
                [tenant, question.kind.rawValue]
            ),
            hasAccounts: try db.first(
                "SELECT 1 FROM account WHERE tenant = ? LIMIT 1",
                [tenant]
            ) { _ in true } ?? false
        )
        try db.forEach(
            Self.counts,
            [
                tenant, question.besides.value, question.dayAgo.milliseconds, connection, school,
                question.kind.rawValue,
            ]
        ) { row in
            // A word of a newer version is a loss that this version does not guard.
            guard let loss = Loss(word: try row.text(0)) else { return }
            atTenant[loss] = Int(try row.number(1))
            let here = Int(try row.number(2))
            if here > 0 { atSchool[loss] = here }
        }
    }

    /// How many accounts of the tenant ?1 besides ?2 lost what as ?6, and how many at school ?4, ?5.
    ///
    /// They count from the day ago ?3 where a list took it, else from then or from the beginning
    /// of the connection's last complete run that held nothing back, whichever is earlier, or from
    /// ever where there was no such run. Who was suspended counts only while she is.
    private static let counts = """
        SELECT l.loss, count(DISTINCT l.account), count(DISTINCT
            CASE WHEN l.connection = ?4 AND l.school = ?5 THEN l.account END)
        FROM connection AS c
        CROSS JOIN loss AS l ON l.tenant = ?1 AND l.connection = c.id
        WHERE c.tenant = ?1 AND l.kind = ?6 AND l.account <> ?2
            AND l.at >= CASE l.by_list WHEN 1 THEN ?3 ELSE min(?3, ifnull(
                (SELECT max(g.started_at) FROM run AS g
                 WHERE g.connection = c.id AND g.is_complete = 1 AND g.state = 'completed'),
                -9223372036854775808)) END
            AND (l.loss NOT IN ('access', 'absence') OR EXISTS (
                SELECT 1 FROM account AS a
                WHERE a.id = l.account AND a.status = 'suspended' AND a.suspended_by = 'sync'))
        GROUP BY l.loss
        """
}

extension Database {
    /// The number that a query for one number finds, else none.
    fileprivate func count(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        Int(try first(sql, arguments) { try $0.optionalNumber(0) ?? 0 } ?? 0)
    }
}
