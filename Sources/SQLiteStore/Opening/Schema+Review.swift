extension Schema {
    /// What people said of records without an account, and what runs remarked on.
    static let review = """
        ALTER TABLE unlinked ADD COLUMN dismissal TEXT CHECK (dismissal <> '');
        ALTER TABLE run ADD COLUMN remarks TEXT NOT NULL DEFAULT '';
        """
}
