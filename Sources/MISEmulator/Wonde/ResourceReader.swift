/// Reads one resource of one school for one request.
struct ResourceReader {
    let resource: Resource
    let state: SchoolState
    let request: ServiceRequest
    let alteration: PageAlteration?
    private let include: IncludeTree
    private let after: Timestamp?

    init(
        _ resource: Resource,
        _ state: SchoolState,
        _ request: ServiceRequest,
        _ alteration: PageAlteration?
    ) throws(ServiceError) {
        self.resource = resource
        self.state = state
        self.request = request
        self.alteration = alteration
        guard state.grants.allows(resource.permission),
            !state.switches.deniedResources.contains(resource.rawValue)
        else { throw ServiceError.denied(resource.rawValue) }
        let names = request.query.names("include")
        try Self.check(names, resource, state, single: request.path.count == 4)
        include = IncludeTree(paths: names)
        let moment = try Self.moment(in: request.query)
        after = state.switches.updatedAfterIgnored ? nil : moment
    }

    static func moment(in query: QueryString) throws(ServiceError) -> Timestamp? {
        guard let text = query["updated_after"], !text.isEmpty else { return nil }
        guard let moment = Timestamp(text) else {
            throw ServiceError.invalidParameter("updated_after")
        }
        return moment
    }

    private static func check(
        _ names: [String],
        _ resource: Resource,
        _ state: SchoolState,
        single: Bool
    ) throws(ServiceError) {
        let catalogue = resource.catalogue(single: single)
        let switches = state.switches
        for name in names {
            guard catalogue.contains(name),
                !switches.deniedIncludes.contains(where: { name == $0 || name.hasPrefix($0 + ".") })
            else { throw ServiceError.invalidInclude(name) }
            guard switches.ungrantedAnswer == .invalidInclude else { continue }
            let first = name.prefix { $0 != "." }
            if let permission = resource.permission(forInclude: first),
                !state.grants.allows(permission)
            {
                throw ServiceError.invalidInclude(name)
            }
        }
    }

    func answer() throws(ServiceError) -> ServiceAnswer {
        if request.path.count == 4 { return try single(request.path[3]) }
        switch resource {
        case .employees:
            let filter = employeesArePlain ? nil : lists(employeeAt:)
            return try list(state.employees, filter) { renderer, person in
                renderer.employee(person, include)
                if person.oddity == .duplicateID { renderer.employee(person, include) }
            }
        case .students, .studentsLeaver:
            let isLeaver = resource == .studentsLeaver
            let filter = { place in (state.students.rows[place].left != nil) == isLeaver }
            return try list(state.students, filter) { $0.student($1, include) }
        case .contacts: return try list(state.contacts) { $0.contact($1, include) }
        case .classes:
            return try list(state.classes, lists(classAt:)) { $0.schoolClass($1, include) }
        case .groups:
            let filter = request.query["type"].map { type in
                { place in state.groups.rows[place].type == type }
            }
            return try list(state.groups, filter) { $0.group($1, include) }
        case .subjects: return try list(state.subjects) { $0.subject($1) }
        }
    }

    private func lists(classAt place: Int) -> Bool {
        !state.switches.classesAbsent
            && Self.agrees(
                request.query.flag("has_students"),
                state.classes.rows[place].students.isEmpty
            )
    }

    /// True if no filter and no switch leaves anybody out.
    private var employeesArePlain: Bool {
        state.switches.nonCurrentStaff == .listed && state.hiddenIDs.isEmpty
            && ["has_class", "has_group", "has_role"].allSatisfy { request.query[$0] == nil }
    }

    private func lists(employeeAt place: Int) -> Bool {
        let person = state.employees.rows[place]
        return state.shows(person)
            && Self.agrees(request.query.flag("has_class"), person.classes.isEmpty)
            && Self.agrees(request.query.flag("has_group"), person.groups.isEmpty)
            && Self.agrees(request.query.flag("has_role"), person.roles.isEmpty)
    }

