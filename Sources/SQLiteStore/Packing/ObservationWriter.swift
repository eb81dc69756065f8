import Roster

/// Writes an observation of a record of `school`, which is left out where it recurs.
struct ObservationWriter {
    var bytes = ByteWriter()
    let school: SchoolKey

    init(school: SchoolKey) { self.school = school }

    mutating func write(_ observation: Observation, beside key: SourceKey) {
        bytes.write(byte: observation.key == key ? 0 : 1)
        if observation.key != key { write(observation.key) }
        bytes.write(number: observation.sequence)
        write(observation.standing)
        for text in [
            observation.title, observation.forename, observation.surname, observation.initials,
            observation.email, observation.phone, observation.address,
        ] {
            write(text) { $0.bytes.write(text: $1) }
        }
        write(observation.teachingStaff) { $0.bytes.write(byte: $1 ? 1 : 0) }
        write(observation.roles) { writer, roles in
            writer.writeList(roles) {
                $0.bytes.write(text: $1.title)
                $0.bytes.write(term: $1.term)
            }
        }
        write(observation.managers) { writer, managers in
            writer.writeList(managers) {
                $0.write($1.key)
                $0.bytes.write(term: $1.term)
            }
        }
        write(observation.classes) { writer, classes in
            writer.writeList(classes) { $0.write($1) }
        }
    }

    /// The numbers, in an order that is always the same.
    mutating func write(_ numbers: Set<NeutralKey>) {
        writeList(numbers.sorted()) { writer, number in
            switch number.kind {
            case .upn: writer.bytes.write(byte: 0)
            case .uln: writer.bytes.write(byte: 1)
            case .teacherNumber: writer.bytes.write(byte: 2)
            }
            writer.bytes.write(text: number.text)
        }
    }

    /// The contacts, which only some forms have.
    mutating func writeContacts(_ contacts: Observed<[ContactEntry]>) {
        write(contacts) { writer, contacts in
            writer.writeList(contacts) {
                $0.write($1.key)
                $0.bytes.write(optional: $1.relationship)
                $0.bytes.write(byte: $1.parentalResponsibility.map { $0 ? 1 : 2 } ?? 0)
            }
        }
    }

    private mutating func write<Value>(
        _ observed: Observed<Value>,
        with write: (inout Self, Value) -> Void
    ) {
        switch observed {
        case .value(let value):
            bytes.write(byte: 0)
            write(&self, value)
        case .empty: bytes.write(byte: 1)
        case .notSupplied(.neverByProvider): bytes.write(byte: 2)
        case .notSupplied(.notGranted): bytes.write(byte: 3)
        case .notSupplied(.notAskedFor): bytes.write(byte: 4)
        case .notSupplied(.unreadable): bytes.write(byte: 5)
        }
    }

    private mutating func writeList<Item>(_ items: [Item], each write: (inout Self, Item) -> Void) {
        bytes.write(count: UInt64(items.count))
        for item in items { write(&self, item) }
    }

    private mutating func write(_ standing: Standing) {
        switch standing {
        case .current: bytes.write(byte: 0)
        case .unstated: bytes.write(byte: 1)
        case .left(.notCurrent): bytes.write(byte: 2)
        case .left(.toBeDeleted): bytes.write(byte: 3)
        case .left(.notEnabled): bytes.write(byte: 4)
        case .notYetStarted(let day):
            bytes.write(byte: 5)
            bytes.write(day: day)
        case .left(.listedApart): bytes.write(byte: 6)
        }
    }

    /// A byte that says whether the school is another one, then the key.
    private mutating func write(_ other: SchoolKey) {
        bytes.write(byte: other == school ? 0 : 1)
        guard other != school else { return }
        bytes.write(number: other.connection.value)
        bytes.write(text: other.school)
    }

    private mutating func write(_ key: SourceKey) {
        write(key.school)
        switch key.kind {
        case .staff: bytes.write(byte: 0)
        case .student: bytes.write(byte: 1)
        case .contact: bytes.write(byte: 2)
        }
        bytes.write(text: key.id)
    }

    private mutating func write(_ membership: ClassMembership) {
        let taught = membership.teachingClass
        write(taught.key.school)
        bytes.write(optional: taught.key.academicYear)
        bytes.write(text: taught.key.id)
        bytes.write(text: taught.name)
        bytes.write(optional: taught.description)
        bytes.write(optional: taught.subject)
        switch membership.role {
        case .mainTeacher: bytes.write(byte: 0)
        case .teacher: bytes.write(byte: 1)
        case .supervisor: bytes.write(byte: 2)
        case .student: bytes.write(byte: 3)
        }
    }
}
