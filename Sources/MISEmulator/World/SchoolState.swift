/// The unchanging facts of a school.
struct SchoolProfile: Sendable {
    var id: ObjectID
    var name: String
    var emailDomain: String
    var establishmentNumber: String
    var urn: Int
    var laCode: String
    var phase: String
    var addressLine: String
    var town: String
    var postcode: String
    var auditedAt: Timestamp
}

/// Everything one school holds at this moment.
struct SchoolState: Sendable {
    var profile: SchoolProfile
    var switches: SchoolSwitches {
        didSet { prepareSwitches() }
    }
    var employees = Table<Employee>()
    var students = Table<Student>()
    var contacts = Table<Contact>()
    var classes = Table<SchoolClass>()
    var groups = Table<SchoolGroup>()
    var subjects = Table<Subject>()
    var deletions: [Deletion] = []
    /// Who reports to a manager; the reverse of `Employee.managers`.
    private(set) var reports: [ObjectID: [ObjectID]] = [:]
    /// The latest moment that any thing was changed.
    var lastChange: Timestamp
    private(set) var grants = Grants(ungranted: [])
    private(set) var hiddenIDs: Set<ObjectID> = []

    init(profile: SchoolProfile, switches: SchoolSwitches, start: Timestamp) {
        self.profile = profile
        self.switches = switches
        lastChange = start
        prepareSwitches()
    }

    private mutating func prepareSwitches() {
        grants = Grants(ungranted: switches.ungranted)
        hiddenIDs = Set(switches.hidden.compactMap { ObjectID($0) })
    }

    /// A moment later than every earlier change, and not before `now`.
    mutating func nextMoment(_ now: Timestamp) -> Timestamp {
        lastChange = Timestamp(
            microseconds: max(now.microseconds, lastChange.microseconds + 1_000_000)
        )
        return lastChange
    }

    /// Replaces a person's managers and keeps the reverse list true.
    mutating func setManagers(_ managers: [ManagerLink], ofEmployeeAt position: Int) {
        let id = employees.rows[position].id
        for old in employees.rows[position].managers {
            reports[old.manager]?.removeAll { $0 == id }
        }
        employees.update(at: position) { $0.managers = managers }
        for new in managers {
            reports[new.manager, default: []].append(id)
        }
    }

    /// Counts anew who reports to whom, after ids have changed.
    mutating func rebuildReports() {
        reports = [:]
        for person in employees.rows {
            for link in person.managers { reports[link.manager, default: []].append(person.id) }
        }
    }

    /// The address of a pupil; nil where she has none.
    func email(of student: Student) -> String? {
        guard let email = student.email else { return "s\(student.misID)@\(profile.emailDomain)" }
        return email.isEmpty ? nil : email
    }

    /// True if the school's rules let the application see this person.
    func shows(_ employee: Employee) -> Bool {
        if switches.nonCurrentStaff == .hidden, employee.current == false { return false }
        return hiddenIDs.isEmpty || !hiddenIDs.contains(employee.id)
    }
}
