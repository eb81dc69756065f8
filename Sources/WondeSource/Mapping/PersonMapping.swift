internal import Roster

/// Turns people of a kind as Wonde writes them into observations.
///
/// What all have in common is here; what only some kinds have is beside it.
struct PersonMapping: Sendable {
    let kind: PersonKind
    let school: SchoolKey
    let settings: WondeSettings
    /// The parts that the request asked for.
    let parts: Set<IncludePart>
    /// What is known of the people of the kind in the school.
    let known: KindCapabilities
    /// What this kind of MIS never delivers.
    let never: Set<SourceField>
    /// Whether the list is one of people who left.
    let isOfLeavers: Bool
    /// Who manages whom, where that was gathered beforehand.
    let lines: ReportingLines?
    let sequence: Int64
    let today: Day

    /// What `record` says of the person, field by field.
    func observation(of record: PersonRecord) throws(RecordFault) -> Observation {
        guard let id = record.id else { throw .noID }
        var person = Observation(
            key: SourceKey(school: school, kind: kind, id: id),
            sequence: sequence,
            standing: try standing(of: record)
        )
        person.title = observed(record.title, .title)
        person.forename = observed(record.forename.or(record.legalForename), .forename)
        person.surname = observed(record.surname.or(record.legalSurname), .surname)
        person.initials = observed(record.initials, .initials)
        person.email = observed(record.contact.email, .email)
        person.phone = observed(record.contact.phone, .phone)
        person.address = observed(record.contact.address, .address)
        switch kind {
        case .staff: try addEmployment(record, to: &person)
        case .student: addFamily(record, to: &person)
        case .contact: return person
        }
        person.classes =
            try known.hasClasses
            ? classes(record.classes) : groups(record.groups)
        return person
    }

    private func standing(of record: PersonRecord) throws(RecordFault) -> Standing {
        switch kind {
        case .staff: try standing(record.employment)
        case .student: try standing(record.education)
        case .contact: .unstated
        }
    }

    /// What is stated of `field`: a null may only be believed where the school shows the field.
    func observed<Value>(_ stated: Stated<Value>, _ field: SourceField) -> Observed<Value> {
        guard settings.fields.contains(field) else { return .notSupplied(.notAskedFor) }
        return switch stated {
        case .value(let value): .value(value)
        case .blank: known.emptiness(of: field, besides: never)
        case .missing: unsaid(field)
        }
    }

    /// Nothing is said of `field`, not even null.
    func unsaid<Value>(_ field: SourceField) -> Observed<Value> {
        let never = never.contains(field)
        return .notSupplied(never ? .neverByProvider : .notGranted)
    }

    /// The entries of a list.
    ///
    /// No entries is like null; entries of which `read` makes nothing say nothing.
    func list<Entry, Value, Failure>(
        _ stated: Stated<[Entry]>,
        _ field: SourceField,
        _ read: (Entry) throws(Failure) -> Value?
    ) throws(Failure) -> Observed<[Value]> {
        guard settings.fields.contains(field) else { return .notSupplied(.notAskedFor) }
        let entries: [Entry]
        switch stated {
        case .value(let list): entries = list
        case .blank: return known.emptiness(of: field, besides: never)
        case .missing: return unsaid(field)
        }
        guard !entries.isEmpty else { return known.emptiness(of: field, besides: never) }
        var values: [Value] = []
        values.reserveCapacity(entries.count)
        for entry in entries {
            if let value = try read(entry) { values.append(value) }
        }
        return values.isEmpty ? unsaid(field) : .value(values)
    }
}
