/// A small random sequence that is the same on every machine for the same seed.
///
/// The steps are those of SplitMix64. It is not for secrets.
struct SeededRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `limit`.
    mutating func below(_ limit: Int) -> Int {
        precondition(limit > 0, "a random number needs a positive limit")
        return Int(next() % UInt64(limit))
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True about `share` times in a hundred.
    mutating func percent(_ share: Int) -> Bool {
        below(100) < share
    }

    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[below(list.count)]
    }
}
