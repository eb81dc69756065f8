extension Schema {
    /// Tables of the first version.
    ///
    /// Words that later versions may add to (reasons, causes, fields) are not listed in checks,
    /// because SQLite can change a check only by copying the table.
    static let firstSchema = """
        CREATE TABLE counter (
            name TEXT NOT NULL PRIMARY KEY,
            value INTEGER NOT NULL CHECK (value >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counter (name, value) VALUES ('connection', 0), ('request', 0);

        -- Connections and policies ---------------------------------------------------------------

        CREATE TABLE connection (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            tenant TEXT NOT NULL,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            kind TEXT NOT NULL CHECK (kind <> ''),
            people TEXT NOT NULL,
            sealed BLOB
        ) STRICT;
        CREATE INDEX connection_by_tenant ON connection (tenant);

        CREATE TABLE school (
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position >= 0),
            school TEXT NOT NULL,
            name TEXT NOT NULL,
            time_zone TEXT,
            PRIMARY KEY (connection, position),
            UNIQUE (connection, school)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX school_by_id ON school (school, connection);

        CREATE TABLE connection_setting (
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (connection, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE capability (
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (connection, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE policy (
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (tenant, key)
        ) STRICT, WITHOUT ROWID;

        -- Source keys, each kept once -------------------------------------------------------------

        -- Texts that are looked up are kept in canonical form, NFC; beside them, in exact_ columns,
        -- as they were written where that is something else.

        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            school TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('staff', 'student', 'contact')),
            source_id TEXT NOT NULL,
            exact_id TEXT,
            UNIQUE (connection, school, kind, source_id)
        ) STRICT;

        -- Accounts -------------------------------------------------------------------------------

        CREATE TABLE account (
            id INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            email TEXT CHECK (email <> '' AND email = lower(email)),
            title TEXT,
            forename TEXT,
            surname TEXT,
            initials TEXT,
            job_title TEXT,
            phone TEXT,
            address TEXT,
            teaching_staff INTEGER CHECK (teaching_staff IN (0, 1)),
            line_manager INTEGER REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
            status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
            suspended_by TEXT CHECK (suspended_by IN ('sync', 'administrator')),
            credential TEXT NOT NULL CHECK (credential IN ('none', 'host')),
            local_edits TEXT NOT NULL,
            home INTEGER REFERENCES record (id) ON DELETE SET NULL,
            UNIQUE (tenant, email),
            CHECK ((status = 'suspended') = (suspended_by IS NOT NULL))
        ) STRICT;
        CREATE INDEX account_by_home ON account (home) WHERE home IS NOT NULL;

        CREATE TABLE class (
            id INTEGER PRIMARY KEY,
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            school TEXT NOT NULL,
            source_id TEXT NOT NULL,
            academic_year TEXT,
            exact_id TEXT,
            exact_year TEXT,
            name TEXT NOT NULL,
            description TEXT,
            subject TEXT,
            sequence INTEGER NOT NULL
        ) STRICT;
        -- A lone backslash is never the text of a year, so it can stand for none.
        CREATE UNIQUE INDEX class_by_key
            ON class (connection, school, source_id, ifnull(academic_year, '\\'));

        -- What a record gave names it; 0 stands for by hand. No foreign key: it would need an
        -- index as large as the table. Removing a connection deletes what its records gave.
        CREATE TABLE membership (
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            class INTEGER NOT NULL REFERENCES class (id) ON DELETE CASCADE,
            role TEXT NOT NULL
                CHECK (role IN ('mainTeacher', 'teacher', 'supervisor', 'student')),
            given_by INTEGER NOT NULL,
            PRIMARY KEY (account, class, role, given_by)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX membership_by_class ON membership (class);

        CREATE TABLE privilege (
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            given_by INTEGER NOT NULL,
            PRIMARY KEY (account, name, given_by)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE former_email (
            email TEXT NOT NULL CHECK (email <> '' AND email = lower(email)),
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            PRIMARY KEY (email, account)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE history (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            run INTEGER,
            cause TEXT NOT NULL CHECK (cause <> ''),
            field TEXT,
            old TEXT,
            new TEXT,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_by_account ON history (account);

        -- What sources said ----------------------------------------------------------------------

        CREATE TABLE link (
            record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            linked_at INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            fingerprint INTEGER,
            planned_on TEXT NOT NULL CHECK (planned_on LIKE '____-__-__'),
            replan_on TEXT CHECK (replan_on LIKE '____-__-__'),
            state TEXT NOT NULL CHECK (state IN ('active', 'left', 'outOfScope', 'absent')),
            evidence TEXT,
            missing_since INTEGER,
            manager INTEGER REFERENCES record (id) ON DELETE SET NULL,
            awaited_email TEXT,
            claimed_email TEXT CHECK (claimed_email = lower(claimed_email)),
            last BLOB NOT NULL,
            CHECK ((state = 'left') = (evidence IS NOT NULL))
        ) STRICT;
        CREATE INDEX link_by_account ON link (account);
        CREATE INDEX link_by_manager ON link (manager) WHERE manager IS NOT NULL;
        CREATE INDEX link_by_awaited_email ON link (awaited_email) WHERE awaited_email IS NOT NULL;
        CREATE INDEX link_by_claimed_email ON link (claimed_email) WHERE claimed_email IS NOT NULL;

        -- Apart from links, so that a look-up that changes nothing writes to no link.
        CREATE TABLE checked (
            record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            sequence INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE unlinked (
            record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            email TEXT,
            reason TEXT NOT NULL CHECK (reason <> ''),
            candidates TEXT NOT NULL,
            observation BLOB NOT NULL
        ) STRICT;
        CREATE INDEX unlinked_by_email ON unlinked (email) WHERE email IS NOT NULL;

        -- Runs -----------------------------------------------------------------------------------

        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            state TEXT NOT NULL
                CHECK (state IN ('running', 'completed', 'held', 'failed', 'cancelled')),
            alive_at INTEGER NOT NULL,
            is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))
        ) STRICT;
        CREATE INDEX run_by_connection ON run (connection);
        CREATE UNIQUE INDEX run_going_on ON run (connection) WHERE state = 'running';

        -- Records go only with their connection, and so do its runs: one foreign key is enough.
        CREATE TABLE staged (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            record INTEGER NOT NULL,
            linked INTEGER NOT NULL CHECK (linked IN (0, 1)),
            source_id TEXT NOT NULL,
            email TEXT,
            observation BLOB NOT NULL,
            UNIQUE (run, record)
        ) STRICT;
        CREATE INDEX staged_in_order ON staged (run, linked DESC, source_id, record);
        CREATE INDEX staged_by_email ON staged (run, email) WHERE email IS NOT NULL;
        """
}
