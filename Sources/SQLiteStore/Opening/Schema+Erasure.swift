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
