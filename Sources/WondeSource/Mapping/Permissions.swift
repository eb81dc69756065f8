internal import Roster

/// Which fields a school's permissions grant.
struct Permissions {
    private var verdicts: [PermissionTopic: Grant] = [:]

    /// What `records` say on `today`; of several about one thing, one refusal refuses.
    init(_ records: [PermissionRecord], today: Day) {
        for record in records {
            let verdict = record.verdict(on: today)
            guard verdict != .unknown, let topic = PermissionTopic(identity: record.identity) else {
                continue
            }
            if verdicts[topic] != .denied { verdicts[topic] = verdict }
        }
    }

    /// Whether the school refuses what `topic` is about.
    func denies(_ topic: PermissionTopic) -> Bool { verdicts[topic] == .denied }

    /// The grants of the fields about which something is known.
    func grants(hasClasses: Bool) -> [SourceField: Grant] {
        var grants: [SourceField: Grant] = [:]
        for field in SourceField.allCases {
            let topics = PermissionTopic.granting(field, hasClasses: hasClasses)
            if (topics + [.employees]).contains(where: { verdicts[$0] == .denied }) {
                grants[field] = .denied
            } else if topics.contains(where: { verdicts[$0] == .granted }) {
                grants[field] = .granted
            }
        }
        return grants
    }
}

/// What a permission is about.
///
/// The identities of Wonde's permissions are not public, so they are recognised by the words that
/// any wording must contain, such as `employee` and `email`.
enum PermissionTopic: Sendable, Hashable {
    case employees
    case contactDetails
    case employment
    case classes
    case groups
    case field(SourceField)

    /// The permissions of which each one alone shows `field`, unless another refuses it.
    static func granting(_ field: SourceField, hasClasses: Bool) -> [PermissionTopic] {
        switch field {
        case .title, .forename, .surname, .initials: [.field(field), .employees]
        case .email, .phone, .address: [.field(field), .contactDetails]
        case .standing, .teachingStaff: [.field(field), .employment]
        case .classes: [hasClasses ? .classes : .groups]
        case .roles, .managers, .subjects, .contacts: [.field(field)]
        }
    }

    /// Nil where the permission is about something else or not recognised.
    init?(identity: String) {
        var words = identity.words.filter { $0 != "read" }
        let joined = words.joined()
        let others = ["student", "pupil", "parent", "guardian", "lesson", "absence", "nextofkin"]
        guard !others.contains(where: { joined.contains($0) }) else { return nil }
        let staff = words.firstIndex { $0 == "employee" || $0 == "employees" }
        if let place = staff ?? words.firstIndex(of: "staff") {
            words.remove(at: place)
            self.init(ofEmployees: words.joined())
        } else {
            self.init(ofSchool: joined)
        }
    }

    private init?(ofSchool words: String) {
        switch words {
        case "class", "classes": self = .classes
        case "group", "groups": self = .groups
        case "subject", "subjects": self = .field(.subjects)
        default: return nil
        }
    }

    private init?(ofEmployees words: String) {
        switch words {
        case "": self = .employees
        case "contactdetails": self = .contactDetails
        case "employment", "employmentdetails": self = .employment
        case _ where words.contains("legal"): return nil
        default:
            guard let mark = Self.marks.first(where: { words.contains($0.word) }) else {
                return nil
            }
            self = mark.topic
        }
    }

    /// The first that occurs decides, so `emailaddress` is no address and `jobtitle` no title.
    private static let marks: [(word: String, topic: PermissionTopic)] = [
        ("email", .field(.email)), ("phone", .field(.phone)), ("address", .field(.address)),
        ("teachingstaff", .field(.teachingStaff)), ("current", .field(.standing)),
        ("hierarchy", .field(.managers)), ("linemanage", .field(.managers)),
        ("role", .field(.roles)), ("jobtitle", .field(.roles)), ("class", .classes),
        ("group", .groups), ("initial", .field(.initials)), ("title", .field(.title)),
        ("forename", .field(.forename)), ("firstname", .field(.forename)),
        ("surname", .field(.surname)), ("lastname", .field(.surname)),
    ]
}

extension String {
    /// The words in lower case, parted by anything but letters or by a capital after a small one.
    fileprivate var words: [String] {
        var words = [""]
        var isAfterSmall = false
        for character in self {
            if !character.isLetter || character.isUppercase && isAfterSmall { words.append("") }
            if character.isLetter { words[words.count - 1] += character.lowercased() }
            isAfterSmall = character.isLowercase
        }
        return words.filter { !$0.isEmpty }
    }
}

extension PermissionRecord {
    /// What it says on `today`; one that only holds later says nothing yet.
    fileprivate func verdict(on today: Day) -> Grant {
        if declined == true { return .denied }
        guard let approved else { return .unknown }
        if approved, case .day(let first) = activeFrom, today < first { return .unknown }
        return approved ? .granted : .denied
    }
}
