import Roster

/// Reads what `ObservationWriter` wrote.
struct ObservationReader {
    var bytes: ByteReader
    let school: SchoolKey

    mutating func observation(beside key: SourceKey) throws(DamagedBytes) -> Observation {
        let ownKey = try bytes.flag() ? try sourceKey() : key
        let sequence = try bytes.number()
        var observation = Observation(key: ownKey, sequence: sequence, standing: try standing())
        observation.title = try observedText()
        observation.forename = try observedText()
        observation.surname = try observedText()
        observation.initials = try observedText()
        observation.email = try observedText()
        observation.phone = try observedText()
        observation.address = try observedText()
        observation.teachingStaff = try observed { reader throws(DamagedBytes) in
            try reader.bytes.flag()
        }
        observation.roles = try observed { reader throws(DamagedBytes) in
            try reader.list { reader throws(DamagedBytes) in
                StaffRole(title: try reader.bytes.text(), term: try reader.bytes.term())
            }
        }
        observation.managers = try observed { reader throws(DamagedBytes) in
            try reader.list { reader throws(DamagedBytes) in
                ManagerEntry(key: try reader.sourceKey(), term: try reader.bytes.term())
            }
        }
        observation.classes = try observed { reader throws(DamagedBytes) in
            try reader.list { reader throws(DamagedBytes) in try reader.membership() }
        }
        return observation
    }

    /// What cannot be right by today's rules is left out: it was by those of its time.
    mutating func neutralKeys() throws(DamagedBytes) -> Set<NeutralKey> {
        let numbers = try list { reader throws(DamagedBytes) in
            let kind: NeutralKey.Kind
            switch try reader.bytes.byte() {
            case 0: kind = .upn
            case 1: kind = .uln
            case 2: kind = .teacherNumber
            default: throw DamagedBytes()
            }
            return NeutralKey(kind, try reader.bytes.text())
        }
        return Set(numbers.compactMap(\.self))
    }

    /// The contacts, which only some forms have.
    mutating func contacts() throws(DamagedBytes) -> Observed<[ContactEntry]> {
        try observed { reader throws(DamagedBytes) in
            try reader.list { reader throws(DamagedBytes) in
                ContactEntry(
                    key: try reader.sourceKey(),
                    relationship: try reader.bytes.optionalText(),
                    parentalResponsibility: try reader.bytes.responsibility()
                )
            }
        }
    }

    private mutating func observed<Value>(
        _ value: (inout Self) throws(DamagedBytes) -> Value
    ) throws(DamagedBytes) -> Observed<Value> {
        switch try bytes.byte() {
        case 0: .value(try value(&self))
        case 1: .empty
        case 2: .notSupplied(.neverByProvider)
        case 3: .notSupplied(.notGranted)
        case 4: .notSupplied(.notAskedFor)
        case 5: .notSupplied(.unreadable)
        default: throw DamagedBytes()
        }
    }

    private mutating func observedText() throws(DamagedBytes) -> Observed<String> {
        try observed { reader throws(DamagedBytes) in try reader.bytes.text() }
    }

    private mutating func list<Item>(
        of item: (inout Self) throws(DamagedBytes) -> Item
    ) throws(DamagedBytes) -> [Item] {
        var items: [Item] = []
        for _ in 0..<(try bytes.length()) { items.append(try item(&self)) }
        return items
    }

    private mutating func standing() throws(DamagedBytes) -> Standing {
        switch try bytes.byte() {
        case 0: .current
        case 1: .unstated
        case 2: .left(.notCurrent)
        case 3: .left(.toBeDeleted)
        case 4: .left(.notEnabled)
        case 5: .notYetStarted(try bytes.day())
        case 6: .left(.listedApart)
        default: throw DamagedBytes()
        }
    }

    private mutating func schoolKey() throws(DamagedBytes) -> SchoolKey {
        guard try bytes.flag() else { return school }
        let connection = ConnectionID(try bytes.number())
        return SchoolKey(connection: connection, school: try bytes.text())
    }

    private mutating func sourceKey() throws(DamagedBytes) -> SourceKey {
        let school = try schoolKey()
        let kind: PersonKind
        switch try bytes.byte() {
        case 0: kind = .staff
        case 1: kind = .student
        case 2: kind = .contact
        default: throw DamagedBytes()
        }
        return SourceKey(school: school, kind: kind, id: try bytes.text())
    }

    private mutating func membership() throws(DamagedBytes) -> ClassMembership {
        let key = ClassKey(
            school: try schoolKey(),
            academicYear: try bytes.optionalText(),
            id: try bytes.text()
        )
        let taught = TeachingClass(
            key: key,
            name: try bytes.text(),
            description: try bytes.optionalText(),
            subject: try bytes.optionalText()
        )
        return ClassMembership(teachingClass: taught, role: try role())
    }

    private mutating func role() throws(DamagedBytes) -> ClassRole {
        switch try bytes.byte() {
        case 0: .mainTeacher
        case 1: .teacher
        case 2: .supervisor
        case 3: .student
        default: throw DamagedBytes()
        }
    }
}
