extension Schema {
    /// What of an account stays as it is, and what it takes to put a change back exactly.
    ///
    /// Changes of a line manager name accounts without a foreign key: history outlives them.
    static let pins = """
        ALTER TABLE account ADD COLUMN pins TEXT CHECK (pins <> '');
        ALTER TABLE history ADD COLUMN old_account INTEGER;
        ALTER TABLE history ADD COLUMN new_account INTEGER;
        ALTER TABLE history ADD COLUMN given BLOB;
        CREATE INDEX history_by_run ON history (run) WHERE run IS NOT NULL;
        """
}
