import Accounts
import Foundation
import Hummingbird
import JSON
import Muster
import Reconciliation
import Roster

/// Shows accounts and edits them by hand.
struct AccountRoutes: Sendable {
    let workshop: Workshop
    let bodyBytes: Int

    /// `GET /v1/accounts/{account}`.
    func show(_ id: AccountID, _ caller: Caller) async throws -> Response {
        let summary = try await summary(id, caller)
        return .json { $0.account(summary, showing: caller.fields) }
    }

    /// `GET /v1/accounts?email=ADDRESS`: the account that has the address, as a list of one or none.
    func find(_ request: Request, _ caller: Caller) async throws -> Response {
        let address = try Self.address(in: request)
        guard caller.fields?.contains(Field.email.rawValue) ?? true else { throw Problem.forbidden }
        let found = try await holder(of: address, caller)
        return .json { member in
            member.array("accounts") { list in
                if let found { list.object { $0.account(found, showing: caller.fields) } }
            }
        }
    }

    private func holder(of address: String, _ caller: Caller) async throws -> AccountSummary? {
        let all = try await workshop.connections.connections()
        let own = all.first { $0.tenant == caller.tenant && !$0.schools.isEmpty }
        // An address means one account of a tenant, whichever of its schools is named.
        let any = own.flatMap { connection in
            connection.schools.first.map { SchoolKey(connection: connection.id, school: $0.id) }
        }
        guard let school = caller.school?.key ?? any,
            let email = EmailAddress.compared(address),
            LoginKey.email(email).isPossible
        else { return nil }
        // Only whoever has it now: an address that was given up names nobody.
        let person = try await workshop.store.person(
            .email(email),
            in: school,
            of: caller.tenant,
            formerSince: workshop.clock.now()
        )
        guard let summary = person?.summary, summary.account.email == email,
            caller.school.map({ summary.isReached(through: $0.key) }) ?? true
        else { return nil }
        return summary
    }

    private static func address(in request: Request) throws(Problem) -> String {
        let parts = request.uri.query?.split(separator: "&") ?? []
        guard parts.count == 1, let part = parts.first, part.hasPrefix("email="),
            let text = String(part.dropFirst(6)).removingPercentEncoding, !text.isEmpty
        else {
            throw Problem(.badRequest, "Send one parameter, email, with the address to look for.")
        }
        return text
    }

    /// `PATCH /v1/accounts/{account}`: the members of the body are what a person set by hand.
    func edit(_ id: AccountID, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let before = try await summary(id, caller)
        let patch = try AccountPatch(await request.json(upTo: bodyBytes), fields: caller.fields)
        if let manager = patch.manager { try await check(manager, caller) }
        let summary = try await edit(before, patch.edits, caller)
        return .json { $0.account(summary, showing: caller.fields) }
    }

    /// Does `edits` to an account that the caller reaches, all of them or none.
    func edit(
        _ before: AccountSummary,
        _ edits: [LocalEdit],
        _ caller: Caller
    ) async throws -> AccountSummary {
        let place =
            if let school = caller.school?.school { school } else { try await school(of: before) }
        do throws(AdministrationError) {
            return try await Administration(workshop).edit(
                edits,
                account: before.account.id,
                of: caller.tenant,
                at: place
            )
        } catch {
            throw Self.problem(error)
        }
    }

    /// The account, where it is one of the caller's tenant and, if the address names a school, has
    /// a link into it or into none.
    func summary(_ id: AccountID, _ caller: Caller) async throws -> AccountSummary {
        guard let summary = try await workshop.store.summary(of: id),
            summary.account.tenant == caller.tenant,
            caller.school.map({ summary.isReached(through: $0.key) }) ?? true
        else { throw Problem.notFound }
        return summary
    }

    private func check(_ manager: AccountID, _ caller: Caller) async throws {
        let summary = try await workshop.store.summary(of: manager)
        guard summary?.account.tenant == caller.tenant else {
            throw Problem(.unusable, "The member lineManager names no account; give the id of one.")
        }
    }

    /// The school by whose days the account is planned where the address names none.
    private func school(
        of summary: AccountSummary
    ) async throws(StoreError)
        -> SchoolDescription
    {
        let home = summary.account.home?.school
        let connection = try await workshop.connections.connections().first {
            $0.id == home?.connection
        }
        return connection?.schools.first { $0.id == home?.school }
            ?? SchoolDescription(id: "", name: "", timeZone: nil)
    }

    static func problem(_ error: AdministrationError) -> any Error {
        switch error {
        case .nobody, .edit(.noAccount): Problem.notFound
        case .edit(.addressTaken): Problem(.conflict, error.sentence)
        case .edit(.notPinned): Problem.notFound
        case .edit: Problem(.unusable, error.sentence)
        case .store(let error): error
        }
    }
}

extension AccountSummary {
    fileprivate func isReached(through school: SchoolKey) -> Bool {
        links.isEmpty || links.contains { $0.key.school == school }
    }
}
