import Foundation

/// A request to the control endpoints.
struct ControlRequest: Sendable {
    var method: String
    /// The parts of the path below `/_control`.
    var path: [String]
    var query: QueryString
    var body: [UInt8]
}

/// The endpoints under `/_control`, which change the emulated world.
struct ControlEndpoints: Sendable {
    let world: EmulatedWorld

    func answer(_ request: ControlRequest) -> ServiceAnswer {
        do throws(ControlError) {
            return try route(request)
        } catch {
            return ServiceError(
                status: error.status,
                code: error.status == 404 ? "not_found" : "bad_input",
                message: error.description
            ).answer()
        }
    }

    var help: ServiceAnswer {
        ServiceAnswer(
            contentType: "text/plain; charset=UTF-8",
            body: Array(ControlHelp.text(school: world.schools.first?.id.description ?? "").utf8)
        )
    }

    private func route(_ request: ControlRequest) throws(ControlError) -> ServiceAnswer {
        let path = request.path
        switch (request.method, path.first, path.count) {
        case ("GET", nil, _): return help
        case ("GET", "state", 1), ("GET", "schools", 1): return stateAnswer()
        case (_, "faults", 1): return try faults(request)
        case (_, "requests", 1): return try requests(request)
        case ("GET", "traffic", 1): return trafficAnswer()
        case (_, "silent-ports", 1): return try silentPorts(request)
        case ("POST", "odd-people", 1): return try oddPeople(firstSchool())
        case (_, "schools", 2...): return try school(path[1], request)
        default: throw unknown(request)
        }
    }

    private func unknown(_ request: ControlRequest) -> ControlError {
        .notFound(
            "\(request.method) /_control/\(request.path.joined(separator: "/")) does nothing; "
                + "GET /_control lists what there is."
        )
    }

    private func firstSchool() throws(ControlError) -> String {
        guard let school = world.schools.first else { throw .notFound("There is no school.") }
        return school.id.description
    }

    private func school(
        _ id: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        let path = request.path
        switch (request.method, path.count, path.count > 2 ? path[2] : "") {
        case ("GET", 2, _): return try schoolAnswer(id)
        case ("PATCH", 2, _):
            let patch = try JSONValue.members(of: request.body)
            try world.edit(id) { (state) throws(ControlError) in
                state.switches = try state.switches.overlaid(with: patch)
            }
            return try schoolAnswer(id)
        case ("POST", 3, "migration"): return try migrate(id, request)
        case ("POST", 3, "odd-people"): return try oddPeople(id)
        case ("POST", 3, "touch"):
            try world.edit(id) { state in state.touchEverybody(now: .now) }
            return try schoolAnswer(id)
        case (_, 3...5, "employees"): return try employees(id, request)
        case (_, 3...5, "classes"): return try classes(id, request)
        case (_, 3...5, "students"): return try people(.student, id, request)
        case (_, 3...5, "contacts"): return try people(.contact, id, request)
        default: throw unknown(request)
        }
    }

