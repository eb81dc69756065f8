import Accounts
import Hummingbird
import JSON
import Muster
import Passwords

/// Passwords for applications that show pages of their own.
struct PasswordRoutes: Sendable {
    let desk: PasswordDesk
    let bodyBytes: Int

    /// `POST /v1/schools/{school}/passwords/verify`: the answer of a login, after a right password.
    func verify(_ request: Request, _ caller: Caller) async throws -> Response {
        guard let school = caller.school else { throw Problem.notFound }
        var request = request
        let body = try PasswordBody(
            await request.json(upTo: bodyBytes),
            of: [.email, .sourceID, .kind, .username, .password]
        )
        let keys = try LoginKey.all(
            email: body[.email],
            sourceID: body[.sourceID],
            kind: body[.kind],
            username: body[.username]
        )
        guard keys.count == 1, let key = keys.first else {
            throw Problem(.badRequest, "Send one of email, sourceID and username.")
        }
        let password = try body.require(.password)
        let event = LoginEvent(
            school: school,
            // A name that nobody can have costs what a wrong one does.
            key: key.isPossible ? key : .email("nobody"),
            method: .password
        )
        do throws(PasswordTrouble) {
            let result = try await desk.verify(password, of: event)
            return .json { $0.login(result, showing: caller.fields) }
        } catch {
            throw Problem(error)
        }
    }

    /// `POST /v1/schools/{school}/passwords/requests`: the same answer whoever is named.
    func ask(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let body = try PasswordBody(await request.json(upTo: bodyBytes), of: [.email])
        do throws(PasswordTrouble) {
            try await desk.request(try body.require(.email), of: caller.tenant)
        } catch {
            throw Problem(error)
        }
        return .json(status: .accepted) { $0.member("accepted", true) }
    }

    /// `POST /v1/passwords/links`: whose link it is, without using it up.
    func look(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let body = try PasswordBody(await request.json(upTo: bodyBytes), of: [.token])
        do throws(PasswordTrouble) {
            let holder = try await holder(of: body, caller)
            return .json { $0.member("account", String(holder.account.id.value)) }
        } catch {
            throw Problem(error)
        }
    }

    /// `POST /v1/passwords`: sets the password of whoever holds the link; without a password, only
    /// uses it up, for a host that keeps the password itself.
    func set(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let body = try PasswordBody(
            await request.json(upTo: bodyBytes),
            of: [.token, .password]
        )
        do throws(PasswordTrouble) {
            _ = try await holder(of: body, caller)
            let token = try body.require(.token)
            let account =
                if let password = body[.password] {
                    try await desk.set(password, by: token)
                } else {
                    try await desk.redeemForHost(token)
                }
            return .json { $0.member("account", String(account.value)) }
        } catch {
            throw Problem(error)
        }
    }

    /// A link of another tenant is no link.
    private func holder(
        of body: PasswordBody,
        _ caller: Caller
    ) async throws(PasswordTrouble) -> AccountSummary {
        guard let token = body[.token], let holder = try await desk.holder(of: token),
            holder.account.tenant == caller.tenant
        else { throw .linkNotValid }
        return holder
    }
}

/// The texts that a client sends about a password.
struct PasswordBody {
    enum Name: String, CaseIterable {
        case email
        case sourceID
        case kind
        case username
        case password
        case token
    }

    private var texts: [Name: String] = [:]

    /// The members of the object in `bytes`, of which there are `names` only.
    init(_ bytes: [UInt8], of names: Set<Name>) throws(Problem) {
        for member in try FlatObject(bytes).members {
            guard let name = Name(rawValue: member.name), names.contains(name) else {
                throw Problem(
                    .badRequest,
                    "There is no member \(member.name.quoted) here; leave it out."
                )
            }
            guard case .text(let text) = member.value else {
                throw Problem(.badRequest, "The member \(name.rawValue) must be a text.")
            }
            texts[name] = text
        }
    }

    subscript(_ name: Name) -> String? { texts[name] }

    func require(_ name: Name) throws(PasswordTrouble) -> String {
        guard let text = texts[name] else { throw .missing(name.rawValue) }
        return text
    }
}

extension Problem {
    /// What clients are told of trouble with a password.
    init(_ trouble: PasswordTrouble) {
        switch trouble {
        case .linkNotValid, .refused, .keptElsewhere: self.init(.unusable, trouble.sentence)
        case .missing: self.init(.badRequest, trouble.sentence)
        case .hashing: self.init(.unavailable, trouble.sentence)
        case .store, .seal, .unwritable: self = .storeUnavailable
        }
    }
}
