extension SchoolGenerator {
    /// How many classes a pupil has at the most.
    private static let classesOfStudent = 8
    /// Each so many pupils have a brother or sister in the school.
    private static let pupilsToSibling = 10

    /// Adds pupils with their classes, forms and one or two contacts each.
    mutating func addStudents() {
        let classesByYear = positions(of: state.classes.rows.indices) {
            state.classes.rows[$0].yearGroup.flatMap { Int($0) }
        }
        let formsByYear = positions(of: state.groups.rows.indices) { place in
            let group = state.groups.rows[place]
            return group.type == "REGISTRATION" ? Int(group.name.dropLast()) : nil
        }
        state.students.reserve(configuration.students)
        state.contacts.reserve(configuration.students * 4 / 3)
        for number in 0..<configuration.students {
            let year = Self.years[number % Self.years.count]
            var student = Student(
                base: personBase(.student, born: (year + 4)...(year + 4)),
                year: year
            )
            student.admitted = today.adding(days: -365 * (year - 7) - 1)
            student.yearGroup = Int32(year - Self.years[0])
            let forms = formsByYear[year, default: []]
            student.registration = forms.isEmpty ? nil : random.pick(forms)
            choose(
                upTo: Self.classesOfStudent,
                from: classesByYear[year, default: []],
                for: &student
            )
            if random.percent(1) {
                let left = today.adding(days: -2 - random.below(300))
                student.left = left
                student.updatedAt = Timestamp(day: left.adding(days: 1), secondOfDay: 7_200)
            }
            add(student)
        }
    }

    private func positions(
        of places: Range<Int>,
        by year: (Int) -> Int?
    ) -> [Int: [Int32]] {
        var table: [Int: [Int32]] = [:]
        for place in places {
            if let key = year(place) { table[key, default: []].append(Int32(place)) }
        }
        return table
    }

    private mutating func choose(upTo count: Int, from classes: [Int32], for student: inout Student)
    {
        guard !classes.isEmpty else { return }
        let first = random.below(classes.count)
        let step = max(1, classes.count / count)
        for turn in 0..<min(count, classes.count) {
            student.classes.append(classes[(first + turn * step) % classes.count])
        }
    }

    private mutating func add(_ student: Student) {
        let place = Int32(state.students.rows.count)
        var student = student
        if student.left == nil {
            for row in student.classes {
                state.classes.update(at: Int(row)) { $0.students.append(place) }
            }
            for row in [student.registration, student.yearGroup] {
                guard let row else { continue }
                state.groups.update(at: Int(row)) { $0.students.append(place) }
            }
        } else {
            student.classes = []
        }
        if place % Int32(Self.pupilsToSibling) == 1 {
            takeContacts(ofStudentAt: place - 1, for: &student, at: place)
        } else {
            for relationship in random.percent(33) ? ["Mother", "Father"] : ["Parent"] {
                student.contacts.append(
                    ContactLink(
                        contact: Int32(state.contacts.rows.count),
                        relationship: relationship,
                        parentalResponsibility: random.percent(95)
                    )
                )
                addContact(relationship, of: student, at: place)
            }
        }
        state.students.add(student)
    }

    /// Brothers and sisters have the same parents.
    private mutating func takeContacts(
        ofStudentAt other: Int32,
        for student: inout Student,
        at place: Int32
    ) {
        student.contacts = state.students.rows[Int(other)].contacts
        for link in student.contacts {
            state.contacts.update(at: Int(link.contact)) { $0.students.append(place) }
        }
    }

    private mutating func addContact(_ relationship: String, of student: Student, at place: Int32) {
        var base = personBase(.contact, born: 28...58)
        if random.percent(70) { base.surname = student.base.surname }
        base.title = base.gender == "MALE" ? "Mr" : "Mrs"
        var contact = Contact(base: base, students: [place])
        if random.percent(85) {
            // Some parents have one address for both.
            let own = place % 20 == 0 ? "" : relationship.prefix(1).lowercased()
            contact.contact.homeEmail = "family\(place + 1)\(own)@home.example"
        }
        contact.contact.mobilePhone = "07700 900\(100 + random.below(900))"
        state.contacts.add(contact)
    }
}
