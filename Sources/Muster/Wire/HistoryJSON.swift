package import Accounts
import Foundation
package import JSON
package import Roster

extension JSONArrayWriter {
    /// Writes one row of an account's history; a creation has no field.
    package mutating func history(_ row: DatedHistoryEntry) {
        object { member in
            member.member("at", row.at.iso8601)
            member.member("run", row.run.map { String($0.value) })
            member.member("cause", row.cause.rawValue)
            member.member("field", row.entry.field?.rawValue)
            member.member("from", row.entry.from)
            member.member("to", row.entry.to)
        }
    }
}

extension Timestamp {
    /// As in `2026-09-01T08:15:00.000Z`.
    package var iso8601: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
