import Foundation

/// Answers the requests of the emulated REST service.
struct WondeService: Sendable {
    let world: EmulatedWorld
    private let acceptedCredentials: Set<String>

    init(world: EmulatedWorld) {
        self.world = world
        acceptedCredentials = [
            "bearer \(world.token)", "basic \(Data("\(world.token):".utf8).base64EncodedString())",
        ]
    }

    /// The answer to one request, spoilt as a fault demands.
    func answer(_ request: ServiceRequest, alteration: PageAlteration? = nil) -> ServiceAnswer {
        do throws(ServiceError) {
            guard accepts(request.authorization) else { throw .unauthenticated }
            switch request.path.first {
            case "schools": return try schools(request, alteration)
            case "meta" where request.path.count >= 3 && request.path[1] == "schools":
                return try meta(request)
            default: throw .notFound
            }
        } catch {
            return refusal(error, of: request)
        }
    }

    /// True for the token as a bearer, or as a user name without a password.
    private func accepts(_ authorization: String?) -> Bool {
        guard let authorization, let space = authorization.firstIndex(of: " ") else { return false }
        let scheme = authorization[..<space].lowercased()
        return acceptedCredentials.contains(scheme + authorization[space...])
    }

    private func refusal(_ error: ServiceError, of request: ServiceRequest) -> ServiceAnswer {
        let place = request.path.first == "meta" ? 2 : 1
        guard request.path.count > place, let school = world.school(request.path[place]) else {
            return error.answer()
        }
        let switches = school.withState { $0.switches }
        return error.answer(
            codeMember: switches.errorCodeMember,
            messageMember: switches.errorMessageMember
        )
    }

    private func schools(
        _ request: ServiceRequest,
        _ alteration: PageAlteration?
    ) throws(ServiceError) -> ServiceAnswer {
        let path = request.path
        guard path.count > 1 else { return try schoolList(request, alteration, .readable) }
        if path.count == 2, let list = SchoolList(rawValue: path[1]) {
            return try schoolList(request, alteration, list)
        }
        guard let school = world.school(path[1]) else { throw .notFound }
        switch (request.method, path.count, path.count > 2 ? path[2] : "") {
        case ("GET", 2, _): return try singleSchool(school, request)
        case ("POST", 3, "request-access"): return try requestAccess(school, request)
        case ("DELETE", 3, "revoke-access"): return revokeAccess(school)
        case ("GET", 3, "counts"): return try counts(school, request)
        case ("GET", 3, "deletions"): return try deletions(school, request, alteration)
        case ("GET", 3...4, let name):
            return try resource(name, of: school, request, alteration)
        default: throw .notFound
        }
    }

    /// Refuses data of a school that has not approved and audited this application.
    static func checkAccess(_ state: SchoolState) throws(ServiceError) {
        guard state.switches.state == .audited else {
            throw .denied("this school, which is \(state.switches.state.rawValue)")
        }
    }
}
