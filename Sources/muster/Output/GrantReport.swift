import Accounts
import Muster
import Roster

/// What a school grants and what it lacks, in words.
struct GrantReport {
    let lines: [String]

    init(_ connection: Connection, asked: Set<SourceField>) {
        let capabilities = connection.capabilities
        var lines: [String] = []
        let names = connection.schools.map(\.name).joined(separator: ", ")
        lines.append(
            "\(names): the MIS is \(capabilities.provider ?? "not named by the source")."
        )
        let never = capabilities.neverByProvider
        for school in connection.schools {
            for kind in connection.kinds {
                let name = connection.kinds.count > 1 ? " of \(kind.people)" : ""
                Self.add(kind, name, capabilities[kind, in: school.id], never, asked, to: &lines)
            }
        }
        let hasNoClasses = connection.schools.contains { school in
            connection.kinds.contains { !capabilities[$0, in: school.id].hasClasses }
        }
        if hasNoClasses, !capabilities.neverByProvider.contains(.classes) {
            lines.append("The school keeps no classes; registration and year groups stand in.")
        }
        self.lines = lines
    }

    /// What is granted of people of one kind in one school; `name` is said where there are more.
    private static func add(
        _ kind: PersonKind,
        _ name: String,
        _ known: KindCapabilities,
        _ neverByProvider: Set<SourceField>,
        _ asked: Set<SourceField>,
        to lines: inout [String]
    ) {
        let never = kind.fields.filter(neverByProvider.contains)
        let rest = kind.fields.filter { asked.contains($0) && !never.contains($0) }
        func fields(_ grants: Set<Grant>) -> [SourceField] {
            rest.filter { grants.contains(known.grants[$0, default: .unknown]) }
        }
        add("Granted\(name)", fields([.granted, .seenFilled]), "", to: &lines)
        add("Not granted\(name)", fields([.denied]), "; ask the school to share it", to: &lines)
        add("Not known\(name) before the first sync", fields([.unknown]), "", to: &lines)
        add("Never delivered\(name) by this MIS", never, "", to: &lines)
        let unasked = kind.fields.filter { !asked.contains($0) && !never.contains($0) }
        add(
            "Not asked for\(name)",
            unasked.filter { $0 != .contacts },
            "; connect with --also to have it",
            to: &lines
        )
        add(
            "Not asked for\(name)",
            unasked.filter { $0 == .contacts },
            "; connect with --people students,contacts to have them",
            to: &lines
        )
    }

    private static func add(
        _ title: String,
        _ fields: [SourceField],
        _ advice: String,
        to lines: inout [String]
    ) {
        guard !fields.isEmpty else { return }
        lines.append("\(title): \(fields.map(\.words).joined(separator: ", "))\(advice).")
    }
}
