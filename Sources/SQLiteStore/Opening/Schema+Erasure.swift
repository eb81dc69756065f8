extension Schema {
    /// Records of people who were erased: digests alone, with a salt that each store makes up.
    static let erasure = """
        CREATE TABLE erasure_salt (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            salt BLOB NOT NULL
        ) STRICT;
        INSERT INTO erasure_salt (id, salt) VALUES (1, randomblob(32));
        CREATE TABLE erased (
            digest TEXT NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}

extension Schema {
    /// What an erasure looks for: by record, and planned rows by address too.
    static let erasureSearch = """
        ALTER TABLE planned ADD COLUMN email TEXT;
        CREATE INDEX planned_by_record ON planned (record);
        CREATE INDEX planned_by_email ON planned (email) WHERE email IS NOT NULL;
        CREATE INDEX planned_by_account ON planned (account) WHERE account IS NOT NULL;
        CREATE INDEX staged_by_record ON staged (record);
        """
}

extension Schema {
    /// Records without an account that may be somebody's: few among many.
    static let candidates = """
        CREATE INDEX unlinked_by_candidates ON unlinked (candidates) WHERE candidates <> '';
        """
}
