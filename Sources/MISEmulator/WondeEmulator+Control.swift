/// A member of staff in short, for tests that look for somebody to change.
package struct EmployeeSummary: Hashable, Sendable {
    package var id: String
    package var misID: String
    package var upi: String
    package var title: String?
    package var initials: String?
    package var forename: String?
    package var surname: String?
    package var workEmail: String?
    package var phone: String?
    package var current: Bool?
    package var teachingStaff: Bool?
    package var teacherNumber: String?
    package var roles: [String]
    package var lineManagerIDs: [String]
    package var classIDs: [String]
    /// When the record changed last.
    package var updatedAt: Timestamp

    init(_ person: Employee) {
        id = person.id.description
        misID = person.misID
        upi = person.base.upi.description
        title = person.base.title
        initials = person.base.initials
        forename = person.base.forename
        surname = person.base.surname
        workEmail = person.contact.workEmail
        phone = person.contact.workPhone
        current = person.current
        teachingStaff = person.teachingStaff
        teacherNumber = person.teacherNumber
        roles = person.roles.map(\.text)
        lineManagerIDs = person.managers.map(\.manager.description)
        classIDs = person.classes.map(\.description)
        updatedAt = person.updatedAt
    }
}

/// A class in short.
package struct ClassSummary: Hashable, Sendable {
    package var id: String
    package var name: String
    package var subjectID: String?
    package var teacherIDs: [String]
    package var studentCount: Int

    init(_ row: SchoolClass) {
        id = row.id.description
        name = row.name
        subjectID = row.subject?.description
        teacherIDs = row.teachers.map(\.employee.description)
        studentCount = row.students.count
    }
}

/// The control functions. The endpoints under `/_control` call the same code.
extension WondeEmulator {
    /// Every member of staff that was not removed, in the service's order.
    package func employees(school: String) throws(ControlError) -> [EmployeeSummary] {
        try world.read(school) { state in
            state.employees.rows.filter { !$0.isRemoved }.map { EmployeeSummary($0) }
        }
    }

    package func employee(
        school: String,
        id: String
    ) throws(ControlError) -> EmployeeSummary {
        try world.read(school) { (state) throws(ControlError) in
            let place = try SchoolState.place(of: id, in: state.employees, "member of staff")
            return EmployeeSummary(state.employees.rows[place])
        }
    }

    package func employee(
        school: String,
        email: String
    ) throws(ControlError) -> EmployeeSummary {
        let wanted = email.lowercased()
        let found = try employees(school: school).first { $0.workEmail?.lowercased() == wanted }
        guard let found else {
            throw .notFound("The school has no member of staff with the e-mail '\(email)'.")
        }
        return found
    }

    package func classes(school: String) throws(ControlError) -> [ClassSummary] {
        try world.read(school) { state in
            state.classes.rows.filter { !$0.isRemoved }.map { ClassSummary($0) }
        }
    }

    /// Changes a member of staff, as in `change(…) { $0.surname = "Baker" }`.
    package func change(
        school: String,
        employee: String,
        _ edit: (inout EmployeeChange) -> Void
    ) throws(ControlError) {
        var change = EmployeeChange()
        edit(&change)
        try world.change(school: school, employee: employee, change)
    }

    /// Adds a member of staff, current and teaching unless said otherwise; returns the id.
    @discardableResult
    package func addEmployee(
        school: String,
        _ edit: (inout EmployeeChange) -> Void
    ) throws(ControlError) -> String {
        var change = EmployeeChange()
        edit(&change)
        return try world.addEmployee(school: school, change)
    }

    package func change(
        school: String,
        schoolClass: String,
        _ edit: (inout ClassChange) -> Void
    ) throws(ControlError) {
        var change = ClassChange()
        edit(&change)
        try world.change(school: school, schoolClass: schoolClass, change)
    }

    @discardableResult
    package func addClass(
        school: String,
        _ edit: (inout ClassChange) -> Void
    ) throws(ControlError) -> String {
        var change = ClassChange()
        edit(&change)
        return try world.addClass(school: school, change)
    }

    /// Removes something and adds its row to the list of deletions.
    package func remove(
        _ kind: RemovableKind,
        school: String,
        id: String
    ) throws(ControlError) {
        try world.edit(school) { (state) throws(ControlError) in
            try state.remove(kind, id, now: .now)
        }
    }

    package func restore(
        _ kind: RemovableKind,
        school: String,
        id: String
    ) throws(ControlError) {
        try world.edit(school) { (state) throws(ControlError) in
            try state.restore(kind, id, now: .now)
        }
    }

    package func switches(school: String) throws(ControlError) -> SchoolSwitches {
        try world.read(school) { $0.switches }
    }

    /// Sets how awkward the school is.
    package func setSwitches(
        school: String,
        _ edit: (inout SchoolSwitches) -> Void
    ) throws(ControlError) {
        try world.edit(school) { state in edit(&state.switches) }
    }

    /// Moves the school to another MIS; returns the new id of each member of staff by the old.
    @discardableResult
    package func migrate(
        school: String,
        to mis: String = "Arbor"
    ) throws(ControlError) -> [String: String] {
        let ids = world.ids
        return try world.edit(school) { state in
            let renewed = state.migrate(to: mis, ids: ids, now: .now)
            return Dictionary(
                uniqueKeysWithValues: renewed.map { ($0.key.description, $0.value.description) }
            )
        }
    }

    /// Adds the people whose records no reader should trust; returns their ids by what is odd.
    @discardableResult
    package func addOddPeople(school: String) throws(ControlError) -> [String: String] {
        let added = try world.addOddPeople(school: school)
        return Dictionary(uniqueKeysWithValues: added.map { ($0.kind, $0.id) })
    }

    /// Lets something go wrong, after the faults that are set already.
    package func add(_ fault: Fault) {
        world.faults.add(fault)
    }

    package func setFaults(_ faults: [Fault]) {
        world.faults.clear()
        for fault in faults { world.faults.add(fault) }
    }

    /// Ends all faults and lets go of requests that wait.
    package func clearFaults() {
        world.faults.clear()
    }

    /// The requests to the service so far, oldest first; the control endpoints are not counted.
    package var requests: [LoggedRequest] { world.log.entries }

    package var requestCount: Int { world.log.traffic.total }

    /// What the service has seen of its callers, in numbers.
    package var traffic: Traffic { world.log.traffic }

    package func clearRequests() {
        world.log.clear()
    }

    /// Returns when so many requests have arrived since the start or the last clearing.
    package func waitForRequests(_ count: Int) async {
        await world.log.wait { $0.total >= count }
    }

    /// Returns when the traffic is as wanted, or the task is cancelled.
    package func waitForTraffic(_ isMet: @escaping @Sendable (Traffic) -> Bool) async {
        await world.log.wait(until: isMet)
    }

    /// Opens a port that takes connections and never says a word, as a host does that hangs before
    /// or in the TLS handshake.
    package func openSilentPort() throws(ControlError) -> Int {
        try world.silentPorts.open()
    }

    /// Closes the silent ports; whoever waits there is reset.
    package func closeSilentPorts() {
        world.silentPorts.close()
    }

    /// Sets `updated_at` of all staff to now and changes nothing else, as a nightly copy may.
    package func touchEverybody(school: String) throws(ControlError) {
        try world.edit(school) { state in state.touchEverybody(now: .now) }
    }
}
