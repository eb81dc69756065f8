import Accounts
import Hummingbird
import JSON
import Muster
import Reconciliation
import Roster

/// What of a school waits for a person, and what she decides.
struct ReviewRoutes: Sendable {
    let live: LiveRuns
    let workshop: Workshop
    let bodyBytes: Int

    private var review: Review { Review(workshop) }

    /// A record as an address names it.
    struct Name: Sendable {
        let kind: PersonKind
        let id: String
    }

    /// `GET /v1/schools/{school}/review?all=1`.
    func list(_ request: Request, _ caller: Caller) async throws -> Response {
        let school = try Self.school(caller)
        let all = try request.numbers(["all": (0...1, "0 or 1")])["all"] == 1
        return try await answer { () throws(ReviewError) in
            let list = try await review.list(of: school)
            return .json { $0.review(list, showing: all ? list.records : list.waiting) }
        }
    }

    /// `GET /v1/schools/{school}/review/{kind}/{record}`.
    func show(_ name: Name, _ caller: Caller) async throws -> Response {
        let school = try Self.school(caller)
        return try await answer { () throws(ReviewError) in
            let found = try await review.record(name.id, kind: name.kind, in: school)
            let (row, choices) = try await review.choices(for: found, in: school)
            return .json { $0.review(row, choices: choices) }
        }
    }

    /// `POST …/link`: the record becomes that of the account in the body.
    func link(_ name: Name, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let school = try Self.school(caller)
        let body = try FlatObject(
            await request.json(upTo: bodyBytes),
            only: "account",
            "samePerson"
        )
        let account = try await account("account", of: body, caller)
        let isSamePerson = try body.truth("samePerson")
        return try await answer { () throws(ReviewError) in
            let found = try await review.record(name.id, kind: name.kind, in: school)
            let result = try await review.link(
                found,
                to: account,
                in: school,
                isSamePerson: isSamePerson
            )
            return .json { $0.decision(result) }
        }
    }

    /// `POST …/create`: the record gets an account of its own.
    func create(_ name: Name, _ caller: Caller) async throws -> Response {
        let school = try Self.school(caller)
        return try await answer { () throws(ReviewError) in
            let found = try await review.record(name.id, kind: name.kind, in: school)
            let result = try await review.create(found, in: school)
            return .json { $0.decision(result) }
        }
    }

    /// `POST …/ignore`: the record needs nobody until a day, or while its reason stays.
    func ignore(_ name: Name, _ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let school = try Self.school(caller)
        let body = try FlatObject(await request.json(upTo: bodyBytes), only: "because", "until")
        let (because, until) = (try body.text("because") ?? "", try body.day("until"))
        return try await answer { () throws(ReviewError) in
            let found = try await review.record(name.id, kind: name.kind, in: school)
            let dismissal = try await review.dismiss(
                found,
                because: because,
                until: until,
                in: school
            )
            return Self.answer(name, dismissal)
        }
    }

    /// `DELETE …/ignore`: the record waits again.
    func lift(_ name: Name, _ caller: Caller) async throws -> Response {
        let school = try Self.school(caller)
        return try await answer { () throws(ReviewError) in
            let found = try await review.record(name.id, kind: name.kind, in: school)
            try await review.lift(found, in: school)
            return Self.answer(name, nil)
        }
    }

    /// `POST /v1/schools/{school}/merges`: two accounts of one person become one.
    func merge(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let school = try Self.school(caller)
        let body = try FlatObject(
            await request.json(upTo: bodyBytes),
            only: "from",
            "into",
            "samePerson"
        )
        let merging = Merging(
            from: try await account("from", of: body, caller),
            into: try await account("into", of: body, caller),
            isSamePerson: try body.truth("samePerson")
        )
        return try await answer { () throws(ReviewError) in
            let result = try await review.merge(merging, in: school)
            return .json { $0.decision(result) }
        }
    }

    /// `POST /v1/schools/{school}/approvals`: begins to carry out a plan.
    ///
    /// The answer does not wait for it. Where a run goes on, the plan waits on.
    func approve(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        let school = try Self.school(caller)
        let body = try FlatObject(await request.json(upTo: bodyBytes), only: "plan")
        let plan = PlanID((try body.text("plan") ?? "").lowercased())
        guard try await workshop.store.run(with: plan)?.connection == school.connection.id else {
            throw Problem(
                .unusable,
                "No plan of that name waits for a decision: it was carried out, or a later sync took its place; sync again and approve what that holds."
            )
        }
        return try RunRoutes.answer(live.press(school.connection, SyncOrder(plan: plan)))
    }

    private static func answer(_ name: Name, _ dismissal: Dismissal?) -> Response {
        .json { member in
            member.member("record", name.id)
            member.dismissal(dismissal)
        }
    }

    /// The school, for a key that sees all members: a record has them all.
    private static func school(_ caller: Caller) throws(Problem) -> ConnectedSchool {
        try caller.requireAllFields()
        guard let school = caller.school else { throw Problem.notFound }
        return school
    }

    /// The account of the caller's tenant that a member of the body names.
    private func account(
        _ member: String,
        of body: FlatObject,
        _ caller: Caller
    ) async throws -> AccountID {
        let id = try body.number(member).map(AccountID.init)
        guard let id, try await workshop.store.summary(of: id)?.account.tenant == caller.tenant
        else {
            throw Problem(.unusable, "The member \(member) names no account; give the id of one.")
        }
        return id
    }

    private func answer(
        _ work: () async throws(ReviewError) -> Response
    ) async throws -> Response {
        do throws(ReviewError) {
            return try await work()
        } catch {
            switch error {
            case .unknownRecord, .severalKinds, .linkedMeanwhile, .notDismissed:
                throw Problem.notFound
            case .notToImport, .refused, .anotherPerson, .formerlyAnotherPerson, .pastDay,
                .noReason, .merge:
                throw Problem(.unusable, error.sentence)
            case .administration(let error): throw AccountRoutes.problem(error)
            case .store(let error): throw error
            }
        }
    }
}
