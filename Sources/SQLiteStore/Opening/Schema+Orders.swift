extension Schema {
    /// What a run was asked to do, in words; of those of earlier versions it is not known, and they
    /// count as having read everybody and applied it.
    static let orders = "ALTER TABLE run ADD COLUMN asked TEXT NOT NULL DEFAULT '';"
}
