import CurlTransport
import Roster
import Synchronization
import Testing

@testable import WondeSource

/// A school, its token, and answers that were written down beforehand.
///
/// Requests beyond the written answers fail the test.
final class Scene: Sendable {
    static let token = "0123456789abcdef0123456789abcdef01234567"
    /// 2026-09-15T10:00:00Z in seconds since 1970.
    static let now: Int64 = 1_789_466_400
    static let today = Day(year: 2026, month: 9, day: 15)
    static let school = SchoolKey(connection: ConnectionID(7), school: "A1000000001")

    /// What comes back for one request.
    enum Answer: Sendable {
        case reply(Int, String, [(String, String)])
        case failure(TransportError)

        static func ok(_ body: String) -> Answer { .reply(200, body, []) }
        static func status(_ status: Int, _ body: String = "{}") -> Answer {
            .reply(status, body, [])
        }
        static let invalidInclude = status(400, #"{"error":"invalid_include","message":"no"}"#)
    }

    private let asked = Mutex<[HTTPRequest]>([])
    private let answers: @Sendable (Int, String) -> Answer?

    /// Answers requests in this order.
    convenience init(_ answers: Answer...) {
        self.init { index, _ in index < answers.count ? answers[index] : nil }
    }

    /// Answers by the number of the request and its address.
    init(by answers: @escaping @Sendable (Int, String) -> Answer?) {
        self.answers = answers
    }

    /// The addresses asked for, in order.
    var addresses: [String] { asked.withLock { $0.map(\.url) } }
    var requests: [HTTPRequest] { asked.withLock { $0 } }

    func source(
        _ adjust: (inout WondeSettings) -> Void = { _ in },
        today: Day? = Scene.today
    ) throws -> WondeSource {
        var settings = WondeSettings(schoolID: Scene.school.school)
        adjust(&settings)
        let day = try #require(today)
        return try WondeSource(
            connection: Scene.school.connection,
            settings: settings,
            token: Scene.token,
            send: { request throws(TransportError) in try self.answer(request) },
            today: { day },
            now: { Timestamp(milliseconds: Scene.now * 1000) }
        )
    }

    private func answer(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
        let index = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        switch answers(index, request.url) {
        case .reply(let status, let body, let headers):
            return HTTPResponse(
                status: status,
                headers: HTTPHeaders(headers.map { (name: $0.0, value: $0.1) }),
                body: Array(body.utf8)
            )
        case .failure(let error): throw error
        case nil:
            Issue.record("no answer was written for request \(index), \(request.url)")
            throw .stopped
        }
    }
}

extension WondeSource {
    func lookUp(_ id: String, knowing capabilities: Capabilities = Scene.granted) async -> LookUp {
        await lookUp(Scene.key(id), knowing: capabilities, sequence: 1, by: Scene.soon)
    }

    func page(
        at cursor: PageCursor? = nil,
        changedSince: Timestamp? = nil,
        knowing capabilities: Capabilities = Scene.granted
    ) async throws(SourceError) -> RosterPage {
        try await page(
            of: .staff,
            in: Scene.school,
            at: cursor,
            changedSince: changedSince,
            knowing: capabilities,
            sequence: 1,
            by: Scene.soon
        )
    }
}

extension WondeSource {
    func lookUp(
        _ kind: PersonKind,
        _ id: String,
        knowing capabilities: Capabilities = Scene.granted
    ) async -> LookUp {
        let key = SourceKey(school: Scene.school, kind: kind, id: id)
        return await lookUp(key, knowing: capabilities, sequence: 1, by: Scene.soon)
    }

    func page(
        of kind: PersonKind,
        at cursor: PageCursor? = nil,
        changedSince: Timestamp? = nil,
        knowing capabilities: Capabilities = Scene.granted
    ) async throws(SourceError) -> RosterPage {
        try await page(
            of: kind,
            in: Scene.school,
            at: cursor,
            changedSince: changedSince,
            knowing: capabilities,
            sequence: 1,
            by: Scene.soon
        )
    }
}

extension Scene {
    /// The observation that a look-up makes of a pupil or a contact with `members`.
    static func observation(
        of kind: PersonKind,
        _ members: String,
        knowing capabilities: Capabilities = granted,
        settings adjust: (inout WondeSettings) -> Void = { _ in }
    ) async throws -> Observation {
        let look = try await Scene(single(members)).source(adjust)
            .lookUp(kind, "A12", knowing: capabilities)
        guard case .found(let person) = look.answer else { throw NotFound(answer: look.answer) }
        return person
    }
}

extension Capabilities {
    /// What is known of the staff of the scene's school.
    var ofStaff: KindCapabilities { self[.staff, in: Scene.school.school] }
}

extension Scene {
    static var soon: ContinuousClock.Instant { .now + .seconds(60) }

    static func key(_ id: String) -> SourceKey {
        SourceKey(school: school, kind: .staff, id: id)
    }

    /// A school that grants everything.
    static let granted: Capabilities = {
        var capabilities = Capabilities()
        for kind in PersonKind.allCases {
            for field in SourceField.allCases { capabilities[kind].grants[field] = .granted }
        }
        return capabilities
    }()

    /// One employee with these members besides her id.
    static func employee(_ members: String = "", id: String = "A12") -> String {
        #"{"id":"\#(id)"\#(members.isEmpty ? "" : ",")\#(members)}"#
    }

    static func single(_ members: String, id: String = "A12") -> Answer {
        .ok(#"{"data":\#(employee(members, id: id)),"meta":{"includes":[]}}"#)
    }

    static func list(
        _ rows: [String],
        pagination: String? = #"{"next":null,"more":false}"#
    )
        -> Answer
    {
        let meta = pagination.map { #","meta":{"pagination":\#($0)}"# } ?? ""
        return .ok(#"{"data":[\#(rows.joined(separator: ","))]\#(meta)}"#)
    }

    /// The observation that a look-up makes of an employee with `members`.
    static func observation(
        _ members: String,
        knowing capabilities: Capabilities = granted,
        settings adjust: (inout WondeSettings) -> Void = { _ in }
    ) async throws -> Observation {
        let look = try await Scene(single(members)).source(adjust)
            .lookUp("A12", knowing: capabilities)
        guard case .found(let person) = look.answer else { throw NotFound(answer: look.answer) }
        return person
    }

    struct NotFound: Error {
        let answer: LookUpAnswer
    }
}
