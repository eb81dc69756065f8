internal import Foundation

/// A colour as pages write it, `#rrggbb`, and nothing else: it is put into styles as it is.
package struct MailColour: Sendable, Hashable {
    private let red: UInt8
    private let green: UInt8
    private let blue: UInt8

    /// A dark blue, for tenants that have chosen none.
    package static let standard = MailColour(red: 0x1D, green: 0x4F, blue: 0x91)

    private init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// A colour from `#1d4f91`, or nil where the text is none.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }),
            let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        red = UInt8(truncatingIfNeeded: value >> 16)
        green = UInt8(truncatingIfNeeded: value >> 8)
        blue = UInt8(truncatingIfNeeded: value)
    }

    /// The colour as it is written in a style.
    package var text: String {
        let digits = Array("0123456789abcdef")
        return [red, green, blue].reduce(into: "#") { text, part in
            text.append(digits[Int(part >> 4)])
            text.append(digits[Int(part & 15)])
        }
    }

    /// Black or white, whichever is read more easily on this colour.
    package var readable: String {
        // WCAG's contrast is that of brightness plus 0.05; the two are equal at 0.179.
        brightness > 0.179 ? "#000000" : "#ffffff"
    }

    private var brightness: Double {
        func linear(_ part: UInt8) -> Double {
            let share = Double(part) / 255
            return share > 0.04045 ? pow((share + 0.055) / 1.055, 2.4) : share / 12.92
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
