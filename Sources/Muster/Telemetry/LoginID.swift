/// What tells the log lines of one login from those of another; says nothing about the person.
public struct LoginID: Sendable, Hashable, CustomStringConvertible {
    /// The number behind it.
    public let value: UInt64

    /// The login with this number.
    public init(_ value: UInt64) { self.value = value }

    /// Sixteen hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * place)) & 0xF
                digits[place] = digit < 10 ? 48 + digit : 87 + digit
            }
            return 16
        }
    }
}
