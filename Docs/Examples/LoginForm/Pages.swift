import Accounts
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
    private struct Fields: Decodable {
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

    func router(refreshingBy login: LoginRefresh) -> Router<FormContext> {
        let router = Router(context: FormContext.self)
        router.get { request, _ in try await self.home(request) }
        router.get("login") { _, _ in self.form("", .ok) }
        router.group("login")
            .add(middleware: PasswordCheck(pages: self))
            .add(
                middleware: LoginRefreshMiddleware(login, schools: store) { result, _, _ in
                    let isNew = result.decision == .resetPassword
                    return self.form(isNew ? "Set a password first." : Self.no, .forbidden)
                }
            )
            .post { _, context in self.begin(context.refreshed?.account) }
        return router
    }

    /// The host's own authentication: says who logs in, or throws.
    func authenticate(_ request: Request, _ context: FormContext) async throws -> LoginIdentity? {
        let fields = try await request.decode(as: Fields.self, context: context)
        let email = fields.email.lowercased()
        guard let token = request.cookies["csrf"]?.value, token == fields.csrf,
            passwords[email] == fields.password
        else { return nil }
        // This host keeps the passwords and vouches for the address, as single sign-on does.
        return LoginIdentity(school: school, key: .email(email), method: .sso)
    }

    // MARK: Pages

    static let no = "You cannot sign in with that; ask your school's office."

    func form(_ message: String, _ status: HTTPResponse.Status) -> Response {
        let token = Self.secret()
        var page = Self.page(
            """
            <p>\(message)</p>
            <form method="post" action="/login">
            <input type="hidden" name="csrf" value="\(token)">
            <input name="email" type="email" autocomplete="username" required>
            <input name="password" type="password" autocomplete="current-password" required>
            <button>Sign in</button></form>
            """,
            status
        )
        page.setCookie(Cookie(name: "csrf", value: token, path: "/login", sameSite: .strict))
        return page
    }

    private func begin(_ account: AccountSummary?) -> Response {
        guard let account else { return form(Self.no, .forbidden) }
        let session = Self.secret()
        sessions.withLock { $0[session] = account.account.id }
        var response = Response.redirect(to: "/", type: .normal)
        response.setCookie(Cookie(name: "session", value: session, path: "/", sameSite: .lax))
        return response
    }

    private func home(_ request: Request) async throws -> Response {
        let session = request.cookies["session"]?.value ?? ""
        guard let id = sessions.withLock({ $0[session] }),
            let person = try await store.summary(of: id)?.account, person.status == .active
        else { return .redirect(to: "/login", type: .normal) }
        let name = [person.forename, person.surname].compactMap(\.self).joined(separator: " ")
        return Self.page("<h1>Hello, \(Self.escaped(name))</h1>", .ok)
    }

    private static func page(_ body: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: .init(string: "<!doctype html><title>Demo</title>\(body)"))
        )
    }

    private static func secret() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}

/// Puts who logs in into the context, or answers with the form again.
struct PasswordCheck: RouterMiddleware {
    let pages: Pages

    func handle(
        _ request: Request,
        context: FormContext,
        next: (Request, FormContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.login = try await pages.authenticate(request, context)
        guard context.login != nil else { return pages.form(Pages.no, .unauthorized) }
        return try await next(request, context)
    }
}
