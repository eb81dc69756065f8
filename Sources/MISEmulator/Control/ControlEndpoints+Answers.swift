import Foundation

/// What the control endpoints answer, with the names that their changes take.
extension ControlEndpoints {
    func stateAnswer() -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        out.key("schools")
        out.beginList()
        for school in world.schools {
            school.withState { Self.write($0, to: &out) }
        }
        out.endList()
        out.member("requests", world.log.traffic.total)
        out.member("faults", world.faults.faults.count)
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func schoolAnswer(_ id: String) throws(ControlError) -> ServiceAnswer {
        let bytes = try world.read(id) { state in
            var out = JSONWriter()
            Self.write(state, to: &out)
            return out.finished()
        }
        return ServiceAnswer(body: bytes)
    }

    private static func write(_ state: SchoolState, to out: inout JSONWriter) {
        out.beginObject()
        out.member("id", state.profile.id)
        out.member("name", state.profile.name)
        out.member("emailDomain", state.profile.emailDomain)
        out.member("employees", state.employees.liveCount)
        out.member("students", state.students.liveCount)
        out.member("contacts", state.contacts.liveCount)
        out.member("classes", state.classes.liveCount)
        out.member("groups", state.groups.liveCount)
        out.member("deletions", state.deletions.count)
        out.key("switches")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let switches = (try? encoder.encode(state.switches)) ?? Data("{}".utf8)
        out.raw(String(decoding: switches, as: UTF8.self))
        out.raw(",")
        out.endObject()
    }

    /// Lists staff, of one e-mail or one surname if asked; 50 unless `limit` says otherwise.
    func staffAnswer(
        _ school: String,
        _ query: QueryString
    ) throws(ControlError) -> ServiceAnswer {
        let email = query["email"]?.lowercased()
        let surname = query["surname"]?.lowercased()
        let limit = query["limit"].flatMap { Int($0) } ?? 50
        let bytes = try world.read(school) { state in
            var out = JSONWriter()
            out.beginObject()
            out.key("employees")
            out.beginList()
            var left = limit
            for person in state.employees.rows where left > 0 && !person.isRemoved {
                if let email, person.contact.workEmail?.lowercased() != email,
                    person.contact.primaryEmail?.lowercased() != email
                {
                    continue
                }
                if let surname, person.base.surname?.lowercased() != surname { continue }
                Self.write(person, in: state, to: &out)
                left -= 1
            }
            out.endList()
            out.endObject()
            return out.finished()
        }
        return ServiceAnswer(body: bytes)
    }

    func personAnswer(
        _ school: String,
        _ id: String,
        status: Int = 200
    ) throws(ControlError) -> ServiceAnswer {
        let bytes = try world.read(school) { (state) throws(ControlError) in
            let place = try SchoolState.place(of: id, in: state.employees, "member of staff")
            var out = JSONWriter()
            Self.write(state.employees.rows[place], in: state, to: &out)
            return out.finished()
        }
        return ServiceAnswer(status: status, body: bytes)
    }

    private static func write(
        _ person: Employee,
        in state: borrowing SchoolState,
        to out: inout JSONWriter
    ) {
        out.beginObject()
        out.member("id", person.id)
        out.member("misID", person.misID)
        out.member("title", person.base.title)
        out.member("initials", person.base.initials)
        out.member("forename", person.base.forename)
        out.member("surname", person.base.surname)
        out.member("workEmail", person.contact.workEmail)
        out.member("primaryEmail", person.contact.primaryEmail)
        out.member("phone", person.contact.workPhone)
        out.member("current", person.current)
        out.member("teachingStaff", person.teachingStaff)
        out.member("teacherNumber", person.teacherNumber)
        out.member("startDate", person.start.map { text($0) })
        out.member("endDate", person.end.map { text($0) })
        out.key("roles")
        out.beginList()
        for role in person.roles {
            out.beginObject()
            out.member("role", role.text)
            out.member("code", role.code)
            out.member("start", role.start.map { text($0) })
            out.member("end", role.end.map { text($0) })
            out.endObject()
        }
        out.endList()
        out.member("lineManager", person.managers.last?.manager.description)
        out.key("classes")
        out.beginList()
        for id in person.classes {
            guard let row = state.classes.live(id) else { continue }
            let role = row.teachers.first { $0.employee == person.id }?.role ?? .teacher
            out.beginObject()
            out.member("id", id)
            out.member("name", row.name)
            out.member("role", role.rawValue)
            out.endObject()
        }
        out.endList()
        out.endObject()
    }

