public import Accounts
public import Roster

/// What an observation means for an account on one day, in the account's own terms.
public struct Facts: Sendable, Hashable {
    /// The login name, in lower case.
    public var email: Observed<String>
    /// The fields that hold one text.
    public var texts: [Field: Observed<String>]
    /// Whether the person teaches.
    public var teachingStaff: Observed<Bool>
    /// The line manager of the day.
    public var manager: Observed<SourceKey>
    /// The classes, each once.
    public var classes: Observed<[ClassKey: ClassMembership]>
    /// The parents and carers, each once.
    public var contacts: Observed<[SourceKey: ContactEntry]>
    /// The rights that the jobs of the day give.
    public var privileges: Observed<Set<String>>
    /// Values that cannot be used, and why.
    public var problems: [Field: TextProblem]
    /// The next day on which the same observation means something else.
    public var changesOn: Day?

    /// Reads `observation` as it is meant on `day`.
    public init(of observation: Observation, on day: Day, policy: Policy) {
        var problems: [Field: TextProblem] = [:]
        func line(_ field: Field, _ observed: Observed<String>, limit: Int) -> Observed<String> {
            Facts.clean(observed, problem: &problems[field]) { (raw) throws(TextProblem) in
                try CleanText.line(raw, limit: limit)
            }
        }
        texts = [
            .title: line(.title, observation.title, limit: 50),
            .forename: line(.forename, observation.forename, limit: 200),
            .surname: line(.surname, observation.surname, limit: 200),
            .initials: line(.initials, observation.initials, limit: 20),
            .jobTitle: line(
                .jobTitle,
                Facts.jobTitle(of: observation.roles, on: day),
                limit: 1000
            ),
            .phone: line(.phone, observation.phone, limit: 100),
            .address: line(.address, observation.address, limit: 1000),
        ]
        email = Facts.clean(observation.email, problem: &problems[.email], CleanText.email)
        teachingStaff = observation.teachingStaff
        manager = Facts.manager(among: observation.managers, on: day)
        classes = observation.classes.map(Facts.eachOnce)
        contacts = observation.contacts.map(Facts.eachOnce)
        privileges = observation.roles.map { Facts.rights(of: $0, on: day, policy: policy) }
        self.problems = problems
        let terms =
            (observation.roles.value ?? []).map(\.term)
            + (observation.managers.value ?? []).map(\.term)
        changesOn = terms.compactMap { $0.nextChange(after: day) }.min()
    }

    /// What is said of a field that holds one text, the e-mail address included.
    public subscript(text field: Field) -> Observed<String> {
        field == .email ? email : texts[field] ?? .notSupplied(.notAskedFor)
    }

    /// A blank is not a statement that there is none: a source that means that says `empty`.
    private static func clean(
        _ observed: Observed<String>,
        problem: inout TextProblem?,
        _ read: (String) throws(TextProblem) -> String?
    ) -> Observed<String> {
        guard case .value(let raw) = observed else { return observed }
        do throws(TextProblem) {
            return try read(raw).map(Observed.value) ?? .notSupplied(.notGranted)
        } catch {
            problem = error
            return .notSupplied(.notAskedFor)
        }
    }

    /// The jobs of the day, without repeats, by start and then by text, joined with a comma.
    private static func jobTitle(of roles: Observed<[StaffRole]>, on day: Day) -> Observed<String> {
        guard let all = roles.value else { return roles.map { _ in "" } }
        var seen: Set<String> = []
        let titles =
            all.filter { $0.term.holds(on: day) }
            .map { (start: $0.term.startNumber, title: $0.title.singleSpaced) }
            .sorted { $0 < $1 }
            .map(\.title)
            .filter { !$0.isEmpty && seen.insert($0).inserted }
        return titles.isEmpty ? .empty : .value(titles.joined(separator: ", "))
    }

