internal import Roster

extension PersonMapping {
    /// The classes and what the person is in each.
    func classes(
        _ stated: Stated<[ClassRecord]>
    ) throws(RecordFault)
        -> Observed<[ClassMembership]>
    {
        try list(stated, .classes) { entry throws(RecordFault) in
            ClassMembership(
                teachingClass: try teachingClass(entry, place: "classes"),
                role: role(entry.link)
            )
        }.map(Self.withoutRepeats)
    }

    /// The registration and year groups, which stand in for classes where a school keeps none.
    func groups(
        _ stated: Stated<[ClassRecord]>
    ) throws(RecordFault)
        -> Observed<[ClassMembership]>
    {
        try list(stated, .classes) { entry throws(RecordFault) in
            guard let type = entry.type.value?.uppercased(),
                type == "REGISTRATION" || type == "YEAR"
            else { return nil }
            return ClassMembership(
                teachingClass: try teachingClass(entry, place: "groups"),
                role: role(entry.link)
            )
        }.map(Self.withoutRepeats)
    }

    /// What a link says is said of staff only.
    private func role(_ link: ClassLink) -> ClassRole {
        kind == .student ? .student : link.classRole
    }

    private func teachingClass(
        _ entry: ClassRecord,
        place: String
    ) throws(RecordFault)
        -> TeachingClass
    {
        guard let id = entry.id else { throw .noEntryID(place) }
        return TeachingClass(
            key: ClassKey(school: school, academicYear: entry.academicYear, id: id),
            name: entry.name.or(entry.code).or(entry.description).value ?? id,
            description: entry.description.value,
            subject: settings.fields.contains(.subjects) ? entry.subject : nil
        )
    }

    /// One entry a class, with the highest of its roles, in the order of the answer.
    private static func withoutRepeats(_ memberships: [ClassMembership]) -> [ClassMembership] {
        guard Set(memberships.map(\.teachingClass.key)).count < memberships.count else {
            return memberships
        }
        var places: [ClassKey: Int] = [:]
        var kept: [ClassMembership] = []
        for membership in memberships {
            let key = membership.teachingClass.key
            if let place = places[key] {
                if membership.role.rank < kept[place].role.rank { kept[place] = membership }
            } else {
                places[key] = kept.count
                kept.append(membership)
            }
        }
        return kept
    }
}

extension ClassLink {
    /// The flags come first, then the words; a link that says nothing is a teacher's.
    fileprivate var classRole: ClassRole {
        if isMainTeacher.value == true { return .mainTeacher }
        if isClassTeacher.value == true { return .teacher }
        guard let words = role.value?.lowercased() else {
            return isClassTeacher.value == false ? .supervisor : .teacher
        }
        guard words.contains("teacher") else { return .supervisor }
        return words.contains("main") && isMainTeacher.value == nil ? .mainTeacher : .teacher
    }
}

extension ClassRole {
    fileprivate var rank: Int {
        switch self {
        case .mainTeacher: 0
        case .teacher: 1
        case .supervisor: 2
        case .student: 3
        }
    }
}
