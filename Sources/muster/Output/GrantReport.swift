import Accounts
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
        let all = SourceField.allCases.filter { $0 != .contacts }
        let never = all.filter { capabilities.neverByProvider.contains($0) }
        let rest = all.filter { asked.contains($0) && !never.contains($0) }
        func fields(_ grants: Set<Grant>) -> [SourceField] {
            rest.filter { grants.contains(capabilities.grants[$0, default: .unknown]) }
        }
        Self.add("Granted", fields([.granted, .seenFilled]), "", to: &lines)
        Self.add("Not granted", fields([.denied]), "; ask the school to share it", to: &lines)
        Self.add("Not known before the first sync", fields([.unknown]), "", to: &lines)
        Self.add("Never delivered by this MIS", never, "", to: &lines)
        Self.add(
            "Not asked for",
            all.filter { !asked.contains($0) && !never.contains($0) },
            "; connect with --also to have it",
            to: &lines
        )
        if !capabilities.hasClasses, !capabilities.neverByProvider.contains(.classes) {
            lines.append("The school keeps no classes; registration and year groups stand in.")
        }
        self.lines = lines
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

extension SourceField {
    fileprivate var words: String {
        switch self {
        case .standing: "who is current"
        case .title: "titles"
        case .forename: "forenames"
        case .surname: "surnames"
        case .initials: "initials"
        case .email: "work e-mail addresses"
        case .phone: "work telephone numbers"
        case .address: "postal addresses"
        case .teachingStaff: "who teaches"
        case .roles: "job titles"
        case .managers: "line managers"
        case .classes: "classes"
        case .subjects: "subjects"
        case .contacts: "parents and carers"
        }
    }
}
