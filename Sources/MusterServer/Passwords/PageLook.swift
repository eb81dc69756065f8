import Accounts
import Foundation
import Muster
import Roster

/// In whose name and colour a page is shown.
struct PageLook: Sendable, Hashable {
    /// What the tenant calls itself.
    var name: String
    /// Its colour, as six hexadecimal digits.
    var colour: String
    /// The school in addresses, by its id; nil where none is known.
    var school: String?

    /// The look of nobody in particular.
    static let plain = PageLook(name: "Your account", colour: Self.blue, school: nil)

    private static let blue = "1f4e79"

    /// The look of `school` by the policy of its tenant.
    init(of school: ConnectedSchool, _ policy: Policy) {
        name = policy.displayName ?? school.school.name
        colour = policy.colour ?? Self.blue
        self.school = school.school.id
    }

    private init(name: String, colour: String, school: String?) {
        self.name = name
        self.colour = colour
        self.school = school
    }

    /// The style sheet of a page in `colour`; nil where that is no colour.
    static func styleSheet(_ colour: String) -> String? {
        guard colour.utf8.count == 6, colour.first?.isHexDigit ?? false,
            let value = UInt32(colour, radix: 16)
        else { return nil }
        let text = isLight(value) ? "#000" : "#fff"
        // A light colour on the white page cannot be read, so links are dark then.
        let link = isLight(value) ? "#1f3a5f" : "#\(colour)"
        return """
            :root { color-scheme: light; }
            * { box-sizing: border-box; }
            body { margin: 0; background: #f3f4f6; color: #1b1b1b;
              font: 1.0625rem/1.5 system-ui, sans-serif; }
            header { background: #\(colour); color: \(text); padding: 1rem; text-align: center;
              font-weight: 600; overflow-wrap: anywhere; }
            main { max-width: 28rem; margin: 1.5rem auto; padding: 1.5rem; background: #fff;
              border-radius: .5rem; box-shadow: 0 1px 4px #0003; }
            h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem; }
            label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
            .hint { margin: 0 0 .25rem; color: #4a4a4a; font-size: .95rem; }
            input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit;
              border: 1px solid #6b6b6b; border-radius: .375rem; background: #fff; color: #1b1b1b; }
            input[readonly] { background: #f3f4f6; border-color: #8a8a8a; }
            input:focus, button:focus, a:focus { outline: 3px solid #1b1b1b; outline-offset: 2px; }
            button { width: 100%; min-height: 2.75rem; margin-top: 1.5rem; padding: .5rem 1rem;
              font: inherit; font-weight: 600; color: \(text); background: #\(colour);
              border: 2px solid \(text == "#000" ? "#000" : "#\(colour)"); border-radius: .375rem;
              cursor: pointer; }
            .trouble { border-left: 4px solid #b00020; background: #fdecee; padding: .75rem;
              margin: 0 0 1rem; }
            a { color: \(link); }
            main > :last-child { margin-bottom: 0; }
            @media (max-width: 30rem) {
              body { background: #fff; }
              main { margin: 0; border-radius: 0; box-shadow: none; }
            }

            """
    }

    /// Whether black stands out from it more than white, as WCAG measures contrast: of the two the
    /// better one always reaches 4.5.
    private static func isLight(_ colour: UInt32) -> Bool {
        let parts = [colour >> 16 & 255, colour >> 8 & 255, colour & 255].map { part in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        let light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        // (light + 0.05) / 0.05 > 1.05 / (light + 0.05)
        return (light + 0.05) * (light + 0.05) > 1.05 * 0.05
    }
}
