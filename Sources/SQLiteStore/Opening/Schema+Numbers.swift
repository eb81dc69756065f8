extension Schema {
    /// Who states a number that is a person's in any MIS: its kind, a colon and the number.
    static let numbers = """
        CREATE TABLE link_number (
            record INTEGER NOT NULL REFERENCES link (record) ON DELETE CASCADE,
            number TEXT NOT NULL CHECK (number LIKE '_%:_%'),
            PRIMARY KEY (record, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX link_number_by_number ON link_number (number);
        CREATE TABLE unlinked_number (
            record INTEGER NOT NULL REFERENCES unlinked (record) ON DELETE CASCADE,
            number TEXT NOT NULL CHECK (number LIKE '_%:_%'),
            PRIMARY KEY (record, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX unlinked_number_by_number ON unlinked_number (number);
        CREATE TABLE staged_number (
            run INTEGER NOT NULL,
            record INTEGER NOT NULL,
            number TEXT NOT NULL CHECK (number LIKE '_%:_%'),
            PRIMARY KEY (run, record, number),
            FOREIGN KEY (run, record) REFERENCES staged (run, record) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX staged_number_by_number ON staged_number (run, number);
        """
}
