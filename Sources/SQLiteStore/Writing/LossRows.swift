import Accounts
import GRDB
import Roster

extension CountedLoss {
    /// Keeps `losses` of `tenant`, and moves the tenant's tally on.
    static func put(
        _ losses: [CountedLoss],
        of tenant: TenantID,
        at: Timestamp,
        in db: Database
    ) throws {
        guard !losses.isEmpty else { return }
        let name = StoredText.key(tenant.name)
        for loss in losses {
            try db.run(
                """
                INSERT INTO loss (tenant, connection, school, kind, loss, account, at, by_list)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (tenant, connection, school, kind, loss, account)
                    DO UPDATE SET at = excluded.at, by_list = excluded.by_list
                    WHERE excluded.at >= at
                """,
                [
                    name, loss.school.connection.value, StoredText.key(loss.school.school),
                    loss.kind.rawValue, loss.loss.word, loss.account.value, at.milliseconds,
                    loss.isByList ? 1 : 0,
                ]
            )
        }
        try db.run(
            """
            INSERT INTO loss_position (tenant, position) VALUES (?, ?)
            ON CONFLICT (tenant) DO UPDATE SET position = position + excluded.position
            """,
            [name, losses.count]
        )
    }

    /// Forgets what no tally can count any more, now that `run` is done.
    static func forget(before run: Run, in db: Database) throws {
        guard run.state == .completed, run.isComplete else { return }
        try db.run(
            "DELETE FROM loss WHERE connection = ? AND at < ?",
            [run.connection.value, run.startedAt.advanced(by: .seconds(-86_400)).milliseconds]
        )
    }
}
