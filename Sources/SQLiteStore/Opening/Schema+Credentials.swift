extension Schema {
    /// Passwords, links to set them, and the mails that carry these.
    static let credentials = """
        -- What a password can be checked with, never the password.
        CREATE TABLE password (
            account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
            hash TEXT NOT NULL CHECK (hash <> ''),
            set_at INTEGER NOT NULL,
            must_reset INTEGER NOT NULL DEFAULT 0 CHECK (must_reset IN (0, 1)),
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            failed_at INTEGER,
            suspended_at INTEGER
        ) STRICT;

        -- A link is known by the digest of its text alone.
        CREATE TABLE password_token (
            digest BLOB NOT NULL PRIMARY KEY CHECK (digest <> x''),
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            purpose TEXT NOT NULL CHECK (purpose IN ('firstLogin', 'reset')),
            issued_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            run INTEGER,
            used_at INTEGER,
            voided_at INTEGER,
            CHECK (used_at IS NULL OR voided_at IS NULL)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX password_token_alive ON password_token (account, purpose)
            WHERE used_at IS NULL AND voided_at IS NULL;
        CREATE INDEX password_token_by_account ON password_token (account, purpose, issued_at);
        CREATE INDEX password_token_done ON password_token (ifnull(used_at, voided_at));

        -- Not WITHOUT ROWID: what was sealed is then in leaves of the tree only.
        CREATE TABLE mail (
            id TEXT NOT NULL UNIQUE CHECK (id <> ''),
            tenant TEXT NOT NULL,
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind <> ''),
            address TEXT NOT NULL,
            token BLOB,
            sealed BLOB,
            written_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
            attempts INTEGER NOT NULL CHECK (attempts >= 0),
            trouble TEXT,
            taken_at INTEGER,
            leased_until INTEGER,
            settled_at INTEGER,
            CHECK (state = 'waiting' OR sealed IS NULL),
            CHECK ((state = 'waiting') = (settled_at IS NULL))
        ) STRICT;
        CREATE INDEX mail_by_account ON mail (account, state);
        CREATE INDEX mail_by_tenant ON mail (tenant, state, due_at);
        CREATE INDEX mail_in_trouble ON mail (tenant, taken_at, id) WHERE trouble IS NOT NULL;
        CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'waiting';
        CREATE INDEX mail_settled ON mail (settled_at, id) WHERE settled_at IS NOT NULL;

        -- A number once given is never given again: an answer that comes late forgets no other one.
        CREATE TABLE reset_request (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant TEXT NOT NULL,
            email TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX reset_request_by_email ON reset_request (tenant, email);

        CREATE TABLE paused_tenant (
            tenant TEXT NOT NULL PRIMARY KEY
        ) STRICT, WITHOUT ROWID;
        """
}
