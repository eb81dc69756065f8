extension Renderer {
    /// Writes `meta` of a person in a class.
    mutating func classMeta(_ role: ClassRole) {
        out.key("meta")
        out.beginObject()
        switch role {
        case .mainTeacher:
            out.raw("\"is_main_teacher\":true,\"is_class_teacher\":true,")
        case .teacher: out.raw("\"is_main_teacher\":false,\"is_class_teacher\":true,")
        case .supervisor: out.raw("\"is_main_teacher\":false,\"is_class_teacher\":false,")
        }
        out.member("role", role.texts.first)
        out.key("all_roles")
        out.beginList()
        for text in role.texts { out.value(text) }
        out.endList()
        out.endObject()
    }

    /// Writes one class; inside an employee it says what that person does in it.
    mutating func schoolClass(
        _ row: SchoolClass,
        _ include: IncludeTree,
        teaching: ClassRole? = nil
    ) {
        out.beginObject()
        out.member("id", row.id)
        out.member("mis_id", row.misID)
        out.member("name", row.name)
        out.member("code", row.code)
        out.member("description", row.description)
        if include["subject"] != nil {
            beginInclude("subject")
            if let id = row.subject, let subject = school.subjects.live(id) {
                self.subject(subject)
            } else {
                out.null()
            }
            endInclude()
        } else {
            out.key("subject")
            if let id = row.subject { out.value(id) } else { out.null() }
        }
        out.raw("\"alternative\":null,\"priority\":null,")
        out.member("academic_year", row.academicYear)
        out.member("year_group", row.yearGroup)
        moment("restored_at", row.restoredAt)
        moment("created_at", row.createdAt)
        moment("updated_at", row.updatedAt)
        members(of: row, include)
        if let teaching {
            classMeta(teaching)
        }
        out.endObject()
    }

    private mutating func members(of row: SchoolClass, _ include: IncludeTree) {
        if include["lessons"] != nil { emptyList("lessons") }
        if let below = include["employees"] {
            list("employees", row.teachers, granted: grants.allows(.employees)) { renderer, link in
                guard let person = renderer.school.employees.live(link.employee),
                    renderer.school.shows(person)
                else { return }
                renderer.employee(person, below, .teaching(link.role))
            }
        }
        if let below = include["students"] {
            list("students", row.students, granted: grants.allows(.students)) { renderer, place in
                renderer.student(at: place, below)
            }
        }
    }

    mutating func group(_ row: SchoolGroup, _ include: IncludeTree) {
        out.beginObject()
        out.member("id", row.id)
        out.member("mis_id", row.misID)
        out.member("name", row.name)
        out.member("description", row.description)
        out.member("type", row.type)
        moment("restored_at", row.restoredAt)
        moment("created_at", row.createdAt)
        moment("updated_at", row.updatedAt)
        if include["employees"] != nil {
            list("employees", row.employees, granted: grants.allows(.employees)) { renderer, id in
                guard let person = renderer.school.employees.live(id),
                    renderer.school.shows(person)
                else { return }
                renderer.employee(person, IncludeTree())
            }
        }
        if include["students"] != nil {
            list("students", row.students, granted: grants.allows(.students)) { renderer, place in
                renderer.student(at: place, IncludeTree())
            }
        }
        out.endObject()
    }

    mutating func subject(_ row: Subject) {
        out.beginObject()
        out.member("id", row.id)
        out.member("mis_id", row.misID)
        out.member("name", row.name)
        out.member("code", row.code)
        moment("restored_at", row.restoredAt)
        moment("created_at", row.createdAt)
        moment("updated_at", row.updatedAt)
        out.endObject()
    }
}
