import Accounts
import JSON
import Muster
import Roster

/// Pins, for people.
enum PinReport {
    /// As in `surname is pinned until 2026-09-01 (she asked for it)`.
    static func text(_ pin: Pin) -> String {
        var text = "\(pin.field?.rawValue ?? "everything") is pinned"
        switch pin.against {
        case .everything: break
        case .value(nil): text += " while the MIS has none"
        case .value(let value?): text += " while the MIS says \(TerminalText.line(value))"
        }
        if let until = pin.until { text += " until \(until)" }
        if let because = pin.because { text += " (\(TerminalText.line(because)))" }
        return text
    }
}

extension JSONObjectWriter {
    /// Writes the members of an account, and its pins where it has some.
    mutating func pinned(_ summary: AccountSummary) {
        account(summary)
        if !summary.account.pins.isEmpty { pins(summary.account.sortedPins) }
    }
}
