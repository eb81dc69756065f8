extension Int {
    /// So many people, in words for a sentence.
    package var people: String { self == 1 ? "1 person" : "\(self) people" }

    /// The word of a sentence that goes with so many: `one` with one, else `many`.
    package func word(_ one: String, _ many: String) -> String { self == 1 ? one : many }
}
