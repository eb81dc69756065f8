extension Schema {
    /// Whether the source counted no more people than a run listed.
    ///
    /// Earlier versions called a run whose list was shorter incomplete, and one whose source did not
    /// say how many complete.
    static let countedLists = #"""
        ALTER TABLE run ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1
            CHECK (is_counted IN (0, 1));
        """#
}
