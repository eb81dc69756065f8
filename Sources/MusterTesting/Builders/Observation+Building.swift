public import Roster

extension ConnectionID {
    /// The connection of examples: the first that a store hands out.
    public static let example = ConnectionID(1)
}

extension SchoolKey {
    /// The school of examples.
    public static let example = SchoolKey(connection: .example, school: "A1000000001")
}

extension SchoolDescription {
    /// The school of examples.
    public static let example = SchoolDescription(
        id: SchoolKey.example.school,
        name: "Alder Park School",
        timeZone: "Europe/London"
    )
}

extension Capabilities {
    /// A source that delivers every field.
    public static var everything: Capabilities {
        var capabilities = Capabilities(provider: "Example MIS")
        for kind in PersonKind.allCases {
            for field in SourceField.allCases { capabilities[kind].grants[field] = .granted }
        }
        return capabilities
    }
}

extension SourceKey {
    /// The record of a member of staff.
    public static func staff(_ id: String, in school: SchoolKey = .example) -> SourceKey {
        SourceKey(school: school, kind: .staff, id: id)
    }

    /// The record of a pupil.
    public static func student(_ id: String, in school: SchoolKey = .example) -> SourceKey {
        SourceKey(school: school, kind: .student, id: id)
    }
}

extension TeachingClass {
    /// A class of a school, called by its id unless named.
    public static func example(
        _ id: String,
        name: String? = nil,
        in school: SchoolKey = .example
    )
        -> TeachingClass
    {
        TeachingClass(key: ClassKey(school: school, id: id), name: name ?? id)
    }
}

extension Observation {
    /// A current member of staff of whom the source says everything; what is left out is empty,
    /// and the address is `ID@school.example`.
    public static func staff(
        _ id: String,
        title: String? = nil,
        forename: String = "Amara",
        surname: String = "Abdi",
        email: String? = nil,
        roles: [String] = [],
        managers: [String] = [],
        classes: [ClassMembership] = [],
        in school: SchoolKey = .example,
        sequence: Int64 = 0
    ) -> Observation {
        var observation = Observation(
            key: .staff(id, in: school),
            sequence: sequence,
            standing: .current
        )
        observation.title = title.map { .value($0) } ?? .empty
        observation.forename = .value(forename)
        observation.surname = .value(surname)
        observation.initials = .empty
        observation.email = .value(email ?? "\(id.lowercased())@school.example")
        observation.phone = .empty
        observation.address = .empty
        observation.teachingStaff = .value(!classes.isEmpty)
        observation.roles = .list(roles.map { StaffRole(title: $0) })
        observation.managers = .list(managers.map { ManagerEntry(key: .staff($0, in: school)) })
        observation.classes = .list(classes)
        return observation
    }

    /// The same with a change.
    public func with(_ change: (inout Observation) -> Void) -> Observation {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Observed {
    /// A list as a source states it: without elements it is stated as none.
    public static func list<Element>(_ elements: [Element]) -> Observed where Value == [Element] {
        elements.isEmpty ? .empty : .value(elements)
    }
}
