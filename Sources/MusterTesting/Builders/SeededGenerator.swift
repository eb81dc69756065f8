/// Random numbers that a seed repeats: SplitMix64.
public struct SeededGenerator: RandomNumberGenerator, Sendable, CustomStringConvertible {
    /// What to pass to get the same numbers again.
    public let seed: UInt64
    private var state: UInt64

    /// The numbers that `seed` gives.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` times.
    public mutating func oneIn(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }

    /// One of `choices`, or nil where there are none; a set must be sorted first, or a seed does
    /// not repeat.
    public mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.randomElement(using: &self)
    }

    /// How to get the same numbers again, for the message of a failure.
    public var description: String { "seed \(seed)" }
}
