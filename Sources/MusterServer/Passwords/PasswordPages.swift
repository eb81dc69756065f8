import Accounts
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Muster
import NIOCore
import Passwords
import Roster

/// The pages on which a person asks for a link and sets her password.
///
/// Nothing on them is of another place, nothing needs a script, and no address is built from what
/// a client sent: a link's text is in a cookie by the time a page is shown.
struct PasswordPages: Sendable {
    let desk: PasswordDesk
    let workshop: Workshop
    /// Where people reach the pages.
    let url: PageURL
    let throttle: Throttle
    let isBehindProxy: Bool
    let logger: Logger

    /// A form is a few hundred bytes; a password of the greatest length, percent-encoded, is 12 KB.
    private static let formBytes = 32_768

    /// Adds the pages to `router`.
    func add(to router: Router<ServerContext>) {
        let base = "password"
        router.get("\(base)/forgot/{school}") { request, context in
            try await guarded { try await forgot(context) }
        }
        router.post("\(base)/forgot/{school}") { request, context in
            try await guarded { try await ask(request, context) }
        }
        router.get("\(base)/link/{school}/{token}") { _, context in follow(context) }
        router.get("\(base)/new/{school}") { request, context in
            try await guarded { try await new(request, context) }
        }
        router.post("\(base)/new/{school}") { request, context in
            try await guarded { try await set(request, context) }
        }
        router.get("\(base)/style/{colour}") { _, context in style(context) }
    }

    // MARK: A link is asked for

    private func forgot(_ context: ServerContext) async throws -> Response {
        let look = try await look(context)
        let secret = FormSecret()
        var response = page(.forgot(email: "", form: secret.proof, trouble: nil), look)
        response.headers[.setCookie] = url.cookie(FormSecret.cookie, secret.text, seconds: 3600)
        return response
    }

    private func ask(_ request: Request, _ context: ServerContext) async throws -> Response {
        let look = try await look(context)
        let form = try await Form(request, upTo: Self.formBytes)
        let cookie = request.cookies[FormSecret.cookie]?.value
        guard let secret = cookie.flatMap(FormSecret.init), secret.isProved(by: form["form"]),
            url.isOwn(request.headers)
        else {
            return page(
                .broken("The form was too old; go back, load the page again and send it anew."),
                look,
                status: .badRequest
            )
        }
        let email = form["email"] ?? ""
        guard email.contains("@"), email.utf8.count <= 320 else {
            let trouble = "Write an e-mail address, such as name@school.example."
            return page(
                .forgot(email: email, form: secret.proof, trouble: trouble),
                look,
                status: .unprocessableContent
            )
        }
        // Over the limit, the answer is the same and nothing is done.
        if throttle.admits(place(of: request, context), at: workshop.clock.now().milliseconds) {
            // Several tenants may have connected the school; where she is none's, nothing follows.
            for tenant in look.tenants { try await desk.request(email, of: tenant) }
        }
        return page(.asked, look, status: .accepted)
    }

    /// Who asks: the first address of a proxy's list is whatever the client made up, so the last.
    private func place(of request: Request, _ context: ServerContext) -> String {
        guard isBehindProxy, let list = request.headers[.forwardedFor] else {
            return context.peer?.ipAddress ?? ""
        }
        return list.split(separator: ",").last.map { $0.filter { $0 != " " } } ?? ""
    }

    // MARK: A link is used

    /// Takes the link's text out of the address, without using it up: scanners of mail follow links.
    private func follow(_ context: ServerContext) -> Response {
        let token = context.parameters.get("token") ?? ""
        let school = (context.parameters.get("school")?.removingPercentEncoding ?? "").inPath
        return Response(
            status: .seeOther,
            headers: Self.headers.merging([
                .location: "\(url.path)/password/new/\(school)",
                .setCookie: url.cookie(
                    Self.linkCookie,
                    String(token.prefix(64)).inPath,
                    seconds: 900
                ),
            ])
        )
    }

    private static let linkCookie = "muster_link"

    private func new(_ request: Request, _ context: ServerContext) async throws -> Response {
        guard let link = request.cookies[Self.linkCookie]?.value,
            let holder = try await desk.holder(of: link),
            let look = try await look(context, of: holder.account.tenant)
        else { return page(.expired, try await look(context), status: .gone) }
        return page(newPassword(holder, link, trouble: nil), look)
    }