    private func employees(
        _ school: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 3): return try staffAnswer(school, request.query)
        case ("GET", 4): return try personAnswer(school, path[3])
        case ("POST", 3):
            let change = try EmployeeChange(try JSONValue.members(of: request.body))
            return try personAnswer(
                school,
                try world.addEmployee(school: school, change),
                status: 201
            )
        case ("PATCH", 4):
            let change = try EmployeeChange(try JSONValue.members(of: request.body))
            try world.change(school: school, employee: path[3], change)
            return try personAnswer(school, path[3])
        default: return try removal(.employee, school, request)
        }
    }

    private func classes(
        _ school: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 3): return try classesAnswer(school, request.query)
        case ("GET", 4): return try classAnswer(school, path[3])
        case ("POST", 3):
            let change = try ClassChange(try JSONValue.members(of: request.body))
            return try classAnswer(school, try world.addClass(school: school, change), status: 201)
        case ("PATCH", 4):
            let change = try ClassChange(try JSONValue.members(of: request.body))
            try world.change(school: school, schoolClass: path[3], change)
            return try classAnswer(school, path[3])
        default: return try removal(.schoolClass, school, request)
        }
    }

    private func people(
        _ kind: RemovableKind,
        _ school: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        if request.method == "GET", request.path.count == 3 {
            return kind == .student
                ? try studentsAnswer(school, request.query)
                : try contactsAnswer(school, request.query)
        }
        guard request.method == "PATCH", request.path.count == 4 else {
            return try removal(kind, school, request)
        }
        let members = try JSONValue.members(of: request.body)
        let id = request.path[3]
        try world.edit(school) { (state) throws(ControlError) in
            if kind == .student {
                try state.apply(try PersonChange(student: members), toStudent: id, now: .now)
            } else {
                try state.apply(try PersonChange(contact: members), toContact: id, now: .now)
            }
        }
        return done("changed", id)
    }

    private func removal(
        _ kind: RemovableKind,
        _ school: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        let path = request.path
        switch (request.method, path.count, path.last) {
        case ("DELETE", 4, let id?):
            try world.edit(school) { (state) throws(ControlError) in
                try state.remove(kind, id, now: .now)
            }
            return done("removed", id)
        case ("POST", 5, "restore"):
            try world.edit(school) { (state) throws(ControlError) in
                try state.restore(kind, path[3], now: .now)
            }
            return done("restored", path[3])
        default: throw unknown(request)
        }
    }

    private func migrate(
        _ school: String,
        _ request: ControlRequest
    ) throws(ControlError) -> ServiceAnswer {
        var mis = "Arbor"
        if !request.body.isEmpty {
            var fields = ControlFields(
                try JSONValue.members(of: request.body),
                of: "a migration"
            )
            mis = try fields.optional("mis") ?? mis
            try fields.finish()
        }
        let ids = world.ids
        let renewed = try world.edit(school) { state in
            state.migrate(to: mis, ids: ids, now: .now)
        }
        var out = JSONWriter()
        out.beginObject()
        out.member("mis", mis)
        out.key("ids")
        out.beginObject()
        for (old, new) in renewed.sorted(by: { $0.key < $1.key }) {
            out.member(old.description, new)
        }
        out.endObject()
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    private func oddPeople(_ school: String) throws(ControlError) -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        out.member("school", school)
        out.key("added")
        out.beginObject()
        for (kind, id) in try world.addOddPeople(school: school) { out.member(kind, id) }
        out.endObject()
        out.endObject()
        return ServiceAnswer(status: 201, body: out.finished())
    }

    private func faults(_ request: ControlRequest) throws(ControlError) -> ServiceAnswer {
        switch request.method {
        case "GET": break
        case "DELETE": world.faults.clear()
        case "POST":
            let members = try JSONValue.members(of: request.body)
            if let stranger = members.keys.sorted().first(where: { !Fault.memberNames.contains($0) }
            ) {
                throw .badInput(
                    "'\(stranger)' is no member of a fault; there are "
                        + Fault.memberNames.sorted().joined(separator: ", ") + "."
                )
            }
            world.faults.add(try Self.fault(members))
        default: throw unknown(request)
        }
        let faults = (try? JSONEncoder().encode(["faults": world.faults.faults])) ?? Data()
        return ServiceAnswer(body: Array(faults))
    }

    private static func fault(_ members: [String: JSONValue]) throws(ControlError) -> Fault {
        if case .text(let kind)? = members["kind"], Fault.Kind(rawValue: kind) == nil {
            let kinds = Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badInput("'\(kind)' is no kind of fault; there are \(kinds).")
        }
        let fault: Fault
        do {
            fault = try JSONValue.object(members).decoded(as: Fault.self)
        } catch let error as DecodingError {
            throw .badInput("The fault could not be read: \(error.sentence)")
        } catch {
            throw .badInput("The fault could not be read: \(error).")
        }
        try fault.check()
        return fault
    }

    private func done(_ verb: String, _ id: String) -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        out.member(verb, id)
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }
}
