internal import Roster

extension PersonMapping {
    /// What only staff have: whether they teach, their number, their jobs and their line managers.
    func addEmployment(
        _ record: PersonRecord,
        to person: inout Observation
    ) throws(RecordFault) {
        person.teachingStaff = observed(record.employment.teachingStaff, .teachingStaff)
        person.roles = try roles(record.roles)
        person.managers = try managers(record.hierarchy, of: person.key.id)
        if let number = record.employment.teacherNumber.value {
            person.neutralKeys = Set([NeutralKey(.teacherNumber, number)].compactMap(\.self))
        }
    }

    /// A false that the school says it does not show is no statement.
    func standing(_ employment: EmploymentRecord) throws(RecordFault) -> Standing {
        guard let current = employment.current.value else { return .unstated }
        if current { return .current }
        guard known.grants[.standing] != .denied else { return .unstated }
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
        // A manager's spoilt record stands here too, and must not spoil those who report to her.
        if stated.value?.contains(where: { $0.id == nil }) == true {
            return .notSupplied(.unreadable)
        }
        return try list(stated, .managers) { entry throws(RecordFault) in
            guard let id = entry.id else { return nil }
            return ManagerEntry(
                key: SourceKey(school: school, kind: .staff, id: id),
                term: try Term(entry.start, entry.end, of: "hierarchy")
            )
        }
    }
}
