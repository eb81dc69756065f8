extension Schema {
    /// History as a feed: a number once given is never given again, whatever is deleted, and each
    /// tenant's changes are found without looking at those of others.
    static let feed = """
        CREATE TABLE numbered_history (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant TEXT NOT NULL,
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            run INTEGER,
            cause TEXT NOT NULL CHECK (cause <> ''),
            field TEXT,
            old TEXT,
            new TEXT,
            reason TEXT NOT NULL
        ) STRICT;
        INSERT INTO numbered_history
                (id, tenant, account, at, run, cause, field, old, new, reason)
            SELECT h.id, a.tenant, h.account, h.at, h.run, h.cause, h.field, h.old, h.new, h.reason
            FROM history AS h JOIN account AS a ON a.id = h.account ORDER BY h.id;
        DROP TABLE history;
        ALTER TABLE numbered_history RENAME TO history;
        CREATE INDEX history_by_account ON history (account);
        CREATE INDEX history_by_tenant ON history (tenant);
        """

    /// How the host's identity provider names people.
    static let subjects = """
        CREATE TABLE subject (
            tenant TEXT NOT NULL,
            issuer TEXT NOT NULL,
            subject TEXT NOT NULL,
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            PRIMARY KEY (tenant, issuer, subject)
        ) STRICT, WITHOUT ROWID;
        """

    /// What a run came to.
    static let runCounts = """
        ALTER TABLE run ADD COLUMN counts TEXT NOT NULL DEFAULT '';
        ALTER TABLE run ADD COLUMN trouble TEXT;
        CREATE INDEX run_in_order ON run (connection, started_at);
        """
}
