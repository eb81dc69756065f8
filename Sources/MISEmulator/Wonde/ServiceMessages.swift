/// A request to the emulated service, without anything that belongs to the socket.
struct ServiceRequest: Sendable {
    var method: String
    /// The parts of the path below `/v1.0`.
    var path: [String]
    var query: QueryString
    var authorization: String?
    /// The address the caller used, such as `127.0.0.1:8808`.
    var host: String
    var body: [UInt8] = []

    /// The path without its query and without a trailing slash, for links to other pages.
    var url: String { "http://\(host)/v1.0/\(path.joined(separator: "/"))" }
}

/// What the service answers.
struct ServiceAnswer: Sendable {
    var status = 200
    var contentType = "application/json"
    var retryAfter: Int?
    /// Headers besides, in the order they are sent.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]
}

/// A refusal of the emulated service.
struct ServiceError: Error, Hashable, Sendable {
    var status: Int
    var code: String
    var message: String

    static let unauthenticated = ServiceError(
        status: 401,
        code: "unauthenticated",
        message: "The token is missing or not valid."
    )

    static let notFound = ServiceError(
        status: 404,
        code: "resource_not_found",
        message: "The resource could not be found."
    )

    static func denied(_ what: String) -> ServiceError {
        ServiceError(
            status: 403,
            code: "permission_denied",
            message: "This application may not read \(what)."
        )
    }

    static func invalidInclude(_ name: String) -> ServiceError {
        ServiceError(
            status: 400,
            code: "invalid_include",
            message: "The include '\(name)' is not available on this resource."
        )
    }

    static func invalidParameter(_ name: String) -> ServiceError {
        ServiceError(
            status: 400,
            code: "invalid_parameter",
            message: "The value of '\(name)' could not be read."
        )
    }

    /// The JSON answer; the names of its members are a switch of the school.
    func answer(codeMember: String = "error", messageMember: String = "message") -> ServiceAnswer {
        var out = JSONWriter()
        out.beginObject()
        out.member(codeMember, code)
        out.member(messageMember, message)
        out.endObject()
        return ServiceAnswer(status: status, body: out.finished())
    }
}
