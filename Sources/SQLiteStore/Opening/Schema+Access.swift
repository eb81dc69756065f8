extension Schema {
    /// The keys of applications: a digest or a sealed secret each, nothing that a reader could use.
    ///
    /// Fields that are NULL are all fields; an empty list is none.
    static let accessKeys = """
        CREATE TABLE access_key (
            name TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            scopes TEXT NOT NULL,
            fields TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            digest BLOB UNIQUE,
            sealed BLOB,
            CHECK ((digest IS NULL) <> (sealed IS NULL))
        ) STRICT, WITHOUT ROWID;
        """
}