    private func set(_ request: Request, _ context: ServerContext) async throws -> Response {
        let form = try await Form(request, upTo: Self.formBytes)
        guard let link = request.cookies[Self.linkCookie]?.value,
            FormSecret(link)?.isProved(by: form["form"]) ?? false, url.isOwn(request.headers),
            let holder = try await desk.holder(of: link),
            let look = try await look(context, of: holder.account.tenant)
        else { return page(.expired, try await look(context), status: .gone) }
        guard let password = form["password"], password == form["again"] else {
            let trouble = "The two passwords differ; type the same one twice."
            return refused(holder, link, trouble, look)
        }
        do throws(PasswordTrouble) {
            _ = try await desk.set(password, by: link)
        } catch {
            switch error {
            case .refused: return refused(holder, link, error.sentence, look)
            case .linkNotValid: return page(.expired, look, status: .gone)
            default: throw error
            }
        }
        var response = page(.done, look)
        response.headers[.setCookie] = url.cookie(Self.linkCookie, "", seconds: 0)
        return response
    }

    private func refused(
        _ holder: AccountSummary,
        _ link: String,
        _ trouble: String,
        _ look: TenantLook
    ) -> Response {
        page(newPassword(holder, link, trouble: trouble), look, status: .unprocessableContent)
    }

    private func newPassword(
        _ holder: AccountSummary,
        _ link: String,
        trouble: String?
    ) -> PageText {
        .new(
            email: holder.account.email ?? "",
            minimum: desk.leastLength,
            form: FormSecret(link)?.proof ?? "",
            trouble: trouble
        )
    }

    // MARK: Answers

    private struct TenantLook {
        let page: PageLook
        /// Whose people the page is for.
        let tenants: [TenantID]
    }

    /// The look of the school in the address, whoever connected it: the first, where several did.
    private func look(_ context: ServerContext) async throws -> TenantLook {
        let schools = try await schools(context)
        guard let school = schools.first else { throw PageMissing() }
        let tenants = Set(schools.map(\.connection.tenant)).sorted { $0.name < $1.name }
        return try await look(of: school, for: tenants)
    }

    /// The look of the school as `tenant` connected it; nil where it did not.
    private func look(
        _ context: ServerContext,
        of tenant: TenantID
    ) async throws -> TenantLook? {
        let school = try await schools(context).first { $0.connection.tenant == tenant }
        guard let school else { return nil }
        return try await look(of: school, for: [tenant])
    }

    private func look(
        of school: ConnectedSchool,
        for tenants: [TenantID]
    ) async throws -> TenantLook {
        let policy = try await workshop.connections.policy(of: school.connection.tenant)
        return TenantLook(page: PageLook(of: school, policy), tenants: tenants)
    }

    private func schools(_ context: ServerContext) async throws -> [ConnectedSchool] {
        let name = context.parameters.get("school")?.removingPercentEncoding ?? ""
        guard name.utf8.count <= 1024 else { return [] }
        return try await workshop.connections.schools(named: name)
    }

    private func guarded(_ answer: () async throws -> Response) async throws -> Response {
        do {
            return try await answer()
        } catch is PageMissing {
            return page(.missing, .plain, status: .notFound)
        } catch let error as PasswordTrouble {
            return broken(error)
        } catch let error as StoreError {
            return broken(.store(error))
        } catch is Form.TooLarge {
            let text = "What was sent is too long; type a shorter password."
            return page(.broken(text), .plain, status: .contentTooLarge)
        }
    }

    private func broken(_ trouble: PasswordTrouble) -> Response {
        if case .store(let error) = trouble {
            logger.error("The store failed a request", metadata: ["reason": "\(error.sentence)"])
        }
        return page(.broken(ofTrouble: trouble), .plain, status: .serviceUnavailable)
    }

    private func page(
        _ text: PageText,
        _ look: TenantLook,
        status: HTTPResponse.Status = .ok
    ) -> Response { page(text, look.page, status: status) }

    private func page(
        _ text: PageText,
        _ look: PageLook,
        status: HTTPResponse.Status
    ) -> Response {
        Response(
            status: status,
            headers: Self.headers.merging([.contentType: "text/html; charset=utf-8"]),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.html(look, under: url.path)))
        )
    }

    private func style(_ context: ServerContext) -> Response {
        let name = context.parameters.get("colour") ?? ""
        guard name.hasSuffix(".css"), let sheet = PageLook.styleSheet(String(name.dropLast(4)))
        else { return page(.missing, .plain, status: .notFound) }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=86400",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: sheet))
        )
    }

    /// Nobody keeps a page, frames it, or learns from it where it was.
    private static let headers: HTTPFields = [
        .cacheControl: "no-store",
        .referrerPolicy: "no-referrer",
        .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: "default-src 'none'; style-src 'self'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'",
        .openerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
        .permissionsPolicy: "camera=(), geolocation=(), microphone=()",
    ]
}

private struct PageMissing: Error {}

extension HTTPFields {
    /// These, and `others` in place of those of the same name.
    fileprivate func merging(_ others: HTTPFields) -> HTTPFields {
        var all = self
        for field in others { all[field.name] = field.value }
        return all
    }
}

// The fallbacks are never taken: each is a name of letters.
extension HTTPField.Name {
    fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
    fileprivate static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .via
    fileprivate static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .via
}
