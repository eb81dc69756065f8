extension SchoolState {
    /// Adds a member of staff with nothing filled in and returns the new id.
    mutating func addEmployee(ids: IDSource, now: Timestamp) -> ObjectID {
        let moment = nextMoment(now)
        let id = ids.next(.employee)
        var random = SeededRandom(seed: id.number)
        let base = PersonBase(
            id: id,
            misID: String(500_000 + id.number % 400_000),
            upi: UPI(high: random.next(), low: random.next()),
            createdAt: moment,
            updatedAt: moment
        )
        var person = Employee(base: base)
        person.current = true
        person.teachingStaff = true
        person.start = moment.day
        employees.add(person)
        return id
    }

    mutating func addClass(ids: IDSource, now: Timestamp) -> ObjectID {
        let moment = nextMoment(now)
        let id = ids.next(.schoolClass)
        classes.add(
            SchoolClass(
                id: id,
                misID: String(500_000 + id.number % 400_000),
                name: "New class",
                createdAt: moment,
                updatedAt: moment
            )
        )
        return id
    }

    mutating func apply(
        _ change: ClassChange,
        toClass id: String,
        now: Timestamp
    ) throws(ControlError) {
        let place = try Self.place(of: id, in: classes, "class")
        var row = classes.rows[place]
        if case .set(let name) = change.name { row.name = name }
        if case .set(let misID) = change.misID { row.misID = misID }
        change.code.apply(to: &row.code)
        change.description.apply(to: &row.description)
        change.academicYear.apply(to: &row.academicYear)
        change.yearGroup.apply(to: &row.yearGroup)
        switch change.subject {
        case .keep: break
        case .clear: row.subject = nil
        case .set(let text):
            row.subject = subjects.rows[try Self.place(of: text, in: subjects, "subject")].id
        }
        let newTeachers = try teachers(change.teachers)
        let newStudents = try studentPlaces(change.students)
        let moment = nextMoment(now)
        if let newTeachers { setTeachers(newTeachers, of: &row, moment) }
        if let newStudents { setStudents(newStudents, of: &row, at: place, moment) }
        if change.touches {
            row.updatedAt = moment
            // What a class is called is in the records of its teachers.
            touch(row.teachers.map(\.employee), moment)
            touch(studentsAt: row.students, moment)
        }
        classes.update(at: place) { $0 = row }
    }

    private func teachers(
        _ patch: Patch<[MembershipChange]>
    ) throws(ControlError) -> [TeacherLink]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let changes):
            var links: [TeacherLink] = []
            for change in changes {
                let place = try Self.place(of: change.id, in: employees, "member of staff")
                links.append(TeacherLink(employee: employees.rows[place].id, role: change.role))
            }
            return links
        }
    }

    private func studentPlaces(_ patch: Patch<[String]>) throws(ControlError) -> [Int]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let texts):
            var places: [Int] = []
            for text in texts { places.append(try Self.place(of: text, in: students, "pupil")) }
            return places
        }
    }

    private mutating func setTeachers(
        _ links: [TeacherLink],
        of row: inout SchoolClass,
        _ moment: Timestamp
    ) {
        let id = row.id
        for old in row.teachers {
            guard let place = employees.position(of: old.employee) else { continue }
            employees.update(at: place) {
                $0.classes.removeAll { $0 == id }
                $0.updatedAt = moment
            }
        }
        for new in links {
            guard let place = employees.position(of: new.employee) else { continue }
            employees.update(at: place) {
                $0.classes.append(id)
                $0.updatedAt = moment
            }
        }
        row.teachers = links
    }

    private mutating func setStudents(
        _ places: [Int],
        of row: inout SchoolClass,
        at classPlace: Int,
        _ moment: Timestamp
    ) {
        for old in row.students {
            students.update(at: Int(old)) {
                $0.classes.removeAll { $0 == Int32(classPlace) }
                $0.updatedAt = moment
            }
        }
        for new in places {
            students.update(at: new) {
                $0.classes.append(Int32(classPlace))
                $0.updatedAt = moment
            }
        }
        row.students = places.map { Int32($0) }
    }

    mutating func apply(
        _ change: PersonChange,
        toStudent id: String,
        now: Timestamp
    ) throws(ControlError) {
        let place = try Self.place(of: id, in: students, "pupil")
        var row = students.rows[place]
        Self.apply(change, to: &row.base)
        switch change.email {
        case .keep: break
        case .clear: row.email = ""
        case .set(let text): row.email = text
        }
        try Self.apply(change.left, to: &row.left)
        try Self.apply(change.leavingDate, to: &row.leaving)
        try Self.apply(change.admissionDate, to: &row.admitted)
        let links = try contactLinks(change.contacts)
        if case .set(let texts) = change.classes {
            var places: [Int32] = []
            for text in texts {
                places.append(Int32(try Self.place(of: text, in: classes, "class")))
            }
            for old in row.classes {
                classes.update(at: Int(old)) { $0.students.removeAll { $0 == Int32(place) } }
            }
            for new in places {
                classes.update(at: Int(new)) { $0.students.append(Int32(place)) }
            }
            row.classes = places
        }
        if let links { setContacts(links, of: &row, at: place) }
        row.updatedAt = nextMoment(now)
        students.update(at: place) { $0 = row }
    }

    private static func apply(
        _ patch: Patch<String>,
        to day: inout CalendarDay?
    ) throws(ControlError) {
        switch patch {
        case .keep: break
        case .clear: day = nil
        case .set(let text):
            guard let read = CalendarDay(text) else {
                throw .badInput("'\(text)' is no date; write it as YYYY-MM-DD.")
            }
            day = read
        }
    }

    private func contactLinks(
        _ patch: Patch<[ContactLinkChange]>
    ) throws(ControlError) -> [ContactLink]? {
        switch patch {
        case .keep: return nil
        case .clear: return []
        case .set(let changes):
            var links: [ContactLink] = []
            for change in changes {
                links.append(
                    ContactLink(
                        contact: Int32(try Self.place(of: change.id, in: contacts, "contact")),
                        relationship: change.relationship,
                        parentalResponsibility: change.parentalResponsibility
                    )
                )
            }
            return links
        }
    }

    /// Whose parents they are is in their own records too.
    private mutating func setContacts(
        _ links: [ContactLink],
        of row: inout Student,
        at place: Int
    ) {
        for old in row.contacts {
            contacts.update(at: Int(old.contact)) { $0.students.removeAll { $0 == Int32(place) } }
        }
        for new in links {
            contacts.update(at: Int(new.contact)) { $0.students.append(Int32(place)) }
        }
        row.contacts = links
    }

    mutating func apply(
        _ change: PersonChange,
        toContact id: String,
        now: Timestamp
    ) throws(ControlError) {
        let place = try Self.place(of: id, in: contacts, "contact")
        var row = contacts.rows[place]
        Self.apply(change, to: &row.base)
        change.email.apply(to: &row.contact.homeEmail)
        change.phone.apply(to: &row.contact.mobilePhone)
        let moment = nextMoment(now)
        if case .set(let flag) = change.parentalResponsibility {
            for child in row.students {
                students.update(at: Int(child)) { student in
                    for index in student.contacts.indices
                    where student.contacts[index].contact == Int32(place) {
                        student.contacts[index].parentalResponsibility = flag
                    }
                    student.updatedAt = moment
                }
            }
        }
        row.updatedAt = moment
        contacts.update(at: place) { $0 = row }
    }

    private static func apply(_ change: PersonChange, to base: inout PersonBase) {
        change.title.apply(to: &base.title)
        change.surname.apply(to: &base.surname)
        change.forename.apply(to: &base.forename)
        change.middleNames.apply(to: &base.middleNames)
    }
}
