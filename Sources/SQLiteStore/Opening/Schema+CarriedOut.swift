extension Schema {
    /// Which plan an approval carries out; of those of earlier versions it is not known.
    static let carriedOut = "ALTER TABLE run ADD COLUMN carries_out TEXT;"
}
