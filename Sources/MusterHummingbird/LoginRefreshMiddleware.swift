public import Accounts
import HTTPTypes
public import Hummingbird
public import Muster

/// Brings the account of the person who logs in up to date, before the route answers her.
///
/// It belongs to the route that signs people in, behind the host's own authentication: who is
/// signed in already is not looked up at each request. The budget of `LoginRefresh` covers all
/// that it adds.
///
/// ```swift
/// router.group("login")
///     .add(middleware: PasswordCheck())  // sets context.login
///     .add(middleware: LoginRefreshMiddleware(login, schools: store))
///     .post { request, context in welcome(context.refreshed?.account) }
/// ```
///
/// A person who is let in reaches the route with the result in the context. Any other decision is
/// the host's to show: `onRefusal` answers it, and without one it is thrown as an `HTTPError`.
public struct LoginRefreshMiddleware<Context: LoginRefreshContext>: RouterMiddleware {
    /// Answers somebody who is not let in.
    public typealias Refusal =
        @Sendable (LoginRefreshResult, Request, Context) async throws -> Response

    private let login: LoginRefresh
    private let schools: any ConnectionStore
    private let clock: any MusterClock
    private let onRefusal: Refusal

    /// A middleware that asks `login`.
    /// - Parameters:
    ///   - login: What answers logins; one for the whole process.
    ///   - schools: Where the schools are found that logins name.
    ///   - clock: The time; the machine's own unless told otherwise.
    ///   - onRefusal: Answers a denied person, or one who must set a password first.
    public init(
        _ login: LoginRefresh,
        schools: any ConnectionStore,
        clock: any MusterClock = SystemClock(),
        onRefusal: @escaping Refusal = { result, _, _ in throw HTTPError(result) }
    ) {
        self.login = login
        self.schools = schools
        self.clock = clock
        self.onRefusal = onRefusal
    }

    /// Refreshes the login of the context, if there is one, and goes on if she is let in.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let identity = context.login, context.refreshed == nil else {
            return try await next(request, context)
        }
        let result = await refresh(identity)
        var context = context
        context.refreshed = result
        guard result.decision == .allow else {
            return try await onRefusal(result, request, context)
        }
        return try await next(request, context)
    }

    /// What came of the refresh; at a school that is not connected nobody is known.
    private func refresh(_ identity: LoginIdentity) async -> LoginRefreshResult {
        let began = clock.instant()
        do throws(StoreError) {
            guard let school = try await schools.school(named: identity.school) else {
                return LoginRefreshResult(.deny, .unknownPerson)
            }
            let event = LoginEvent(
                school: school,
                key: identity.key,
                method: identity.method,
                subject: identity.subject
            )
            return await login.refresh(event, since: began)
        } catch {
            // As for every login whose store cannot be read: nobody is known to be let in.
            var result = LoginRefreshResult(.deny, .sourceUnavailable)
            result.trouble = error.sentence
            return result
        }
    }
}

extension HTTPError {
    /// The answer to somebody who is not let in: without a hint about who exists.
    public init(_ result: LoginRefreshResult) {
        if let wait = result.retryAfter {
            let seconds = String(max(1, wait.components.seconds))
            self.init(
                .serviceUnavailable,
                headers: [.retryAfter: seconds],
                message: "You cannot sign in yet; try again in \(seconds) s."
            )
        } else if result.decision == .resetPassword {
            self.init(.forbidden, message: "Set a password before you sign in.")
        } else {
            self.init(.forbidden, message: "You cannot sign in here; ask your school's office.")
        }
    }
}
