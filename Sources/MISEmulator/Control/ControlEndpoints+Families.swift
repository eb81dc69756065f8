extension ControlEndpoints {
    /// Lists pupils, of one e-mail or one surname if asked; 50 unless `limit` says otherwise.
    func studentsAnswer(
        _ school: String,
        _ query: QueryString
    ) throws(ControlError) -> ServiceAnswer {
        try listAnswer("students", school) { state, out in
            let filter = PeopleFilter(query)
            var left = filter.limit
            for row in state.students.rows where left > 0 && !row.isRemoved {
                let person = StudentSummary(row, in: state)
                guard filter.takes(person.email, person.surname) else { continue }
                Self.write(person, of: row, to: &out)
                left -= 1
            }
        }
    }

    /// Lists parents and carers, likewise.
    func contactsAnswer(
        _ school: String,
        _ query: QueryString
    ) throws(ControlError) -> ServiceAnswer {
        try listAnswer("contacts", school) { state, out in
            let filter = PeopleFilter(query)
            var left = filter.limit
            for row in state.contacts.rows where left > 0 && !row.isRemoved {
                let person = ContactSummary(row, in: state)
                guard filter.takes(person.email, person.surname) else { continue }
                Self.write(person, to: &out)
                left -= 1
            }
        }
    }

    private func listAnswer(
        _ name: String,
        _ school: String,
        _ write: (borrowing SchoolState, inout JSONWriter) -> Void
    ) throws(ControlError) -> ServiceAnswer {
        let bytes = try world.read(school) { state in
            var out = JSONWriter()
            out.beginObject()
            out.key(name)
            out.beginList()
            write(state, &out)
            out.endList()
            out.endObject()
            return out.finished()
        }
        return ServiceAnswer(body: bytes)
    }

    private static func write(
        _ person: StudentSummary,
        of row: Student,
        to out: inout JSONWriter
    ) {
        out.beginObject()
        out.member("id", person.id)
        out.member("forename", person.forename)
        out.member("surname", person.surname)
        out.member("email", person.email)
        out.member("year", person.year)
        out.member("upn", person.upn)
        out.member("left", row.left.map { text($0) })
        out.member("leavingDate", row.leaving.map { text($0) })
        list("classes", person.classIDs, to: &out)
        out.key("contacts")
        out.beginList()
        for (id, link) in zip(person.contactIDs, row.contacts) {
            out.beginObject()
            out.member("id", id)
            out.member("relationship", link.relationship)
            out.member("parentalResponsibility", link.parentalResponsibility)
            out.endObject()
        }
        out.endList()
        out.endObject()
    }

    private static func write(_ person: ContactSummary, to out: inout JSONWriter) {
        out.beginObject()
        out.member("id", person.id)
        out.member("forename", person.forename)
        out.member("surname", person.surname)
        out.member("email", person.email)
        list("students", person.studentIDs, to: &out)
        out.endObject()
    }

    private static func list(_ name: String, _ texts: [String], to out: inout JSONWriter) {
        out.key(name)
        out.beginList()
        for text in texts { out.value(text) }
        out.endList()
    }
}

/// Whom a list of the control endpoints shows.
private struct PeopleFilter {
    let limit: Int
    private let email: String?
    private let surname: String?

    init(_ query: QueryString) {
        email = query["email"]?.lowercased()
        surname = query["surname"]?.lowercased()
        limit = query["limit"].flatMap { Int($0) } ?? 50
    }

    func takes(_ email: String?, _ surname: String?) -> Bool {
        (self.email == nil || self.email == email?.lowercased())
            && (self.surname == nil || self.surname == surname?.lowercased())
    }
}
