package import Accounts
import Foundation
package import JSON
package import Roster

extension JSONArrayWriter {
    /// Writes one row of an account's history; a creation has no field.
    package mutating func history(_ row: DatedHistoryEntry) {
        object { $0.history(row) }
    }

    /// Writes one change as the history of an account shows it, and whose it is where a pupil's.
    package mutating func history(_ line: HistoryLine) {
        object { member in
            member.history(line.change)
            member.member("student", ifPresent: line.student)
        }
    }
}

extension JSONObjectWriter {
    fileprivate mutating func history(_ row: DatedHistoryEntry) {
        member("at", row.at.iso8601)
        member("run", row.run.map { String($0.value) })
        member("cause", row.cause.rawValue)
        member("field", row.entry.shownField)
        member("from", row.entry.shownFrom)
        member("to", row.entry.shownTo)
    }
}

extension Timestamp {
    /// As in `2026-09-01T08:15:00.000Z`.
    package var iso8601: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
