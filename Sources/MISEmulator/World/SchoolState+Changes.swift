extension SchoolState {
    private static func day(_ text: String) throws(ControlError) -> CalendarDay {
        guard let day = CalendarDay(text) else {
            throw .badInput("'\(text)' is no date; write it as YYYY-MM-DD.")
        }
        return day
    }

    private static func apply(
        _ patch: Patch<String>,
        to day: inout CalendarDay?
    ) throws(ControlError) {
        switch patch {
        case .keep: break
        case .clear: day = nil
        case .set(let text): day = try Self.day(text)
        }
    }

    /// The position of a live row, or an error that names what is missing.
    static func place<Row>(
        of text: String,
        in table: Table<Row>,
        _ kind: String
    ) throws(ControlError) -> Int {
        guard let id = ObjectID(text), let place = table.position(of: id),
            !table.rows[place].isRemoved
        else { throw .notFound("The school has no \(kind) with the id '\(text)'.") }
        return place
    }

    /// Changes a member of staff; nothing is changed if any part of the change is wrong.
    mutating func apply(
        _ change: EmployeeChange,
        toEmployee id: String,
        ids: IDSource,
        now: Timestamp
    ) throws(ControlError) {
        let place = try Self.place(of: id, in: employees, "member of staff")
        var person = employees.rows[place]
        try Self.apply(change, to: &person)
        if case .set(let roles) = change.roles {
            person.roles = try Self.roles(roles, ids: ids)
        } else if case .clear = change.roles {
            person.roles = []
        }
        let managers = try managers(change.lineManagers, of: person.id)
        let memberships = try memberships(change.classes)
        let newGroups = try groupIDs(change.groups)
        let moment = nextMoment(now)
        if change.touches { person.updatedAt = moment }
        employees.update(at: place) { $0 = person }
        if let managers {
            let involved = employees.rows[place].managers + managers
            setManagers(managers, ofEmployeeAt: place)
            // Where a hierarchy lists reports, it is the managers' records that change.
            if switches.hierarchy == .reports { touch(involved.map(\.manager), moment) }
        }
        if let memberships { setClasses(memberships, ofEmployeeAt: place, moment) }
        if let newGroups { setGroups(newGroups, ofEmployeeAt: place) }
    }

    private static func apply(
        _ change: EmployeeChange,
        to person: inout Employee
    ) throws(ControlError) {
        change.title.apply(to: &person.base.title)
        change.initials.apply(to: &person.base.initials)
        change.surname.apply(to: &person.base.surname)
        change.forename.apply(to: &person.base.forename)
        change.middleNames.apply(to: &person.base.middleNames)
        change.legalSurname.apply(to: &person.base.legalSurname)
        change.legalForename.apply(to: &person.base.legalForename)
        change.gender.apply(to: &person.base.gender)
        try apply(change.dateOfBirth, to: &person.base.born)
        change.workEmail.apply(to: &person.contact.workEmail)
        change.primaryEmail.apply(to: &person.contact.primaryEmail)
        change.homeEmail.apply(to: &person.contact.homeEmail)
        change.phone.apply(to: &person.contact.workPhone)
        change.mobilePhone.apply(to: &person.contact.mobilePhone)
        change.homePhone.apply(to: &person.contact.homePhone)
        change.address.apply(to: &person.contact.homeAddress)
        change.current.apply(to: &person.current)
        change.teachingStaff.apply(to: &person.teachingStaff)
        change.staffCode.apply(to: &person.staffCode)
        change.teacherNumber.apply(to: &person.teacherNumber)
        try apply(change.startDate, to: &person.start)
        try apply(change.endDate, to: &person.end)
        if case .set(let misID) = change.misID { person.base.misID = misID }
        change.oddity.apply(to: &person.oddity)
    }

    private static func roles(
        _ changes: [RoleChange],
        ids: IDSource
    ) throws(ControlError) -> [StaffRole] {
        var roles: [StaffRole] = []
        for change in changes {
            let start = change.start
            let end = change.end
            roles.append(
                StaffRole(
                    id: ids.next(.role),
                    misID: "1",
                    text: change.role,
                    code: change.code,
                    contract: ids.next(.contract),
                    start: try start.map { (text) throws(ControlError) in try day(text) },
                    end: try end.map { (text) throws(ControlError) in try day(text) }
                )
            )
        }
        return roles
    }

    private func managers(
        _ patch: Patch<[ManagerChange]>,
        of person: ObjectID
    ) throws(ControlError) -> [ManagerLink]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let changes):
            var links: [ManagerLink] = []
            for change in changes {
                let place = try Self.place(of: change.id, in: employees, "member of staff")
                links.append(
                    ManagerLink(
                        manager: employees.rows[place].id,
                        role: change.role,
                        start: try change.start.map { (text) throws(ControlError) in
                            try Self.day(text)
                        } ?? lastChange.day,
                        end: try change.end.map { (text) throws(ControlError) in
                            try Self.day(text)
                        }
                    )
                )
            }
            return links
        }
    }

    private func memberships(
        _ patch: Patch<[MembershipChange]>
    ) throws(ControlError) -> [(place: Int, role: ClassRole)]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let changes):
            var places: [(place: Int, role: ClassRole)] = []
            for change in changes {
                places.append((try Self.place(of: change.id, in: classes, "class"), change.role))
            }
            return places
        }
    }

    private func groupIDs(_ patch: Patch<[String]>) throws(ControlError) -> [ObjectID]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let texts):
            var ids: [ObjectID] = []
            for text in texts {
                ids.append(groups.rows[try Self.place(of: text, in: groups, "group")].id)
            }
            return ids
        }
    }

    private mutating func setClasses(
        _ memberships: [(place: Int, role: ClassRole)],
        ofEmployeeAt place: Int,
        _ moment: Timestamp
    ) {
        let id = employees.rows[place].id
        for old in employees.rows[place].classes {
            guard let row = classes.position(of: old) else { continue }
            classes.update(at: row) { $0.teachers.removeAll { $0.employee == id } }
        }
        for membership in memberships {
            classes.update(at: membership.place) {
                $0.teachers.append(TeacherLink(employee: id, role: membership.role))
                $0.updatedAt = moment
            }
        }
        let rows = classes.rows
        employees.update(at: place) { $0.classes = memberships.map { rows[$0.place].id } }
    }

    /// Sets `updated_at` of these members of staff.
    mutating func touch(_ people: [ObjectID], _ moment: Timestamp) {
        for id in people {
            guard let place = employees.position(of: id) else { continue }
            employees.update(at: place) { $0.updatedAt = moment }
        }
    }

    /// Sets `updated_at` of these pupils.
    mutating func touch(studentsAt places: [Int32], _ moment: Timestamp) {
        for place in places { students.update(at: Int(place)) { $0.updatedAt = moment } }
    }

    /// Sets `updated_at` of all staff and changes nothing else.
    mutating func touchEverybody(now: Timestamp) {
        let moment = nextMoment(now)
        touch(employees.rows.filter { !$0.isRemoved }.map(\.id), moment)
    }

    private mutating func setGroups(_ ids: [ObjectID], ofEmployeeAt place: Int) {
        let id = employees.rows[place].id
        for old in employees.rows[place].groups {
            guard let row = groups.position(of: old) else { continue }
            groups.update(at: row) { $0.employees.removeAll { $0 == id } }
        }
        for new in ids {
            guard let row = groups.position(of: new) else { continue }
            groups.update(at: row) { $0.employees.append(id) }
        }
        employees.update(at: place) { $0.groups = ids }
    }
}
