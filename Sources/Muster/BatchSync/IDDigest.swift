/// 128 bits of an id, so that a million people fit in a few megabytes.
struct IDDigest: Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ id: String) {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x9e37_79b9_7f4a_7c15
        for byte in id.utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second &+ UInt64(byte) &+ 1) &* 0xff51_afd7_ed55_8ccd
            second ^= second >> 32
        }
        high = first
        low = second
    }

    /// Half of it, of both halves.
    var mixed: UInt64 { high ^ low }
}
