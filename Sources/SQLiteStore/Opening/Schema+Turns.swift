extension Schema {
    /// Staged people in turns: line managers before those who report to them.
    static let turns = """
        ALTER TABLE staged ADD COLUMN turn INTEGER NOT NULL DEFAULT 2;
        DROP INDEX staged_in_order;
        CREATE INDEX staged_in_order ON staged (run, linked DESC, turn, source_id, record);
        """
}