    private static func agrees(_ wanted: Bool?, _ isEmpty: Bool) -> Bool {
        wanted.map { $0 != isEmpty } ?? true
    }

    /// The page of a table that was asked for; without a filter, of all that was not removed.
    private func list<Row: EmulatedRow>(
        _ table: Table<Row>,
        _ filter: ((Int) -> Bool)? = nil,
        write: (inout Renderer, Row) -> Void
    ) throws(ServiceError) -> ServiceAnswer {
        let window = try PageWindow(request.query, switches: state.switches)
        let isPlain = filter == nil && after == nil && table.removedCount == 0
        var slice = PageSlice(window, count: table.rows.count, isPlain: isPlain) { place in
            if table.rows[place].isRemoved { return false }
            if let after, table.rows[place].updatedAt <= after { return false }
            return filter?(place) ?? true
        }
        slice.alter(alteration)
        var renderer = Renderer(
            school: state,
            capacity: 4_096 + slice.places.count * (include.isEmpty ? 800 : 9_000)
        )
        renderer.out.beginObject()
        renderer.out.key("data")
        renderer.out.beginList()
        let firstByte = renderer.out.count
        for place in slice.places {
            write(&renderer, table.rows[place])
            if alteration == .duplicateFirst, place == slice.places.first {
                write(&renderer, table.rows[place])
            }
        }
        renderer.out.endList()
        if !state.switches.metaMissing {
            PageMeta(
                request: request,
                window: window,
                slice: slice,
                alteration: alteration,
                includes: resource.catalogue(single: false),
                perPageAs: state.switches.perPageAs
            ).write(to: &renderer.out)
        }
        renderer.out.endObject()
        var bytes = renderer.out.finished()
        if alteration == .firstWithoutID, !slice.places.isEmpty {
            Self.removeID(from: &bytes, recordAt: firstByte)
        }
        return ServiceAnswer(body: bytes)
    }

    /// Takes the member `id`, which every record begins with, out of one record.
    private static func removeID(from bytes: inout [UInt8], recordAt start: Int) {
        guard let comma = bytes[start...].firstIndex(of: UInt8(ascii: ",")) else { return }
        bytes.removeSubrange((start + 1)...comma)
    }

    private func single(_ text: String) throws(ServiceError) -> ServiceAnswer {
        guard let id = ObjectID(text) else { throw ServiceError.notFound }
        var renderer = Renderer(school: state)
        renderer.out.beginObject()
        renderer.out.key("data")
        try write(id, to: &renderer)
        if !state.switches.metaMissing {
            renderer.out.key("meta")
            renderer.out.beginObject()
            PageMeta.write(includes: resource.catalogue(single: true), to: &renderer.out)
            renderer.out.endObject()
        }
        renderer.out.endObject()
        return ServiceAnswer(body: renderer.out.finished())
    }

    private func write(_ id: ObjectID, to renderer: inout Renderer) throws(ServiceError) {
        switch resource {
        case .employees:
            let person = try found(state.employees.live(id))
            guard state.shows(person) else {
                throw state.switches.hiddenAnswer == 403 ? .denied("this person") : .notFound
            }
            renderer.employee(person, include)
        case .students:
            let student = try found(state.students.live(id))
            guard student.left == nil else { throw .notFound }
            renderer.student(student, include)
        case .studentsLeaver:
            let student = try found(state.students.live(id))
            guard student.left != nil else { throw .notFound }
            renderer.student(student, include)
        case .contacts: renderer.contact(try found(state.contacts.live(id)), include)
        case .classes:
            guard !state.switches.classesAbsent else { throw .notFound }
            renderer.schoolClass(try found(state.classes.live(id)), include)
        case .groups: renderer.group(try found(state.groups.live(id)), include)
        case .subjects: renderer.subject(try found(state.subjects.live(id)))
        }
    }

    private func found<Row>(_ row: Row?) throws(ServiceError) -> Row {
        guard let row else { throw ServiceError.notFound }
        return row
    }
}
