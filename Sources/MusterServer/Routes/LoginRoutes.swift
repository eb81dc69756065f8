import Accounts
import Hummingbird
import JSON
import Muster

/// Answers the logins of applications.
struct LoginRoutes: Sendable {
    let login: LoginRefresh
    let clock: any MusterClock
    let bodyBytes: Int

    /// `POST /v1/schools/{school}/logins`: an answer for whatever was decided, always in budget.
    func logIn(
        _ request: Request,
        _ caller: Caller,
        since began: ContinuousClock.Instant
    ) async throws -> Response {
        guard let school = caller.school else { throw Problem.notFound }
        guard request.uri.query?.isEmpty ?? true else {
            throw Problem(.badRequest, "A login takes no parameters; put them into the body.")
        }
        var request = request
        let body = try LoginBody(await request.json(upTo: bodyBytes))
        guard let key = body.key else {
            return answer(LoginRefreshResult(.deny, .unknownPerson), caller)
        }
        let event = LoginEvent(
            school: school,
            key: key,
            method: body.method,
            subject: body.subject
        )
        return answer(await login.refresh(event, since: began), caller)
    }

    private func answer(_ result: LoginRefreshResult, _ caller: Caller) -> Response {
        .json { $0.login(result, showing: caller.fields) }
    }
}
