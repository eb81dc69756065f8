import Foundation

/// The lists of schools, by where the school stands.
enum SchoolList: String, Sendable {
    case readable
    case pending
    case audited
    case declined
    case revoked
    case offline
    case all

    func holds(_ switches: SchoolSwitches) -> Bool {
        let isOpen = switches.state == .approved || switches.state == .audited
        return switch self {
        case .readable: isOpen
        case .offline: isOpen && switches.offline
        case .all: true
        case .pending: switches.state == .pending
        case .audited: switches.state == .audited
        case .declined: switches.state == .declined
        case .revoked: switches.state == .revoked
        }
    }
}

extension WondeService {
    func schoolList(
        _ request: ServiceRequest,
        _ alteration: PageAlteration?,
        _ list: SchoolList
    ) throws(ServiceError) -> ServiceAnswer {
        guard request.method == "GET" else { throw .notFound }
        let window = try PageWindow(request.query, switches: nil)
        try checkIncludes(of: request, allowed: ["cbds"])
        let postcode = request.query["postcode"].map(Self.squeezed)
        let number = request.query["establishment_number"]
        var slice = PageSlice(window, count: world.schools.count, isPlain: false) { place in
            world.schools[place].withState { state in
                guard list.holds(state.switches) else { return false }
                guard list == .all else { return true }
                return (number ?? state.profile.establishmentNumber)
                    == state.profile.establishmentNumber
                    && Self.squeezed(state.profile.postcode).hasPrefix(postcode ?? "")
            }
        }
        slice.alter(alteration)
        var out = JSONWriter()
        out.beginObject()
        out.key("data")
        out.beginList()
        for place in slice.places {
            out.raw(object(of: world.schools[place], request))
            out.raw(",")
        }
        out.endList()
        PageMeta(
            request: request,
            window: window,
            slice: slice,
            alteration: alteration,
            includes: ["cbds"]
        ).write(to: &out)
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func singleSchool(
        _ school: EmulatedSchool,
        _ request: ServiceRequest
    ) throws(ServiceError) -> ServiceAnswer {
        let switches = school.withState { $0.switches }
        guard switches.state == .approved || switches.state == .audited else {
            throw .denied("this school, which is \(switches.state.rawValue)")
        }
        try checkIncludes(of: request, allowed: ["cbds"])
        var out = JSONWriter()
        out.beginObject()
        out.key("data")
        out.raw(object(of: school, request))
        out.raw(",")
        if !switches.metaMissing {
            out.key("meta")
            out.beginObject()
            PageMeta.write(includes: ["cbds"], to: &out)
            out.endObject()
        }
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }

    func checkIncludes(of request: ServiceRequest, allowed: [String]) throws(ServiceError) {
        for name in request.query.names("include") where !allowed.contains(name) {
            throw .invalidInclude(name)
        }
    }

    private static func squeezed(_ postcode: String) -> String {
        postcode.uppercased().filter { $0 != " " }
    }

    /// One school as JSON, without a comma behind it.
    private func object(of school: EmulatedSchool, _ request: ServiceRequest) -> String {
        let bytes = school.withState { state in
            var renderer = Renderer(school: state)
            renderer.school(host: request.host)
            return renderer.out.finished()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func requestAccess(
        _ school: EmulatedSchool,
        _ request: ServiceRequest
    ) throws(ServiceError) -> ServiceAnswer {
        if !request.body.isEmpty, (try? JSONValue.members(of: request.body)) == nil {
            throw ServiceError(
                status: 422,
                code: "validation_failed",
                message: "The body is not a JSON object."
            )
        }
        let state = school.withState { state in
            switch state.switches.state {
            case .approved, .audited: break
            case .pending, .declined, .revoked, .unknown: state.switches.state = .pending
            }
            return state.switches.state
        }
        return accessAnswer(state, "Access to the school was requested.")
    }

    func revokeAccess(_ school: EmulatedSchool) -> ServiceAnswer {
        school.withState { $0.switches.state = .revoked }
        return accessAnswer(.revoked, "Access to the school was given up.")
    }

    private func accessAnswer(_ state: SchoolSwitches.State, _ message: String) -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        out.member("success", true)
        out.member("state", state.rawValue)
        out.member("message", message)
        out.endObject()
        return ServiceAnswer(body: out.finished())
    }
}

extension Renderer {
    /// Writes the school object.
    mutating func school(host: String) {
        let profile = school.profile
        let number = profile.establishmentNumber
        let foreign = school.switches.regionDomain
        out.beginObject()
        out.member("id", profile.id)
        out.member("name", profile.name)
        out.member("establishment_number", number)
        out.member("urn", profile.urn)
        out.member("phase_of_education", profile.phase)
        out.member("la_code", profile.laCode)
        out.member("timezone", "Europe/London")
        out.member("mis", school.switches.mis)
        address(of: profile)
        out.key("extended")
        out.beginObject()
        out.member("allows_writeback", false)
        out.member("has_timetables", true)
        out.member("has_lesson_attendance", false)
        moment("audit_approved_at", school.switches.state == .audited ? profile.auditedAt : nil)
        out.endObject()
        out.key("region")
        out.beginObject()
        out.member("code", "GBR")
        out.member("domain", foreign.isEmpty ? host : foreign)
        let origin = foreign.isEmpty ? "http://\(host)" : "https://\(foreign)"
        out.member("school_url", "\(origin)/v1.0/schools/\(profile.id)")
        out.key("identifiers")
        out.beginObject()
        out.member("la_code", profile.laCode)
        out.member("establishment_number", number)
        out.member("urn", profile.urn)
        out.endObject()
        out.endObject()
        out.endObject()
    }

    private mutating func address(of profile: SchoolProfile) {
        out.key("address")
        out.beginObject()
        out.member("address_line_1", profile.addressLine)
        out.member("address_line_2", String?.none)
        out.member("address_town", profile.town)
        out.member("address_postcode", profile.postcode)
        out.key("address_country")
        out.beginObject()
        out.member("code", "GBR")
        out.member("name", "England")
        out.endObject()
        out.endObject()
    }
}
