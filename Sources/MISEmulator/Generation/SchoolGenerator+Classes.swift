extension SchoolGenerator {
    private var teachingPlaces: [Int] {
        state.employees.rows.indices.filter {
            let person = state.employees.rows[$0]
            return person.teachingStaff == true && person.current == true
        }
    }

    /// Adds forms and year groups, each with the staff who look after it.
    mutating func addGroups() {
        let teachers = teachingPlaces
        let formsPerYear = max(1, min(26, configuration.students / (Self.years.count * 28) + 1))
        for (index, year) in Self.years.enumerated() {
            addGroup(
                "Year \(year)",
                "YEAR",
                leader: teachers.isEmpty ? nil : teachers[index % teachers.count]
            )
        }
        var place = 0
        for year in Self.years {
            for form in 0..<formsPerYear {
                let letter = String(UnicodeScalar(UInt8(65 + form)))
                let tutor = teachers.isEmpty ? nil : teachers[place % teachers.count]
                addGroup("\(year)\(letter)", "REGISTRATION", leader: tutor)
                place += 1
            }
        }
    }

    private mutating func addGroup(_ name: String, _ type: String, leader: Int?) {
        let moment = recentMoment(within: 400)
        var group = SchoolGroup(
            id: ids.next(.group),
            misID: takeMISID(),
            name: name,
            description: name,
            type: type,
            createdAt: moment,
            updatedAt: moment
        )
        if let leader {
            group.employees = [state.employees.rows[leader].id]
            state.employees.update(at: leader) { $0.groups.append(group.id) }
        }
        state.groups.add(group)
    }

    /// Adds classes so that every teacher has about as many as configured.
    mutating func addClasses() {
        let teachers = teachingPlaces
        guard !teachers.isEmpty, configuration.classesPerTeacher > 0 else { return }
        let total = teachers.count * configuration.classesPerTeacher * 10 / 11
        state.classes.reserve(total)
        for number in 0..<total {
            let main = teachers[number % teachers.count]
            var links = [link(main, .mainTeacher)]
            if random.percent(10) {
                let second = random.pick(teachers)
                if second != main { links.append(link(second, .teacher)) }
            }
            let row = schoolClass(number, teachers: links, teacherPlace: main)
            for link in links {
                guard let place = state.employees.position(of: link.employee) else { continue }
                state.employees.update(at: place) { $0.classes.append(row.id) }
            }
            state.classes.add(row)
        }
    }

    private func link(_ place: Int, _ role: ClassRole) -> TeacherLink {
        TeacherLink(employee: state.employees.rows[place].id, role: role)
    }

    private mutating func schoolClass(
        _ number: Int,
        teachers: [TeacherLink],
        teacherPlace: Int
    ) -> SchoolClass {
        let subjectIndex = subjectIndex(ofPlace: teacherPlace)
        let year = Self.years[number % Self.years.count]
        let letter = String(UnicodeScalar(UInt8(65 + number / Self.years.count % 20)))
        let set = 1 + number / (Self.years.count * 20)
        let name = "\(year)\(letter)/\(Names.subjects[subjectIndex].code)\(set)"
        let moment = recentMoment(within: 200)
        return SchoolClass(
            id: ids.next(.schoolClass),
            misID: takeMISID(),
            name: name,
            code: nil,
            description: random.percent(70) ? name : "\(Names.subjects[subjectIndex].name) \(year)",
            subject: state.subjects.rows[subjectIndex].id,
            academicYear: academicYear,
            yearGroup: String(year),
            teachers: teachers,
            createdAt: moment,
            updatedAt: moment
        )
    }

    private var academicYear: String {
        let (year, month, _) = today.civil
        let first = month >= 8 ? year : year - 1
        return "\(first)/\(first + 1)"
    }
}
