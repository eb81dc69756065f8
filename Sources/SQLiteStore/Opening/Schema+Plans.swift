extension Schema {
    /// What runs left to a person.
    static let plans = """
        CREATE TABLE planned (
            run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            record INTEGER NOT NULL,
            observation BLOB NOT NULL,
            is_absent INTEGER NOT NULL CHECK (is_absent IN (0, 1)),
            version INTEGER,
            PRIMARY KEY (run, record)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE run ADD COLUMN plan TEXT;
        -- A preview is a held run that applied nothing: older versions know its state.
        ALTER TABLE run ADD COLUMN is_preview INTEGER NOT NULL DEFAULT 0
            CHECK (is_preview IN (0, 1));
        CREATE INDEX run_with_plan ON run (plan) WHERE plan IS NOT NULL;
        """

    /// The accounts that a plan gives to records under new ids.
    static let plannedAccounts = """
        ALTER TABLE planned ADD COLUMN account INTEGER;
        """

    /// The plan that a run carries out, which outlives the plan itself.
    static let approvals = """
        ALTER TABLE run ADD COLUMN approves TEXT;
        """
}
