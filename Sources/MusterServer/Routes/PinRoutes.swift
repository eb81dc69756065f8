import Accounts
import Hummingbird
import JSON
import Muster
import Reconciliation
import Roster

/// What of an account stays as it is, whatever the MIS says.
struct PinRoutes: Sendable {
    let accounts: AccountRoutes

    /// `GET /v1/accounts/{account}/pins`.
    func list(_ id: AccountID, _ caller: Caller) async throws -> Response {
        Self.answer(try await accounts.summary(id, caller), caller)
    }

    /// `POST /v1/accounts/{account}/pins`: pins a field, or the whole person, in place of its pin.
    func set(_ id: AccountID, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let summary = try await accounts.summary(id, caller)
        let body = try FlatObject(
            await request.json(upTo: accounts.bodyBytes),
            only: "field",
            "against",
            "value",
            "until",
            "because"
        )
        let field = try Self.field(body.text("field"), caller)
        let pin = Pin(
            field,
            against: try Self.against(body),
            until: try body.day("until"),
            because: try body.text("because")
        )
        return Self.answer(try await accounts.edit(summary, [.pin(pin)], caller), caller)
    }

    private static func against(_ body: FlatObject) throws(Problem) -> PinnedAgainst {
        let value = try body.text("value")
        switch try body.text("against") {
        case "value": return .value(value)
        case nil, "everything":
            guard value == nil else { break }
            return .everything
        default: break
        }
        throw Problem(
            .badRequest,
            "A pin is against \"everything\", or against \"value\" and then that value; give one of the two."
        )
    }

    /// `DELETE /v1/accounts/{account}/pins/{field}`, or without a field every pin.
    func lift(_ id: AccountID, _ name: String?, _ caller: Caller) async throws -> Response {
        let summary = try await accounts.summary(id, caller)
        let field: Field?
        if let name {
            guard let known = Field.pinnable(name), caller.sees(known) else {
                throw Problem.notFound
            }
            field = known
        } else {
            try caller.requireAllFields()
            field = nil
        }
        return Self.answer(try await accounts.edit(summary, [.unpin(field)], caller), caller)
    }

    private static func field(_ name: String?, _ caller: Caller) throws(Problem) -> Field? {
        guard let name else {
            try caller.requireAllFields()
            return nil
        }
        guard let field = Field.pinnable(name), caller.sees(field) else {
            throw Problem(.badRequest, "There is no field \(name.quoted) to pin; name another one.")
        }
        return field
    }

    /// The pins that the caller may see: those of fields that are not hers say what is in them.
    private static func answer(_ summary: AccountSummary, _ caller: Caller) -> Response {
        let pins = summary.account.sortedPins.filter { $0.field.map(caller.sees) ?? true }
        return .json { $0.pins(pins) }
    }
}

extension Field {
    /// The field of that name, if a source may speak about it.
    fileprivate static func pinnable(_ name: String) -> Field? {
        observed.first { $0.rawValue == name }
    }
}
