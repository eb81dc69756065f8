import Accounts
import Hummingbird
import JSON
import Muster
import Roster

/// Takes back what logins and syncs did.
struct UndoRoutes: Sendable {
    let accounts: AccountRoutes

    private var workshop: Workshop { accounts.workshop }
    private var undo: Undo { Undo(workshop) }

    /// `POST /v1/runs/{run}/undo`: what the run did, but for what was changed since.
    func takeBack(_ run: RunID, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        try caller.requireAllFields()
        guard try await reaches(run, caller) else { throw Problem.notFound }
        let body = try FlatObject(
            optional: await request.json(upTo: accounts.bodyBytes),
            only: "confirm"
        )
        let isConfirmed = try body.truth("confirm")
        return try await answer { () throws(UndoError) in
            if !isConfirmed { try await undo.requireFew(madeBy: run) }
            return try await undo.run(run)
        }
    }

    /// `POST /v1/accounts/{account}/undo`: what a run, or the latest one, did to one person.
    func takeBack(_ id: AccountID, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        try caller.requireAllFields()
        let account = try await accounts.summary(id, caller).account
        let body = try FlatObject(
            optional: await request.json(upTo: accounts.bodyBytes),
            only: "run"
        )
        var wanted: RunID?
        if try body.text("run") != nil {
            guard let number = try body.number("run"), try await isOwn(RunID(number), caller) else {
                throw Problem(.unusable, "The member run names no run; give the id of one.")
            }
            wanted = RunID(number)
        }
        let named = wanted
        return try await answer { () throws(UndoError) in
            if let named { return try await undo.run(named, of: id) }
            return try await undo.run(try await undo.latestRun(of: account), of: id)
        }
    }

    private func answer(
        _ work: () async throws(UndoError) -> UndoResult
    ) async throws -> Response {
        do throws(UndoError) {
            let result = try await work()
            return .json { $0.undo(result) }
        } catch {
            switch error {
            case .unknownRun: throw Problem.notFound
            case .neverChanged:
                throw Problem(.conflict, "No login or sync ever changed this account.")
            case .madeAccount(let run, _):
                throw Problem(
                    .conflict,
                    "Nothing was taken back: the latest run that changed this account, \(run.value), made it, and it would be suspended; send run with that number to do it."
                )
            case .notConfirmed(_, let accounts):
                throw Problem(
                    .conflict,
                    "Nothing was taken back: the run made \(accounts) accounts, and all of them would be suspended; send confirm with true to do it."
                )
            case .store(let error): throw error
            }
        }
    }

    /// Whether the run is one of the caller's tenant and, if the address names a school, read its
    /// connection or was a login of somebody with a link into it.
    private func reaches(_ run: RunID, _ caller: Caller) async throws -> Bool {
        guard try await isOwn(run, caller) else { return false }
        guard let school = caller.school else { return true }
        if let kept = try await workshop.store.run(run) {
            return kept.connection == school.connection.id
        }
        let first = try await workshop.store.changes(by: run, after: 0, limit: 1).first
        guard let id = first?.change.entry.account else { return false }
        let summary = try await workshop.store.summary(of: id)
        return summary?.links.contains { $0.key.school == school.key } ?? false
    }

    private func isOwn(_ run: RunID, _ caller: Caller) async throws -> Bool {
        do throws(UndoError) {
            return try await undo.tenant(of: run) == caller.tenant
        } catch {
            if case .store(let error) = error { throw error }
            return false
        }
    }
}
