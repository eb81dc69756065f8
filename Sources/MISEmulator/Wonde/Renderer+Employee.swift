extension Renderer {
    /// Why an employee is shown inside something else.
    enum EmployeeLink {
        case teaching(ClassRole)
        case management(ManagerLink)
    }

    /// Writes one member of staff with what was asked for.
    mutating func employee(_ person: Employee, _ include: IncludeTree, _ link: EmployeeLink? = nil)
    {
        if person.oddity == .recordIsText {
            return out.value("this is no record")
        }
        out.beginObject()
        var restored = true
        if case .management = link { restored = false }
        base(person.base, restored: restored, oddity: person.oddity)
        if !include.isEmpty {
            details(of: person, include)
            links(of: person, include)
            remainder(of: person, include)
        }
        if let link { meta(link) }
        out.endObject()
    }

    /// Writes `meta` of a link between two things.
    private mutating func meta(_ link: EmployeeLink) {
        switch link {
        case .teaching(let role): classMeta(role)
        case .management(let manager):
            out.key("meta")
            out.beginObject()
            out.member("role", manager.role)
            moment("start_date", manager.start.map { Timestamp(day: $0, secondOfDay: 0) })
            moment("end_date", manager.end.map { Timestamp(day: $0, secondOfDay: 0) })
            out.endObject()
        }
    }

    private mutating func details(of person: Employee, _ include: IncludeTree) {
        if include["contact_details"] != nil {
            contactDetails(
                person.contact,
                emails: grants.allows(.employeeEmails),
                phones: grants.allows(.employeePhones),
                addresses: grants.allows(.employeeAddresses)
            )
        }
        if include["employment_details"] != nil { employment(person) }
        if include["photo"] != nil { photo(of: person) }
        if include["identifiers"] != nil {
            beginInclude("identifiers")
            out.beginObject()
            for name in ["barcode", "active_directory_username", "username", "passport_number"] {
                out.member(name, String?.none)
            }
            out.endObject()
            endInclude()
        }
    }

    private mutating func employment(_ person: Employee) {
        let dates = grants.allows(.employeeEmploymentDates)
        beginInclude("employment_details")
        out.beginObject()
        let current = grants.allows(.employeeCurrent) ? person.current : nil
        if person.oddity == .wrongTypes {
            out.member("current", "yes")
        } else {
            out.member("current", current)
        }
        out.member(
            "teaching_staff",
            grants.allows(.employeeTeachingStaff) ? person.teachingStaff : nil
        )
        out.member(
            "teacher_number",
            grants.allows(.employeeEmployment) ? person.teacherNumber : nil
        )
        out.member("teacher_category", String?.none)
        out.member("staff_code", grants.allows(.employeeStaffCode) ? person.staffCode : nil)
        out.member("primary_location", String?.none)
        day("employment_start_date", dates ? person.start : nil)
        day("employment_end_date", dates ? person.end : nil)
        out.raw(Self.emptyEmploymentFields)
        out.endObject()
        endInclude()
    }

    private static let emptyEmploymentFields = [
        "local_authority_start_date", "probation_end_date", "police_check_date",
        "health_check_date", "employment_payroll_number", "employee_payroll_number",
        "working_with_children_registration_number", "role_text", "qualified_teacher_status",
        "qualified_teacher_status_route", "higher_level_teaching_assistant_status",
    ].map { "\"\($0)\":null," }.joined()

    /// A picture of one dot for half of the staff, no content for the others.
    private mutating func photo(of person: Employee) {
        let dot =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5"
            + "ErkJggg=="
        let shown = grants.allows(.employeePhoto) && person.base.upi.low % 2 == 0
        beginInclude("photo")
        out.beginObject()
        out.member("id", ObjectID(number: ObjectKind.photo.base + person.id.number % 100_000_000))
        out.member("content", shown ? dot : nil)
        out.endObject()
        endInclude()
    }

    private mutating func links(of person: Employee, _ include: IncludeTree) {
        if let below = include["roles"] {
            let granted = grants.allows(.employeeRoles) && !school.switches.rolesAbsent
            list("roles", person.roles, granted: granted) { renderer, role in
                renderer.role(role, of: person, withContract: below["contract"] != nil)
            }
        }
        if let below = include["hierarchy"] { hierarchy(of: person, below) }
        if let below = include["classes"] {
            let granted = grants.allows(.employeeClasses) && !school.switches.classesAbsent
            list("classes", person.classes, granted: granted) { renderer, id in
                guard let row = renderer.school.classes.live(id) else { return }
                let role = row.teachers.first { $0.employee == person.id }?.role ?? .teacher
                renderer.schoolClass(row, below, teaching: role)
            }
        }
        if include["groups"] != nil {
            list("groups", person.groups, granted: grants.allows(.employeeGroups)) { renderer, id in
                guard let row = renderer.school.groups.live(id) else { return }
                renderer.group(row, IncludeTree())
            }
        }
    }

    private mutating func role(_ role: StaffRole, of person: Employee, withContract: Bool) {
        out.beginObject()
        out.member("id", role.id)
        out.member("mis_id", role.misID)
        out.member("role", role.text)
        out.member("role_code", role.code)
        if withContract {
            beginInclude("contract")
            contract(role, of: person)
            endInclude()
        } else {
            out.member("contract", role.contract)
        }
        if person.oddity == .impossibleDate {
            out.raw("\"start_date\":{\"date\":\"2024-13-45\",\"timezone\":\"Nowhere\"},")
        } else {
            day("start_date", role.start)
        }
        day("end_date", role.end)
        moment("created_at", person.base.createdAt)
        moment("updated_at", person.base.updatedAt)
        out.endObject()
    }

    private mutating func contract(_ role: StaffRole, of person: Employee) {
        out.beginObject()
        out.member("id", role.contract)
        out.member("mis_id", role.misID)
        day("start_date", role.start)
        day("end_date", role.end)
        out.member("employment_type", "Permanent")
        moment("created_at", person.base.createdAt)
        moment("updated_at", person.base.updatedAt)
        out.endObject()
    }

    private mutating func hierarchy(of person: Employee, _ below: IncludeTree) {
        let granted = grants.allows(.employeeHierarchy)
        switch school.switches.hierarchy {
        case .absent: emptyList("hierarchy")
        case .managers:
            list("hierarchy", person.managers, granted: granted) { renderer, link in
                renderer.linked(link.manager, link, below)
            }
        case .reports:
            list("hierarchy", school.reports[person.id] ?? [], granted: granted) { renderer, id in
                let report = renderer.school.employees.live(id)
                let link = report?.managers.first { $0.manager == person.id }
                guard let link else { return }
                renderer.linked(id, link, below)
            }
        }
    }

    private mutating func linked(_ id: ObjectID, _ link: ManagerLink, _ below: IncludeTree) {
        guard let other = school.employees.live(id), school.shows(other) else { return }
        employee(other, below, .management(link))
    }

    private mutating func remainder(of person: Employee, _ include: IncludeTree) {
        for name in IncludeCatalogue.emptyEmployeeLists where include[name] != nil {
            emptyList(name)
        }
        for name in ["extended_details", "campus"] where include[name] != nil { nullPart(name) }
        if include["contracts"] != nil {
            list("contracts", person.roles) { $0.contract($1, of: person) }
        }
    }
}
