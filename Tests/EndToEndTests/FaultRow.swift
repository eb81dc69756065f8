import MISEmulator
import Muster
import Testing

/// A fault in the middle of a list, and how a batch that meets it must end.
struct FaultRow: Sendable, CustomStringConvertible {
    let fault: Fault
    var state = SyncState.failed
    /// Words that say it; empty where there is nothing to say.
    let says: String
    /// The longest a page may take; nil for as long as it wants.
    var pageTimeout: Duration?

    var description: String { "\(fault.kind.rawValue) \(fault.status.map(String.init) ?? "")" }

    static let all: [FaultRow] = [
        FaultRow(fault: Fault(.status, status: 401), says: "does not accept the token (401)"),
        FaultRow(fault: Fault(.status, status: 403), says: "may not read the staff"),
        FaultRow(fault: Fault(.status, status: 404), says: "knows no school"),
        FaultRow(fault: Fault(.status, status: 429, retryAfter: 1), says: "asks to wait 1 s"),
        FaultRow(fault: Fault(.status, status: 500), says: "trouble of its own (500)"),
        FaultRow(fault: Fault(.status, status: 503, retryAfter: 1), says: "asks to wait 1 s"),
        FaultRow(fault: Fault(.truncate), says: "broke before the answer was complete"),
        FaultRow(fault: Fault(.resetBody), says: "broke before the answer was complete"),
        FaultRow(fault: Fault(.reset), says: "broke before the answer was complete"),
        FaultRow(fault: Fault(.html), says: "a web page instead of data"),
        FaultRow(fault: Fault(.contentType), state: .completed, says: ""),
        FaultRow(fault: Fault(.malformed), says: "The answer of"),
        FaultRow(fault: Fault(.hugeBody), says: "larger than 64 MiB"),
        FaultRow(fault: Fault(.repeatPage), says: "leads to another page than the one after it"),
        FaultRow(fault: Fault(.missingPage), says: "leads to another page than the one after it"),
        FaultRow(fault: Fault(.hold), says: "did not answer in time", pageTimeout: .seconds(1)),
        FaultRow(fault: Fault(.hang), says: "did not answer in time", pageTimeout: .seconds(1)),
        FaultRow(fault: Fault(.stall), says: "did not answer in time", pageTimeout: .seconds(1)),
        FaultRow(
            fault: Fault(.halfList),
            state: .completed,
            says: "counts 280 staff of Oakfield Academy and listed 45,"
        ),
        FaultRow(
            fault: Fault(.emptyList),
            state: .completed,
            says: "counts 280 staff of Oakfield Academy and listed 42,"
        ),
        FaultRow(
            fault: Fault(.missingID),
            state: .completed,
            says: "A record of the list has no id"
        ),
        FaultRow(fault: Fault(.duplicateID), state: .completed, says: ""),
        FaultRow(fault: Fault(.delay, milliseconds: 20), state: .completed, says: ""),
        FaultRow(
            fault: Fault(.trickle, milliseconds: 1, bytes: 4096),
            state: .completed,
            says: ""
        ),
        FaultRow(
            fault: Fault(.exhausted, times: 1, style: .rateLimit, resetAfter: 1),
            state: .completed,
            says: ""
        ),
    ]
}
