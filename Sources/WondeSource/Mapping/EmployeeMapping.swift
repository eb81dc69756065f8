internal import Roster

/// Turns employees as Wonde writes them into observations.
struct EmployeeMapping: Sendable {
    let school: SchoolKey
    let settings: WondeSettings
    /// The parts that the request asked for.
    let parts: Set<IncludePart>
    let capabilities: Capabilities
    /// Who manages whom, where that was gathered beforehand.
    let lines: ReportingLines?
    let sequence: Int64
    let today: Day

    /// What `record` says of the person, field by field.
    func observation(of record: EmployeeRecord) throws(RecordFault) -> Observation {
        guard let id = record.id else { throw .noID }
        var person = Observation(
            key: SourceKey(school: school, kind: .staff, id: id),
            sequence: sequence,
            standing: try standing(record.employment)
        )
        person.title = observed(record.title, .title)
        person.forename = observed(record.forename.or(record.legalForename), .forename)
        person.surname = observed(record.surname.or(record.legalSurname), .surname)
        person.initials = observed(record.initials, .initials)
        person.email = observed(record.contact.email, .email)
        person.phone = observed(record.contact.phone, .phone)
        person.address = observed(record.contact.address, .address)
        person.teachingStaff = observed(record.employment.teachingStaff, .teachingStaff)
        person.roles = try roles(record.roles)
        person.managers = try managers(record.hierarchy, of: id)
        person.classes =
            try capabilities.hasClasses
            ? classes(record.classes) : groups(record.groups)
        if let number = record.employment.teacherNumber.value {
            person.neutralKeys = Set([NeutralKey(.teacherNumber, number)].compactMap(\.self))
        }
        return person
    }

    /// What is stated of `field`: a null may only be believed where the school shows the field.
    func observed<Value>(_ stated: Stated<Value>, _ field: SourceField) -> Observed<Value> {
        guard settings.fields.contains(field) else { return .notSupplied(.notAskedFor) }
        return switch stated {
        case .value(let value): .value(value)
        case .blank: capabilities.emptiness(of: field)
        case .missing: unsaid(field)
        }
    }

    /// Nothing is said of `field`, not even null.
    private func unsaid<Value>(_ field: SourceField) -> Observed<Value> {
        let never = capabilities.neverByProvider.contains(field)
        return .notSupplied(never ? .neverByProvider : .notGranted)
    }

    /// A false that the school says it does not show is no statement.
    private func standing(_ employment: EmploymentRecord) throws(RecordFault) -> Standing {
        guard let current = employment.current.value else { return .unstated }
        if current { return .current }
        guard capabilities.grants[.standing] != .denied else { return .unstated }
        switch employment.start {
        case .day(let start) where today < start: return .notYetStarted(start)
        case .day, .none: return .left(.notCurrent)
        case .unreadable: throw .noDate("employment_details.employment_start_date")
        }
    }

    private func roles(
        _ stated: Stated<[RoleRecord]>
    ) throws(RecordFault)
        -> Observed<[StaffRole]>
    {
        try list(stated, .roles) { entry throws(RecordFault) in
            guard let title = entry.title.value else { return nil }
            return StaffRole(title: title, term: try Term(entry.start, entry.end, of: "roles"))
        }
    }

    /// The managers as the record lists them, or as the lists of their reports have it.
    private func managers(
        _ stated: Stated<[HierarchyRecord]>,
        of id: String
    ) throws(RecordFault)
        -> Observed<[ManagerEntry]>
    {
        if settings.hierarchy == .reports {
            guard let lines else { return .notSupplied(.notAskedFor) }
            if let fault = lines.faults[id] { throw fault }
            return observed(lines.managers(of: id), .managers)
        }
        return try list(stated, .managers) { entry throws(RecordFault) in
            guard let id = entry.id else { throw .noEntryID("hierarchy") }
            return ManagerEntry(
                key: SourceKey(school: school, kind: .staff, id: id),
                term: try Term(entry.start, entry.end, of: "hierarchy")
            )
        }
    }

    /// The entries of a list.
    ///
    /// No entries is like null; entries of which `read` makes nothing say nothing.
    func list<Entry, Value>(
        _ stated: Stated<[Entry]>,
        _ field: SourceField,
        _ read: (Entry) throws(RecordFault) -> Value?
    ) throws(RecordFault) -> Observed<[Value]> {
        guard settings.fields.contains(field) else { return .notSupplied(.notAskedFor) }
        let entries: [Entry]
        switch stated {
        case .value(let list): entries = list
        case .blank: return capabilities.emptiness(of: field)
        case .missing: return unsaid(field)
        }
        guard !entries.isEmpty else { return capabilities.emptiness(of: field) }
        var values: [Value] = []
        values.reserveCapacity(entries.count)
        for entry in entries {
            if let value = try read(entry) { values.append(value) }
        }
        return values.isEmpty ? unsaid(field) : .value(values)
    }
}
