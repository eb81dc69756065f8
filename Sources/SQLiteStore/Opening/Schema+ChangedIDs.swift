extension Schema {
    /// Whose ids a run found changed: a list of lists, one by school and kind.
    ///
    /// Earlier versions did not keep it. What they held without having read everybody to the end
    /// may have been that: of everybody then, until the next sync reads everybody.
    static let changedIDs = #"""
        ALTER TABLE run ADD COLUMN changed_ids TEXT NOT NULL DEFAULT '';
        UPDATE run SET changed_ids = (
            SELECT ifnull(group_concat(part || char(10), ''), '') FROM (
                SELECT DISTINCT school || '\n' || kind || '\n0\n' AS part
                FROM record WHERE connection = run.connection))
        WHERE state = 'held' AND kind = 'full' AND is_preview = 0 AND is_complete = 0;
        """#
}
