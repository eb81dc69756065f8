/// The bytes that mean something in JSON.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let one: UInt8 = 0x31
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let upperA: UInt8 = 0x41
    static let upperF: UInt8 = 0x46
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let lowerA: UInt8 = 0x61
    static let lowerB: UInt8 = 0x62
    static let lowerE: UInt8 = 0x65
    static let lowerF: UInt8 = 0x66
    static let lowerN: UInt8 = 0x6E
    static let lowerR: UInt8 = 0x72
    static let lowerT: UInt8 = 0x74
    static let lowerU: UInt8 = 0x75
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    /// Setting this bit turns `E` into `e`.
    static let caseBit: UInt8 = 0x20

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- zero < 10
    }

    /// The worth of a hexadecimal digit in either case; nil for any other byte.
    static func hexadecimalValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case zero...nine: UInt16(byte &- zero)
        case lowerA...lowerF: UInt16(byte &- lowerA &+ 10)
        case upperA...upperF: UInt16(byte &- upperA &+ 10)
        default: nil
        }
    }

    /// The digit for `value`, 0 to 15, in lower case.
    static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? zero &+ value : lowerA &+ value &- 10
    }
}