    static func text(_ day: CalendarDay) -> String {
        let (year, month, dayOfMonth) = day.civil
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(dayOfMonth < 10 ? "0" : "")\(dayOfMonth)"
    }

    func classesAnswer(
        _ school: String,
        _ query: QueryString
    ) throws(ControlError) -> ServiceAnswer {
        let limit = query["limit"].flatMap { Int($0) } ?? 50
        let bytes = try world.read(school) { state in
            var out = JSONWriter()
            out.beginObject()
            out.key("classes")
            out.beginList()
            for row in state.classes.rows.lazy.filter({ !$0.isRemoved }).prefix(max(0, limit)) {
                Self.write(row, to: &out)
            }
            out.endList()
            out.endObject()
            return out.finished()
        }
        return ServiceAnswer(body: bytes)
    }

    func classAnswer(
        _ school: String,
        _ id: String,
        status: Int = 200
    ) throws(ControlError) -> ServiceAnswer {
        let bytes = try world.read(school) { (state) throws(ControlError) in
            let place = try SchoolState.place(of: id, in: state.classes, "class")
            var out = JSONWriter()
            Self.write(state.classes.rows[place], to: &out)
            return out.finished()
        }
        return ServiceAnswer(status: status, body: bytes)
    }

    private static func write(_ row: SchoolClass, to out: inout JSONWriter) {
        out.beginObject()
        out.member("id", row.id)
        out.member("misID", row.misID)
        out.member("name", row.name)
        out.member("description", row.description)
        out.member("subject", row.subject?.description)
        out.key("teachers")
        out.beginList()
        for link in row.teachers {
            out.beginObject()
            out.member("id", link.employee)
            out.member("role", link.role.rawValue)
            out.endObject()
        }
        out.endList()
        out.member("students", row.students.count)
        out.endObject()
    }

    func requests(_ request: ControlRequest) throws(ControlError) -> ServiceAnswer {
        switch request.method {
        case "DELETE": world.log.clear()
        case "GET": break
        default: throw .badInput("The request log can be read (GET) or cleared (DELETE).")
        }
        let limit = request.query["limit"].flatMap { Int($0) } ?? 1_000
        var out = JSONWriter()
        out.beginObject()
        out.member("total", world.log.traffic.total)
        out.key("requests")
        out.beginList()
        for entry in world.log.entries.suffix(max(0, limit)) {
            Self.write(entry, to: &out)
        }
        out.endList()
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func trafficAnswer() -> ServiceAnswer {
        let traffic = world.log.traffic
        var out = JSONWriter()
        out.beginObject()
        out.member("total", traffic.total)
        out.member("inFlight", traffic.inFlight)
        out.member("mostInFlight", traffic.mostInFlight)
        out.key("paths")
        out.beginObject()
        for (path, count) in traffic.paths.sorted(by: { $0.key < $1.key }) {
            out.member(path, count)
        }
        out.endObject()
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func silentPorts(_ request: ControlRequest) throws(ControlError) -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        switch request.method {
        case "POST": out.member("port", try world.silentPorts.open())
        case "DELETE": world.silentPorts.close()
        default:
            throw .badInput("A silent port can be opened (POST), or all be closed (DELETE).")
        }
        out.endObject()
        return ServiceAnswer(status: request.method == "POST" ? 201 : 200, body: out.finished())
    }

    private static func write(_ entry: LoggedRequest, to out: inout JSONWriter) {
        out.beginObject()
        out.member("number", entry.number)
        out.member("method", entry.method)
        out.member("path", entry.path)
        out.member("query", entry.query)
        out.member("microsecondsSince1970", Int(entry.at.microseconds))
        out.key("status")
        if let status = entry.status { out.value(status) } else { out.null() }
        out.key("milliseconds")
        if let spent = entry.milliseconds {
            out.raw("\((spent * 1_000).rounded() / 1_000),")
        } else {
            out.null()
        }
        out.member("fault", entry.fault)
        out.endObject()
    }
}
