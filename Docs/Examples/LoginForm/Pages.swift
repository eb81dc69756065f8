import Accounts
import HTTPTypes
import Hummingbird
import Muster
import MusterHummingbird
import Synchronization

/// What a request of this application knows.
struct FormContext: LoginRefreshContext {
    var coreContext: CoreRequestContextStorage
    var login: LoginIdentity?
    var refreshed: LoginRefreshResult?
    let requestDecoder = URLEncodedFormDecoder()

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}

/// A form to sign in with, and a page that greets who is signed in.
final class Pages: Sendable {
    struct Fields: Decodable {
        var email: String
        var password: String
        var csrf: String
    }

    private let school: String
    private let passwords: [String: String]
    private let store: any MusterStore
    /// Who is signed in, by the text of the session's cookie.
    private let sessions = Mutex<[String: AccountID]>([:])

    init(school: String, passwords: [String: String], store: any MusterStore) {
        (self.school, self.passwords, self.store) = (school, passwords, store)
    }

    func router(_ login: LoginRefresh) -> Router<FormContext> {
        let router = Router(context: FormContext.self)
        router.get { request, _ in try await self.home(request) }
        router.get("login") { _, _ in self.form() }
        router.group("login")
            .add(middleware: PasswordCheck(pages: self))
            .add(middleware: LoginRefreshMiddleware(login, schools: store) { _, _, _ in self.no() })
            .post { _, context in self.begin(context.refreshed?.account) }
        return router
    }

    /// This application's own authentication: who proves by these fields who she is.
    func person(_ fields: Fields, _ request: Request) -> LoginIdentity? {
        guard fields.csrf == request.cookies["csrf"]?.value, !fields.csrf.isEmpty,
            passwords[fields.email] == fields.password
        else { return nil }
        // It has the password and vouches for the address, as single sign-on does.
        return LoginIdentity(school: school, key: .email(fields.email), method: .sso)
    }

    func no() -> Response { form("You cannot sign in with that.", .forbidden) }

    private func form(_ message: String = "", _ status: HTTPResponse.Status = .ok) -> Response {
        let token = secret()
        var response = page(
            """
            <p>\(message)</p><form method="post" action="/login">
            <input type="hidden" name="csrf" value="\(token)">
            <input name="email" type="email" autocomplete="username">
            <input name="password" type="password" autocomplete="current-password">
            <button>Sign in</button></form>
            """,
            status
        )
        response.setCookie(Cookie(name: "csrf", value: token, path: "/", sameSite: .strict))
        return response
    }

    private func begin(_ summary: AccountSummary?) -> Response {
        guard let summary else { return no() }
        let session = secret()
        sessions.withLock { $0[session] = summary.account.id }
        var response = Response.redirect(to: "/", type: .normal)
        // Both cookies are HttpOnly; behind TLS they are `secure: true` too.
        response.setCookie(Cookie(name: "session", value: session, path: "/", sameSite: .lax))
        return response
    }

    private func home(_ request: Request) async throws -> Response {
        let session = request.cookies["session"]?.value ?? ""
        guard let id = sessions.withLock({ $0[session] }),
            let person = try await store.summary(of: id)?.account, person.status == .active
        else { return .redirect(to: "/login", type: .normal) }
        let name = [person.forename, person.surname].compactMap(\.self).joined(separator: " ")
        return page("<h1>\(name.replacing("&", with: "&amp;").replacing("<", with: "&lt;"))</h1>")
    }

    private func page(_ body: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: .init(string: "<!doctype html><title>Staff</title>\(body)"))
        )
    }

    private func secret() -> String {
        (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}

/// Puts who logs in into the context, or answers.
private struct PasswordCheck: RouterMiddleware {
    let pages: Pages

    func handle(
        _ request: Request,
        context: FormContext,
        next: @concurrent (Request, FormContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let fields = try await request.decode(as: Pages.Fields.self, context: context)
        context.login = pages.person(fields, request)
        return context.login == nil ? pages.no() : try await next(request, context)
    }
}
