import Accounts
import Roster

/// Pins in one column: five texts each, of which the second says how the third is meant.
extension Pin {
    /// The stored form of `pins`.
    static func stored(_ pins: [Pin]) -> String {
        StoredList.encode(
            pins.flatMap { pin in
                let (scope, value): (String, String) =
                    switch pin.against {
                    case .everything: ("everything", "")
                    case .value(nil): ("none", "")
                    case .value(let value?): ("value", value)
                    }
                let because = pin.because.map { "=\($0)" } ?? ""
                return [
                    pin.field?.rawValue ?? "", scope, value, pin.until?.description ?? "", because,
                ]
            }
        )
    }

    /// The pins that are stored as `stored`.
    static func read(_ stored: String, of account: Int64) throws -> Set<Pin> {
        let texts = StoredList.decode(stored)
        guard texts.count.isMultiple(of: 5) else {
            throw DamagedRow(subject: "the pins of account \(account)")
        }
        return Set(
            try stride(from: 0, to: texts.count, by: 5).map { start in
                guard let pin = Pin(texts[start..<start + 5]) else {
                    throw DamagedRow(subject: "the pins of account \(account)")
                }
                return pin
            }
        )
    }

    private init?(_ texts: ArraySlice<String>) {
        let texts = Array(texts)
        let field = texts[0].isEmpty ? nil : Field(rawValue: texts[0])
        let until = texts[3].isEmpty ? nil : Day(texts[3])
        guard (field == nil) == texts[0].isEmpty, (until == nil) == texts[3].isEmpty else {
            return nil
        }
        let against: PinnedAgainst
        switch texts[1] {
        case "everything": against = .everything
        case "none": against = .value(nil)
        case "value": against = .value(texts[2])
        default: return nil
        }
        let because = texts[4].isEmpty ? nil : String(texts[4].dropFirst())
        self.init(field, against: against, until: until, because: because)
    }
}
