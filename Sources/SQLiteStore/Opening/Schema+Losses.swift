extension Schema {
    /// What logins took from people, and how many people there are to compare that with.
    static let losses = """
        -- The latest loss of its kind is enough: whether a person counts depends on that alone.
        CREATE TABLE loss (
            tenant TEXT NOT NULL,
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            school TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('staff', 'student', 'contact')),
            loss TEXT NOT NULL CHECK (loss <> ''),
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            PRIMARY KEY (tenant, connection, school, kind, loss, account)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX loss_by_connection ON loss (connection, at);

        -- Apart from the rows, so that it never falls when these are thrown away.
        CREATE TABLE loss_position (
            tenant TEXT NOT NULL PRIMARY KEY,
            position INTEGER NOT NULL CHECK (position > 0)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX run_complete ON run (connection, started_at, state) WHERE is_complete = 1;

        -- Present people, counted as links come and go, because a login has no time to count them.
        CREATE TABLE people_at_school (
            connection INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
            school TEXT NOT NULL,
            kind TEXT NOT NULL,
            links INTEGER NOT NULL CHECK (links >= 0),
            PRIMARY KEY (connection, school, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE people_of_tenant (
            tenant TEXT NOT NULL PRIMARY KEY,
            accounts INTEGER NOT NULL CHECK (accounts >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO people_at_school (connection, school, kind, links)
            SELECT r.connection, r.school, r.kind, count(*)
            FROM link AS l JOIN record AS r ON r.id = l.record
            WHERE l.state IN ('active', 'outOfScope')
            GROUP BY r.connection, r.school, r.kind;
        INSERT INTO people_of_tenant (tenant, accounts)
            SELECT a.tenant, count(DISTINCT a.id)
            FROM link AS l JOIN account AS a ON a.id = l.account
            WHERE l.state IN ('active', 'outOfScope')
            GROUP BY a.tenant;

        CREATE TRIGGER link_made AFTER INSERT ON link
        WHEN NEW.state IN ('active', 'outOfScope') BEGIN
        \(countIn)
        END;
        CREATE TRIGGER link_came_back AFTER UPDATE OF state ON link
        WHEN NEW.state IN ('active', 'outOfScope') AND OLD.state NOT IN ('active', 'outOfScope')
        BEGIN
        \(countIn)
        END;
        CREATE TRIGGER link_left AFTER UPDATE OF state ON link
        WHEN NEW.state NOT IN ('active', 'outOfScope') AND OLD.state IN ('active', 'outOfScope')
        BEGIN
            UPDATE people_at_school SET links = links - 1
            WHERE (connection, school, kind)
                = (SELECT connection, school, kind FROM record WHERE id = OLD.record);
        \(countOut)
        END;
        -- A link is deleted only with its connection, and the count of the school goes with that.
        CREATE TRIGGER link_deleted AFTER DELETE ON link
        WHEN OLD.state IN ('active', 'outOfScope') BEGIN
        \(countOut)
        END;
        """

    /// What lists of everybody took counts beside that, and for a day only.
    static let lossesByLists = """
        ALTER TABLE loss ADD COLUMN by_list INTEGER NOT NULL DEFAULT 0 CHECK (by_list IN (0, 1));
        """

    private static let countIn = """
            INSERT INTO people_at_school (connection, school, kind, links)
                SELECT connection, school, kind, 1 FROM record WHERE id = NEW.record
                ON CONFLICT (connection, school, kind) DO UPDATE SET links = links + 1;
            INSERT INTO people_of_tenant (tenant, accounts)
                SELECT a.tenant, 1 FROM account AS a
                WHERE a.id = NEW.account AND NOT EXISTS (
                    SELECT 1 FROM link AS l
                    WHERE l.account = NEW.account AND l.record <> NEW.record
                        AND l.state IN ('active', 'outOfScope'))
                ON CONFLICT (tenant) DO UPDATE SET accounts = accounts + 1;
        """

    private static let countOut = """
            UPDATE people_of_tenant SET accounts = accounts - 1
            WHERE tenant = (SELECT tenant FROM account WHERE id = OLD.account) AND NOT EXISTS (
                SELECT 1 FROM link AS l
                WHERE l.account = OLD.account AND l.record <> OLD.record
                    AND l.state IN ('active', 'outOfScope'));
        """
}
