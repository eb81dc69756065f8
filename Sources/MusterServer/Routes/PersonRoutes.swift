import Accounts
import Hummingbird
import JSON
import Muster
import Reconciliation
import Roster

/// What a person may ask of whoever holds data of her.
struct PersonRoutes: Sendable {
    let accounts: AccountRoutes

    private var administration: Administration { Administration(accounts.workshop) }

    /// `GET /v1/accounts/{account}/export`: everything that is held of her.
    func export(_ id: AccountID, _ caller: Caller) async throws -> Response {
        try caller.requireAllFields()
        let summary = try await accounts.summary(id, caller)
        do throws(AdministrationError) {
            let dossier = try await administration.dossier(of: summary.account.id)
            return .json { $0.export(dossier) }
        } catch {
            throw AccountRoutes.problem(error)
        }
    }

    /// `POST /v1/accounts/{account}/erasure`: takes all of it away, for good.
    func erase(_ id: AccountID, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        try caller.requireAllFields()
        let account = try await accounts.summary(id, caller).account
        let body = try FlatObject(
            await request.json(upTo: accounts.bodyBytes),
            only: "confirm"
        )
        guard try body.truth("confirm") else {
            throw Problem(
                .conflict,
                "Nothing was erased; send confirm with true to take away for good everything that is held of this person."
            )
        }
        do throws(AdministrationError) {
            let records = try await administration.erase(account)
            return .json { member in
                member.member("erased", 1)
                member.member("records", records.map(\.id))
            }
        } catch {
            throw AccountRoutes.problem(error)
        }
    }
}
