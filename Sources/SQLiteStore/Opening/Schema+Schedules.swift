extension Schema {
    /// What runs read and why, and from when on changes were not yet read.
    static let runKinds = """
        -- Words that later versions may add to are not listed in checks.
        ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'full';
        ALTER TABLE run ADD COLUMN why TEXT;
        CREATE TABLE read_mark (
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            school TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('staff', 'student', 'contact')),
            read_at INTEGER NOT NULL,
            full_at INTEGER NOT NULL,
            terms INTEGER NOT NULL,
            PRIMARY KEY (connection, school, kind)
        ) STRICT, WITHOUT ROWID;
        """

    /// The last run that others go by is found at once, however many failed since.
    static let milestones = """
        CREATE INDEX run_applied ON run (connection, started_at, is_complete, kind)
            WHERE state IN ('completed', 'held') AND is_preview = 0;
        """

    /// When syncs run by themselves; a connection without a row has the default.
    static let schedules = """
        CREATE TABLE schedule (
            connection INTEGER NOT NULL PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
            interval INTEGER CHECK (interval > 0),
            reads_changes INTEGER NOT NULL CHECK (reads_changes IN (0, 1)),
            holidays TEXT NOT NULL
        ) STRICT;
        """
}

extension Schema {
    /// Runs that somebody asks to end, whichever process has them.
    static let endings = """
        ALTER TABLE run ADD COLUMN end_asked_at INTEGER;
        """
}

extension Schema {
    /// Which run of its connection a run is: a clock that was set back dates the next ones earlier.
    static let runNumbers = """
        ALTER TABLE run ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
        UPDATE run SET number = o.number FROM (
            SELECT id, row_number() OVER (PARTITION BY connection ORDER BY started_at, id) AS number
            FROM run) AS o
        WHERE o.id = run.id;
        CREATE UNIQUE INDEX run_by_number ON run (connection, number);
        DROP INDEX run_applied;
        CREATE INDEX run_applied ON run (connection, number, is_complete, kind)
            WHERE state IN ('completed', 'held') AND is_preview = 0;
        """
}
