internal import Roster

/// Which fields a school's permissions grant.
struct Permissions {
    private var verdicts: [PermissionSubject: Grant] = [:]

    /// What `records` say on `today`; of several about one thing, one refusal refuses.
    init(_ records: [PermissionRecord], today: Day) {
        for record in records {
            let verdict = record.verdict(on: today)
            guard verdict != .unknown, let subject = PermissionSubject(identity: record.identity)
            else { continue }
            if verdicts[subject] != .denied { verdicts[subject] = verdict }
        }
    }

    /// Whether the school refuses what `topic` is about, of people of `kind`.
    func denies(_ topic: PermissionTopic, of kind: PersonKind) -> Bool {
        has(.denied, topic, of: kind)
    }

    /// The grants of the fields of people of `kind` about which something is known.
    func grants(of kind: PersonKind, hasClasses: Bool) -> [SourceField: Grant] {
        var grants: [SourceField: Grant] = [:]
        for field in kind.fields {
            let topics = PermissionTopic.granting(field, hasClasses: hasClasses)
            if (topics + [.people]).contains(where: { denies($0, of: kind) }) {
                grants[field] = .denied
            } else if topics.contains(where: { has(.granted, $0, of: kind) }) {
                grants[field] = .granted
            }
        }
        return grants
    }

    /// Whether the school's permission says so, be it about the kind alone or about everybody.
    private func has(_ verdict: Grant, _ topic: PermissionTopic, of kind: PersonKind) -> Bool {
        verdicts[PermissionSubject(kind: kind, topic: topic)] == verdict
            || verdicts[PermissionSubject(kind: nil, topic: topic)] == verdict
    }
}

/// What a permission is about.
enum PermissionTopic: Sendable, Hashable {
    /// The people themselves.
    case people
    case contactDetails
    /// The details of an employment, or of a pupil's education.
    case standing
    case classes
    case groups
    case field(SourceField)

    /// The permissions of which each one alone shows `field`, unless another refuses it.
    static func granting(_ field: SourceField, hasClasses: Bool) -> [PermissionTopic] {
        switch field {
        case .title, .forename, .surname, .initials: [.field(field), .people]
        case .email, .phone, .address: [.field(field), .contactDetails]
        case .standing, .teachingStaff: [.field(field), .standing]
        case .classes: [hasClasses ? .classes : .groups]
        case .roles, .managers, .subjects, .contacts: [.field(field)]
        }
    }
}

/// What a permission is about, and of whom.
///
/// The identities of Wonde's permissions are not public, so they are recognised by the words that
/// any wording must contain, such as `employee` and `email`.
private struct PermissionSubject: Hashable {
    /// Nil where it is about the school.
    let kind: PersonKind?
    let topic: PermissionTopic

    init(kind: PersonKind?, topic: PermissionTopic) {
        self.kind = kind
        self.topic = topic
    }

    /// Nil where the permission is about something else or not recognised.
    init?(identity: String) {
        let words = identity.words.filter { $0 != "read" }
        let others = ["lesson", "absence", "nextofkin"]
        guard !others.contains(where: { words.joined().contains($0) }) else { return nil }
        guard let place = words.indices.first(where: { Self.kind(at: $0, of: words) != nil }),
            let kind = Self.kind(at: place, of: words)
        else {
            guard let topic = Self.topic(ofSchool: words.joined()) else { return nil }
            self.init(kind: nil, topic: topic)
            return
        }
        var rest = words
        rest.remove(at: place)
        if kind == .student, ["contact", "contacts", "parents"].contains(rest.joined()) {
            self.init(kind: kind, topic: .field(.contacts))
            return
        }
        // What is said of a pupil's parents is said of parents.
        let isOfOthers = rest.indices.contains { other in
            Self.kind(at: other, of: rest).map { $0 != kind } ?? false
        }
        guard !isOfOthers, let topic = Self.topic(ofPeople: rest.joined()) else { return nil }
        self.init(kind: kind, topic: topic)
    }

    /// The kind of people that a word names; the contact of contact details is nobody.
    private static func kind(at place: Int, of words: [String]) -> PersonKind? {
        switch words[place] {
        case "employee", "employees", "staff": return .staff
        case "student", "students", "pupil", "pupils": return .student
        case "contact", "contacts", "parent", "parents", "guardian", "guardians":
            let next = words.index(after: place)
            return next < words.endIndex && words[next] == "details" ? nil : .contact
        default: return nil
        }
    }

    private static func topic(ofSchool words: String) -> PermissionTopic? {
        switch words {
        case "class", "classes": .classes
        case "group", "groups": .groups
        case "subject", "subjects": .field(.subjects)
        default: nil
        }
    }

    private static func topic(ofPeople words: String) -> PermissionTopic? {
        switch words {
        case "": .people
        case "contactdetails": .contactDetails
        case "employment", "employmentdetails", "education", "educationdetails": .standing
        case _ where words.contains("legal"): nil
        default: marks.first { words.contains($0.word) }?.topic
        }
    }

    /// The first that occurs decides, so `emailaddress` is no address and `jobtitle` no title.
    private static let marks: [(word: String, topic: PermissionTopic)] = [
        ("email", .field(.email)), ("phone", .field(.phone)), ("address", .field(.address)),
        ("teachingstaff", .field(.teachingStaff)), ("current", .field(.standing)),
        ("leavingdate", .field(.standing)), ("hierarchy", .field(.managers)),
        ("linemanage", .field(.managers)), ("role", .field(.roles)), ("jobtitle", .field(.roles)),
        ("class", .classes), ("group", .groups), ("initial", .field(.initials)),
        ("title", .field(.title)), ("forename", .field(.forename)),
        ("firstname", .field(.forename)), ("surname", .field(.surname)),
        ("lastname", .field(.surname)),
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
