import Accounts
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Muster
import Roster

/// Every address of the daemon, and what is behind it.
struct ServerRoutes: Sendable {
    let admission: Admission
    let connections: OpenConnections
    let clock: any MusterClock
    let logger: Logger
    let headerBytes: Int
    let logins: LoginRoutes
    let runs: RunRoutes
    let accounts: AccountRoutes
    let changes: ChangeRoutes
    let review: ReviewRoutes
    let health: HealthRoutes
    let passwords: PasswordRoutes
    /// The pages for people; nil where the operator did not say where they are reached.
    let pages: PasswordPages?

    private typealias Answer =
        @Sendable (Request, Caller, ServerContext, ContinuousClock.Instant) async throws -> Response

    /// A router with all of them, which says of each address which other methods it refuses.
    var router: Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: ProblemMiddleware(
                headerBytes: headerBytes,
                logger: logger,
                clock: clock,
                watch: health.watch
            )
        )
        addSchools(to: router)
        addReview(to: router)
        for base in ["v1", "v1/schools/{school}"] {
            addTenant(to: router, under: base)
            addPersons(to: router, under: base)
        }
        pages?.add(to: router)
        router.get("livez") { _, _ in health.live() }
        router.get("readyz") { request, context in try await health.ready(request, context) }
        router.get("healthz") { request, context in try await health.ready(request, context) }
        router.get("metrics") { request, context in try await health.metrics(request, context) }
        router.get("openapi.json") { _, _ in OpenAPIDocument.response }
        refuseOtherMethods(in: router)
        return router
    }

    private func addSchools(to router: Router<ServerContext>) {
        let school = "v1/schools/{school}"
        on(router, "\(school)/logins", .post, .logins) { request, caller, _, began in
            try await logins.logIn(request, caller, since: began)
        }
        on(router, "\(school)/passwords/verify", .post, .passwords) { request, caller, _, _ in
            try await passwords.verify(request, caller)
        }
        on(router, "\(school)/syncs", .post, .admin) { request, caller, _, _ in
            try await runs.press(request, caller)
        }
        on(router, "\(school)/runs", .get, .admin) { request, caller, _, _ in
            try await runs.list(request, caller)
        }
    }

    /// What of a school waits for a person.
    private func addReview(to router: Router<ServerContext>) {
        let school = "v1/schools/{school}"
        let record = "\(school)/review/{kind}/{record}"
        on(router, "\(school)/review", .get, .admin) { request, caller, _, _ in
            try await review.list(request, caller)
        }
        on(router, record, .get, .admin) { _, caller, context, _ in
            try await review.show(try context.record(), caller)
        }
        on(router, "\(record)/link", .post, .admin) { request, caller, context, _ in
            try await review.link(try context.record(), request, caller)
        }
        on(router, "\(record)/create", .post, .admin) { _, caller, context, _ in
            try await review.create(try context.record(), caller)
        }
        on(router, "\(record)/ignore", .post, .admin) { request, caller, context, _ in
            try await review.ignore(try context.record(), request, caller)
        }
        on(router, "\(record)/ignore", .delete, .admin) { _, caller, context, _ in
            try await review.lift(try context.record(), caller)
        }
        on(router, "\(school)/merges", .post, .admin) { request, caller, _, _ in
            try await review.merge(request, caller)
        }
        on(router, "\(school)/approvals", .post, .admin) { request, caller, _, _ in
            try await review.approve(request, caller)
        }
    }

    /// What administrators do to one person's account, and what may be taken back.
    private func addPersons(to router: Router<ServerContext>, under base: String) {
        let account = "\(base)/accounts/{account}"
        let pins = PinRoutes(accounts: accounts)
        let persons = PersonRoutes(accounts: accounts)
        let undo = UndoRoutes(accounts: accounts)
        on(router, "\(account)/pins", .get, .admin) { _, caller, context, _ in
            try await pins.list(AccountID(try context.number("account")), caller)
        }
        on(router, "\(account)/pins", .post, .admin) { request, caller, context, _ in
            try await pins.set(AccountID(try context.number("account")), request, caller)
        }
        on(router, "\(account)/pins", .delete, .admin) { _, caller, context, _ in
            try await pins.lift(AccountID(try context.number("account")), nil, caller)
        }
        on(router, "\(account)/pins/{field}", .delete, .admin) { _, caller, context, _ in
            let field = context.parameters.get("field") ?? ""
            return try await pins.lift(AccountID(try context.number("account")), field, caller)
        }
        on(router, "\(account)/export", .get, .admin) { _, caller, context, _ in
            try await persons.export(AccountID(try context.number("account")), caller)
        }
        on(router, "\(account)/erasure", .post, .admin) { request, caller, context, _ in
            try await persons.erase(AccountID(try context.number("account")), request, caller)
        }
        on(router, "\(account)/undo", .post, .admin) { request, caller, context, _ in
            try await undo.takeBack(AccountID(try context.number("account")), request, caller)
        }
        on(router, "\(base)/runs/{run}/undo", .post, .admin) { request, caller, context, _ in
            try await undo.takeBack(RunID(try context.number("run")), request, caller)
        }
    }

    /// What belongs to a tenant and can be reached through one of its schools too.
    private func addTenant(to router: Router<ServerContext>, under base: String) {
        on(router, "\(base)/runs/{run}", .get, .admin) { _, caller, context, _ in
            try await runs.show(RunID(try context.number("run")), caller)
        }
        on(router, "\(base)/runs/{run}", .delete, .admin) { _, caller, context, _ in
            try await runs.cancel(RunID(try context.number("run")), caller)
        }
        on(router, "\(base)/runs/{run}/events", .get, .admin) { _, caller, context, _ in
            try await runs.watch(RunID(try context.number("run")), caller)
        }
        on(router, "\(base)/accounts", .get, .accounts) { request, caller, _, _ in
            try await accounts.find(request, caller)
        }
        on(router, "\(base)/accounts/{account}", .get, .accounts) { _, caller, context, _ in
            try await accounts.show(AccountID(try context.number("account")), caller)
        }
        on(router, "\(base)/accounts/{account}", .patch, .accounts) { request, caller, context, _ in
            try await accounts.edit(AccountID(try context.number("account")), request, caller)
        }
        on(router, "\(base)/passwords/requests", .post, .passwords) { request, caller, _, _ in
            try await passwords.ask(request, caller)
        }
        on(router, "\(base)/passwords/links", .post, .passwords) { request, caller, _, _ in
            try await passwords.look(request, caller)
        }
        on(router, "\(base)/passwords", .post, .passwords) { request, caller, _, _ in
            try await passwords.set(request, caller)
        }
        on(router, "\(base)/changes", .get, .accounts) { request, caller, _, _ in
            try await changes.list(request, caller)
        }
    }

    /// Adds an address that only a key with `scope` may ask.
    private func on(
        _ router: Router<ServerContext>,
        _ path: String,
        _ method: HTTPRequest.Method,
        _ scope: AccessScope,
        _ answer: @escaping Answer
    ) {
        let hasSchool = path.contains("{school}")
        router.on(RouterPath(path), method: method) { request, context in
            let began = clock.instant()
            var request = request
            // A school whose name cannot be read is an unknown one.
            let school = hasSchool ? (try? context.school()) ?? "" : nil
            let caller = try await admission.admit(&request, to: scope, school: school)
            connections.member(of: context.channel)?.know()
            return try await answer(request, caller, context, began)
        }
    }

    /// Says of each address which methods it takes, to whoever asks and to whoever asks with others.
    private func refuseOtherMethods(in router: Router<ServerContext>) {
        let known = Dictionary(grouping: router.routes, by: \.path.description)
        for (path, routes) in known {
            var allowed = routes.map(\.method) + [.options]
            if allowed.contains(.get) { allowed.append(.head) }
            allowed.sort { $0.rawValue < $1.rawValue }
            let names = allowed
            router.on(RouterPath(path), method: .options) { _, _ in
                Response(
                    status: .noContent,
                    headers: [.allow: names.map(\.rawValue).joined(separator: ", ")]
                )
            }
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw Problem.methodNotAllowed(names)
                }
            }
        }
    }

    /// Those that a client may try: of HTTP itself and of what was built upon it.
    private static let methods = """
        GET HEAD POST PUT DELETE PATCH OPTIONS TRACE CONNECT ACL BIND CHECKOUT COPY LINK LOCK \
        M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY PROPFIND PROPPATCH PURGE QUERY \
        REBIND REPORT SEARCH SOURCE SUBSCRIBE UNBIND UNLINK UNLOCK UNSUBSCRIBE
        """
        .split(separator: " ").compactMap { HTTPRequest.Method(String($0)) }
}

extension ServerContext {
    /// The school in the address, without its percent signs.
    fileprivate func school() throws -> String { try plain("school") }

    /// The record in the address, likewise.
    fileprivate func record() throws -> ReviewRoutes.Name {
        guard let kind = PersonKind(rawValue: try plain("kind")) else { throw Problem.notFound }
        return ReviewRoutes.Name(kind: kind, id: try plain("record"))
    }

    private func plain(_ name: String) throws -> String {
        guard let text = parameters.get(name), text.utf8.count <= 1024 else {
            throw Problem.notFound
        }
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        guard let plain = text.removingPercentEncoding else { throw Problem.notFound }
        return plain
    }

    /// The number in the address that is an identity of ours.
    fileprivate func number(_ name: String) throws -> Int64 {
        guard let text = parameters.get(name), text.utf8.first != UInt8(ascii: "+"),
            let number = Int64(text)
        else { throw Problem.notFound }
        return number
    }
}
