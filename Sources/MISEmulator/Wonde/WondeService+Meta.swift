extension WondeService {
    /// Answers `meta/schools/{id}` and what lies below it.
    func meta(_ request: ServiceRequest) throws(ServiceError) -> ServiceAnswer {
        guard request.method == "GET", let school = world.school(request.path[2]) else {
            throw .notFound
        }
        let state = school.withState { $0 }
        var renderer = Renderer(school: state)
        renderer.out.beginObject()
        renderer.out.key("data")
        switch (request.path.count, request.path.count > 3 ? request.path[3] : "") {
        case (3, _): renderer.connection()
        case (4, "permissions"): renderer.permissions()
        case (4, "acl"):
            renderer.accessList(withTypes: request.query.flag("with_user_type") == true)
        default: throw .notFound
        }
        renderer.out.endObject()
        return ServiceAnswer(body: renderer.out.finished())
    }
}

extension Renderer {
    mutating func connection() {
        let state = school.switches.state
        out.beginObject()
        out.member("online", !school.switches.offline)
        out.member("approved", state == .approved || state == .audited)
        out.member("audited", state == .audited)
        out.member("custom_attendance_codes", false)
        out.endObject()
    }

    mutating func permissions() {
        out.beginList()
        for permission in Permission.allCases {
            let approved = grants.allows(permission)
            out.beginObject()
            out.member("identity", permission.identity)
            out.member("name", permission.name)
            out.member("description", "Read \(permission.name.lowercased()).")
            out.member("parent", permission.parent?.identity)
            out.member("group", permission.group)
            moment("active_from", school.profile.auditedAt)
            out.member("optional", permission.parent != nil)
            out.member("approved", approved)
            out.member("audited", approved && school.switches.state == .audited)
            out.member("declined", !approved)
            out.endObject()
        }
        out.endList()
    }

    mutating func accessList(withTypes: Bool) {
        out.beginObject()
        out.member("mode", school.hiddenIDs.isEmpty ? nil : "exclude")
        out.key("ids")
        out.beginList()
        for id in school.hiddenIDs.sorted() {
            guard withTypes else {
                out.value(id)
                continue
            }
            out.beginObject()
            out.member("id", id)
            out.member("type", school.employees.position(of: id) == nil ? "student" : "employee")
            out.endObject()
        }
        out.endList()
        out.endObject()
    }
}
