import Accounts
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Muster
import MusterHummingbird
import MusterTesting
import Roster
import Synchronization
import Testing

/// A host's context, and its authentication: who logs in stands in a header.
private struct HostContext: LoginRefreshContext {
    var coreContext: CoreRequestContextStorage
    var login: LoginIdentity?
    var refreshed: LoginRefreshResult?

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}

private struct HeaderCheck: RouterMiddleware {
    var method = LoginMethod.sso

    func handle(
        _ request: Request,
        context: HostContext,
        next: @concurrent (Request, HostContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let email = request.headers[.email] {
            context.login = LoginIdentity(
                school: request.headers[.school] ?? "alder",
                key: .email(email),
                method: method
            )
        }
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    fileprivate static let email = HTTPField.Name("X-Email") ?? .from
    fileprivate static let school = HTTPField.Name("X-School") ?? .via
}

/// A host whose school is scripted.
private final class Host: Sendable {
    let clock = ManualClock()
    let source: ScriptedSource
    let store = MemoryStore()
    let login: LoginRefresh

    init() async throws {
        let clock = clock
        source = ScriptedSource(pageSize: 50, clock: clock)
        source.script { $0.schools = [.example] }
        let connection = try await store.addConnection(.example()) { _ in [] }
        let workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
        login = LoginRefresh(workshop)
        source.put(.staff("1", surname: "Abdi"))
        var settings = SyncSettings()
        settings.attempts = 1
        let result = await BatchSync(workshop, settings: settings).run(connection)
        try #require(result.state == .completed)
    }

    /// Answers whom the middleware lets through with outcome and surname.
    func router(
        method: LoginMethod = .sso,
        schools: (any ConnectionStore)? = nil,
        times: Int = 1,
        onRefusal: LoginRefreshMiddleware<HostContext>.Refusal? = nil
    ) -> Router<HostContext> {
        let router = Router(context: HostContext.self)
        var group = router.group("login").add(middleware: HeaderCheck(method: method))
        for _ in 0..<times {
            group = group.add(
                middleware: LoginRefreshMiddleware(
                    login,
                    schools: schools ?? store,
                    clock: clock,
                    onRefusal: onRefusal ?? { result, _, _ in throw HTTPError(result) }
                )
            )
        }
        group.post { _, context in
            let surname = context.refreshed?.account?.account.surname
            return "\(context.refreshed?.outcome.rawValue ?? "none") \(surname ?? "nobody")"
        }
        return router
    }

    func answer(
        _ router: Router<HostContext>,
        _ email: String?,
        school: String? = nil
    ) async throws -> (status: HTTPResponse.Status, text: String, headers: HTTPFields) {
        var headers = HTTPFields()
        headers[.email] = email
        headers[.school] = school
        return try await Application(router: router).test(.router) { [headers] client in
            try await client.execute(uri: "/login", method: .post, headers: headers) {
                ($0.status, String(buffer: $0.body), $0.headers)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct LoginRefreshMiddlewareTests {
    @Test func `the route sees what the MIS says now`() async throws {
        let host = try await Host()
        host.source.change(.staff("1")) { $0.surname = .value("Fairweather") }
        let answer = try await host.answer(host.router(), "1@school.example")
        #expect(answer.status == .ok && answer.text == "refreshed Fairweather")
    }

    @Test func `a request by nobody is not looked up`() async throws {
        let host = try await Host()
        let before = host.source.requests
        let answer = try await host.answer(host.router(), nil)
        #expect(answer.text == "none nobody")
        #expect(host.source.requests == before)
    }

    @Test func `at a school that is not connected nobody is let in`() async throws {
        let host = try await Host()
        let answer = try await host.answer(host.router(), "1@school.example", school: "elm")
        #expect(answer.status == .forbidden)
    }

    @Test func `two of them ask once`() async throws {
        let host = try await Host()
        let before = host.source.requests
        let answer = try await host.answer(host.router(times: 2), "1@school.example")
        #expect(answer.text == "unchanged Abdi")
        #expect(host.source.requests == before + 1)
    }

    @Test(arguments: ["nobody@school.example", ""])
    func `somebody unknown is turned away, without a hint`(email: String) async throws {
        let host = try await Host()
        let answer = try await host.answer(host.router(), email)
        #expect(answer.status == .forbidden || answer.status == .serviceUnavailable)
        #expect(answer.text.contains("You cannot sign in"))
    }

    @Test func `whom the MIS has as gone is turned away`() async throws {
        let host = try await Host()
        host.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        let answer = try await host.answer(host.router(), "1@school.example")
        #expect(answer.status == .forbidden)
    }

    @Test func `who has no password yet is asked for one, as the host shows it`() async throws {
        let host = try await Host()
        let thrown = try await host.answer(host.router(method: .password), "1@school.example")
        #expect(thrown.status == .forbidden && thrown.text.contains("Set a password"))
        let shown = try await host.answer(
            host.router(method: .password) { result, _, context in
                #expect(context.refreshed == result)
                return Response(
                    status: .seeOther,
                    headers: [.location: "/\(result.decision.rawValue)"]
                )
            },
            "1@school.example"
        )
        #expect(shown.status == .seeOther && shown.headers[.location] == "/resetPassword")
    }

    @Test func `it adds no more than the budget, and the look-up goes on behind`() async throws {
        let host = try await Host()
        let gate = Gate()
        host.source.script { $0.everyAnswer = .held(gate) }
        host.source.change(.staff("1")) { $0.surname = .value("Fairweather") }
        async let answer = host.answer(host.router(), "1@school.example")
        try await gate.arrival()
        host.clock.advance(by: .milliseconds(800))
        #expect(try await answer.text == "deferred Abdi")
        gate.open()
        await host.login.finishDeferred()
        let later = try await host.answer(host.router(), "1@school.example")
        #expect(later.text == "fresh Fairweather")
    }

    @Test func `a store that cannot be read lets nobody in`() async throws {
        let host = try await Host()
        let broken = BrokenStore()
        let answer = try await host.answer(host.router(schools: broken), "1@school.example")
        #expect(answer.status == .forbidden)
    }

    @Test(arguments: [(Duration.milliseconds(1), "1"), (.seconds(30), "30")])
    func `a time to come back is in the answer`(wait: Duration, header: String) {
        var result = LoginRefreshResult(.deny, .deferred)
        result.retryAfter = wait
        let error = HTTPError(result)
        #expect(error.status == .serviceUnavailable && error.headers[.retryAfter] == header)
    }
}

/// Where nothing can be read.
private struct BrokenStore: ConnectionStore {
    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection { throw .busy }
    func connections() async throws(StoreError) -> [Connection] { throw .busy }
    func school(named text: String) async throws(StoreError) -> ConnectedSchool? { throw .busy }
    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        throw .busy
    }
    func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    ) async throws(StoreError) { throw .busy }
    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        throw .busy
    }
    func remove(_ connection: ConnectionID) async throws(StoreError) { throw .busy }
    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    ) async throws(StoreError) { throw .busy }
    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) { throw .busy }
    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        throw .busy
    }
    func setReadMark(_ mark: ReadMark) async throws(StoreError) { throw .busy }
    func policy(of tenant: TenantID) async throws(StoreError) -> Policy { throw .busy }
    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) { throw .busy }
}
