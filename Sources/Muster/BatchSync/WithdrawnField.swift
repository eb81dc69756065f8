package import Accounts
public import Roster

/// A field that people of one kind showed before and nobody shows any more.
public struct WithdrawnField: Sendable, Hashable {
    /// The school.
    public var school: SchoolDescription
    /// The kind of people.
    public var kind: PersonKind
    /// The field.
    public var field: SourceField

    /// `field` of people of `kind` in `school`.
    package init(school: SchoolDescription, kind: PersonKind, field: SourceField) {
        self.school = school
        self.kind = kind
        self.field = field
    }

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        "The MIS shows no \(field.words) of \(kind.people) of \(school.name) any more, so what was known stays as it is; if the school took that permission back, ask it to share \(field.words) of \(kind.people) with this application again."
    }
}

extension Connection {
    /// What people of its schools show no more, as the last sync learnt.
    package var withdrawn: [WithdrawnField] {
        schools.flatMap { school in
            kinds.flatMap { kind in
                capabilities[kind, in: school.id].withdrawn
                    .intersection(kind.fields)
                    .sorted { $0.rawValue < $1.rawValue }
                    .map { WithdrawnField(school: school, kind: kind, field: $0) }
            }
        }
    }
}

extension SourceField {
    /// What people call it, in the plural.
    package var words: String {
        switch self {
        case .standing: "who is current"
        case .title: "titles"
        case .forename: "forenames"
        case .surname: "surnames"
        case .initials: "initials"
        case .email: "e-mail addresses"
        case .phone: "telephone numbers"
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