    /// The rights that the jobs of the day give; their texts compare without case and spacing.
    private static func rights(
        of roles: [StaffRole],
        on day: Day,
        policy: Policy
    ) -> Set<String> {
        if policy.privileges.isEmpty { return [] }
        let titles = Set(
            roles.filter { $0.term.holds(on: day) }.map { $0.title.singleSpaced.lowercased() }
        )
        return policy.privileges.reduce(into: []) { rights, mapping in
            if titles.contains(mapping.key.singleSpaced.lowercased()) {
                rights.formUnion(mapping.value)
            }
        }
    }

    /// The running entry with the latest start; the smaller id where several share it.
    private static func manager(
        among entries: Observed<[ManagerEntry]>,
        on day: Day
    ) -> Observed<SourceKey> {
        switch entries {
        case .notSupplied(let why): return .notSupplied(why)
        case .empty: return .empty
        case .value(let all):
            let chosen = all.filter { $0.term.holds(on: day) }.min {
                let (left, right) = ($0.term.startNumber, $1.term.startNumber)
                return left != right ? right < left : $0.key.id < $1.key.id
            }
            return chosen.map { .value($0.key) } ?? .empty
        }
    }

    private static func eachOnce(
        _ memberships: [ClassMembership]
    ) -> [ClassKey: ClassMembership] {
        Dictionary(memberships.map { ($0.teachingClass.key, $0) }) { first, second in
            first.role.rank <= second.role.rank ? first : second
        }
    }

    /// Of what is said twice of one contact, whatever the order: no responsibility if one says so.
    private static func eachOnce(_ contacts: [ContactEntry]) -> [SourceKey: ContactEntry] {
        let cleaned = contacts.filter { $0.key.kind == .contact }.map { entry in
            var entry = entry
            entry.relationship = entry.relationship.flatMap { try? CleanText.line($0, limit: 100) }
            return entry
        }
        return Dictionary(cleaned.map { ($0.key, $0) }) { one, other in
            let said = [one, other].compactMap(\.parentalResponsibility)
            return ContactEntry(
                key: one.key,
                relationship: [one, other].compactMap(\.relationship).min(),
                parentalResponsibility: said.isEmpty ? nil : !said.contains(false)
            )
        }
    }
}

extension Facts {
    /// Why `observation`, of which they are, can be nobody's account, whatever else is known.
    func reasonNotToImport(_ observation: Observation) -> UnlinkedReason? {
        switch observation.standing {
        case .left: return .left
        case .notYetStarted: return .notYetStarted
        case .current, .unstated: break
        }
        if problems[.email] != nil { return .invalidEmail }
        if email.value == nil { return .noWorkEmail }
        let names: [Field] = [.forename, .surname]
        let isUnusable =
            names.contains { problems[$0] != nil }
            || names.allSatisfy { self[text: $0].value == nil }
        return isUnusable ? .unusableName : nil
    }
}

extension Observation {
    /// The observation without what `facts` could not read in it: that says nothing.
    func usable(by facts: Facts) -> Observation {
        var usable = self
        func drop(_ field: Field, _ path: WritableKeyPath<Observation, Observed<String>>) {
            guard self[keyPath: path].isSupplied, !facts[text: field].isSupplied else { return }
            usable[keyPath: path] = .notSupplied(.notAskedFor)
        }
        drop(.title, \.title)
        drop(.forename, \.forename)
        drop(.surname, \.surname)
        drop(.initials, \.initials)
        drop(.email, \.email)
        drop(.phone, \.phone)
        drop(.address, \.address)
        if facts.problems[.jobTitle] != nil { usable.roles = .notSupplied(.notAskedFor) }
        return usable
    }
}

extension ClassRole {
    /// The weightier role first, where a source names a person twice in one class.
    fileprivate var rank: Int {
        switch self {
        case .mainTeacher: 0
        case .teacher: 1
        case .supervisor: 2
        case .student: 3
        }
    }
}

extension String {
    /// The words of the text with one space between them.
    fileprivate var singleSpaced: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension Term {
    /// Orders terms by their start, open starts first.
    fileprivate var startNumber: Int { start?.number ?? 0 }
}
