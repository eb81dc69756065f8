package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes pins as one list.
    package mutating func pins(_ pins: [Pin]) {
        array("pins") { list in
            for pin in pins { list.object { $0.pin(pin) } }
        }
    }

    private mutating func pin(_ pin: Pin) {
        member("field", pin.field?.rawValue)
        switch pin.against {
        case .everything: member("against", "everything")
        case .value(let value):
            member("against", "value")
            member("value", value)
        }
        member("until", pin.until?.description)
        member("because", pin.because)
    }
}
