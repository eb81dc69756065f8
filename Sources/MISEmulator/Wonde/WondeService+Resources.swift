extension WondeService {
    /// Paths that the service has and this emulator does not fill: they answer 403.
    private static let unfilled: Set<String> = [
        "employee-absences", "rooms", "periods", "lessons", "photos", "events", "exclusions",
        "doctors", "medical-conditions", "medical-events", "medical-notes", "behaviours",
        "achievements", "attendance", "attendance-summaries", "attendance-codes", "assessment",
        "students-pre-admission",
    ]

    func resource(
        _ name: String,
        of school: EmulatedSchool,
        _ request: ServiceRequest,
        _ alteration: PageAlteration?
    ) throws(ServiceError) -> ServiceAnswer {
        guard let resource = Resource(rawValue: name) else {
            throw Self.unfilled.contains(name) ? .denied(name) : .notFound
        }
        let answer = school.withState { state -> Result<ServiceAnswer, ServiceError> in
            Result { () throws(ServiceError) in
                try Self.checkAccess(state)
                let reader = try ResourceReader(resource, state, request, alteration)
                return try reader.answer()
            }
        }
        return try answer.get()
    }

    func counts(
        _ school: EmulatedSchool,
        _ request: ServiceRequest
    ) throws(ServiceError) -> ServiceAnswer {
        let state = school.withState { $0 }
        try Self.checkAccess(state)
        let numbers: [String: Int] = [
            "students": state.students.rows.count { !$0.isRemoved && $0.left == nil },
            "employees": state.employees.rows.count { !$0.isRemoved && state.shows($0) },
            "contacts": state.contacts.liveCount,
            "classes": state.switches.classesAbsent ? 0 : state.classes.liveCount,
            "groups": state.groups.liveCount,
            "subjects": state.subjects.liveCount,
        ]
        try checkIncludes(of: request, allowed: Array(numbers.keys))
        var out = JSONWriter()
        out.beginObject()
        out.key("data")
        out.beginObject()
        for name in request.query.names("include") {
            out.raw("\"\(name)\":{\"data\":{\"count\":\(numbers[name] ?? 0)}},")
        }
        out.endObject()
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func deletions(
        _ school: EmulatedSchool,
        _ request: ServiceRequest,
        _ alteration: PageAlteration?
    ) throws(ServiceError) -> ServiceAnswer {
        let state = school.withState { $0 }
        try Self.checkAccess(state)
        let window = try PageWindow(request.query, switches: state.switches)
        let type = request.query["type"]
        let after = try ResourceReader.moment(in: request.query)
        var slice = PageSlice(window, count: state.deletions.count, isPlain: false) { place in
            let row = state.deletions[place]
            guard type == nil || type == row.type else { return false }
            return after.map { max(row.deletedAt, row.restoredAt ?? row.deletedAt) > $0 } ?? true
        }
        slice.alter(alteration)
        var renderer = Renderer(school: state)
        renderer.out.beginObject()
        renderer.out.key("data")
        renderer.out.beginList()
        for place in slice.places { renderer.deletion(state.deletions[place]) }
        renderer.out.endList()
        if !state.switches.metaMissing {
            PageMeta(
                request: request,
                window: window,
                slice: slice,
                alteration: alteration,
                includes: [],
                perPageAs: state.switches.perPageAs
            ).write(to: &renderer.out)
        }
        renderer.out.endObject()
        return ServiceAnswer(body: renderer.out.finished())
    }
}

extension Renderer {
    mutating func deletion(_ row: Deletion) {
        out.beginObject()
        out.member("id", row.id)
        out.member("mis_id", row.misID)
        out.member("type", row.type)
        moment("deleted_at", row.deletedAt)
        moment("restored_at", row.restoredAt)
        out.endObject()
    }
}
