import Foundation
import GRDB
import Roster

/// Bytes that stand in everything packed that names one of some records, so that SQLite finds it.
///
/// They may stand in other rows too: whoever finds one unpacks it and compares.
struct PackedTraces {
    private static let most = 500

    private let traces: [Data]

    init(of keys: Set<SourceKey>) {
        // Ids are equal however they are composed, so only text that has one form is looked for.
        let unsteady: Set<Character> = ["K", ";", "`"]
        traces = keys.map { key in
            let runs = key.id.split { !$0.isASCII || unsteady.contains($0) }
            return Data((runs.max { $0.utf8.count < $1.utf8.count } ?? "").utf8)
        }
    }

    /// SQL that is true of each `column` that names one of them, with `arguments` from the number
    /// `first` on.
    func condition(on column: String, from first: Int) -> String {
        guard !traces.isEmpty else { return "FALSE" }
        // SQLite compiles no condition of a thousand parts: then every row is unpacked.
        guard traces.count <= Self.most else { return "?\(first) IS NOT NULL" }
        let found = traces.indices.map { "instr(\(column), ?\(first + $0))" }
        return "(\(found.joined(separator: " OR ")))"
    }

    var arguments: StatementArguments {
        StatementArguments(traces.count <= Self.most ? traces : Array(traces.prefix(1)))
    }
}
