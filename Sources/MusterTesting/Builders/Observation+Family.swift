public import Roster

extension SourceKey {
    /// The record of a parent or carer.
    public static func contact(_ id: String, in school: SchoolKey = .example) -> SourceKey {
        SourceKey(school: school, kind: .contact, id: id)
    }
}

extension ContactEntry {
    /// The contact `id`, who is a parent with responsibility unless said otherwise.
    public static func example(
        _ id: String,
        _ relationship: String? = "Parent",
        responsible: Bool? = true,
        in school: SchoolKey = .example
    ) -> ContactEntry {
        ContactEntry(
            key: .contact(id, in: school),
            relationship: relationship,
            parentalResponsibility: responsible
        )
    }
}

extension Observation {
    /// A current pupil of whom the source says her names, her address, her classes and who is
    /// responsible for her; what is left out is empty, and the address is `ID@school.example`.
    public static func student(
        _ id: String,
        forename: String = "Niamh",
        surname: String = "O'Hara",
        email: String? = nil,
        classes: [ClassMembership] = [],
        contacts: [ContactEntry] = [],
        in school: SchoolKey = .example,
        sequence: Int64 = 0
    ) -> Observation {
        Observation.of(.student(id, in: school), forename, surname, email, sequence).with {
            $0.classes = .list(classes)
            $0.contacts = .list(contacts)
        }
    }

    /// A parent or carer of whom the source says her names and her address, which is
    /// `ID@home.example`.
    public static func contact(
        _ id: String,
        forename: String = "Siân",
        surname: String = "Patel",
        email: String? = nil,
        in school: SchoolKey = .example,
        sequence: Int64 = 0
    ) -> Observation {
        let address = email ?? "\(id.lowercased())@home.example"
        return Observation.of(.contact(id, in: school), forename, surname, address, sequence)
    }

    private static func of(
        _ key: SourceKey,
        _ forename: String,
        _ surname: String,
        _ email: String?,
        _ sequence: Int64
    ) -> Observation {
        var observation = Observation(key: key, sequence: sequence, standing: .current)
        observation.forename = .value(forename)
        observation.surname = .value(surname)
        observation.email = .value(email ?? "\(key.id.lowercased())@school.example")
        return observation
    }
}
