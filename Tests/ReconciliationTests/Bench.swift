import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// A school on a memory store, seen one step at a time through the pure code.
final class Bench {
    let store = MemoryStore()
    var policy = Policy()
    var today = Day.example
    var now = Timestamp.example
    var mayCreate = true
    /// How often planning let others have the processor.
    private(set) var gaveWay = 0
    private var lastNumber: Int64 = 1000

    /// What one step planned and wrote.
    struct Step {
        var plans: [PersonPlan]
        var changes: ChangeSet

        var plan: PersonPlan? { plans.first }

        func decision(_ field: Field) -> FieldDecision? {
            plans.first?.decisions.first { $0.field == field }
        }

        func reasons(of field: Field) -> [String] {
            changes.history.filter { $0.field == field }.map(\.reason)
        }
    }

    /// A number for an account or a class.
    func mint() -> Int64 {
        lastNumber += 1
        return lastNumber
    }

    /// Plans and applies the observations as one answer; one that has a number keeps it.
    @discardableResult
    func see(_ observations: Observation..., absent: [SourceKey] = []) async throws -> Step {
        try await see(observations, absent: absent)
    }

    @discardableResult
    func see(_ observations: [Observation], absent: [SourceKey] = []) async throws -> Step {
        let step = try await plan(observations, absent: absent)
        if !step.changes.isEmpty { try await store.apply(step.changes) }
        return step
    }

    /// The same of what a run staged, as a batch does.
    @discardableResult
    func see(_ observations: [Observation], stagedIn run: RunID) async throws -> Step {
        var step = try await plan(observations, stagedIn: run)
        step.changes.unstaged = observations.map(\.key)
        try await store.apply(step.changes)
        return step
    }

    /// Plans the observations without applying anything.
    func plan(
        _ observations: [Observation],
        absent: [SourceKey] = [],
        stagedIn run: RunID? = nil
    ) async throws -> Step {
        let sequence = try await store.nextSequence()
        let numbered = observations.map { observation in
            observation.with { if $0.sequence == 0 { $0.sequence = sequence } }
        }
        let planner = Planner(
            policy: policy,
            today: today,
            now: now,
            mayCreate: mayCreate,
            mint: mint,
            giveWay: { self.gaveWay += 1 }
        )
        var request = Planner.viewRequest(for: numbered, tenant: .standard, run: run)
        request.keys.formUnion(absent)
        let view = try await store.view(request)
        var step = Reconciliation(
            numbered,
            absent: absent.compactMap { view.links[$0] },
            planner: planner,
            view: view,
            tenant: .standard
        )
        if let more = step.settlementRequest(run: run) { step.load(try await store.view(more)) }
        let result = step.finish(run: run, cause: .batch)
        return Step(plans: result.plans, changes: result.changes)
    }

    // MARK: What is held

    func account(_ key: SourceKey) async throws -> Account? {
        var request = ViewRequest(tenant: .standard)
        request.keys = [key]
        let view = try await store.view(request)
        return view.links[key].flatMap { view.accounts[$0.account] }
    }

    func account(_ id: String) async throws -> Account {
        try #require(try await account(.staff(id)), "\(id) has no account")
    }

    func link(_ key: SourceKey) async throws -> Link {
        var request = ViewRequest(tenant: .standard)
        request.keys = [key]
        return try #require(try await store.view(request).links[key], "\(key.id) has no link")
    }

    func unlinked(_ key: SourceKey) async throws -> UnlinkedRecord? {
        var request = ViewRequest(tenant: .standard)
        request.keys = [key]
        return try await store.view(request).unlinked[key]
    }

    /// The address of each account by the id of its staff record.
    func emails(_ ids: String...) async throws -> [String?] {
        var emails: [String?] = []
        for id in ids { emails.append(try await account(id).email) }
        return emails
    }

    /// The record of the line manager of a member of staff; nil where she has none.
    func manager(of id: String) async throws -> String? {
        guard let manager = try await account(id).lineManager else { return nil }
        return try await store.summary(of: manager)?.links.first?.key.id
    }

    // MARK: What others do

    /// Writes an account as an import or an administrator would.
    func write(_ account: Account) async throws {
        let before = try await store.summary(of: account.id)?.account
        var changes = ChangeSet(tenant: .standard, run: nil, cause: .administrator, at: now)
        changes.accounts = [AccountWrite(after: account, before: before)]
        try await store.apply(changes)
    }

    /// A person in the application edits the account behind a record.
    func edit(_ id: String, _ fields: Field..., change: (inout Account) -> Void) async throws {
        var account = try await account(id)
        change(&account)
        account.localEdits.formUnion(fields)
        try await write(account)
    }
}

extension Day {
    /// Reads `YYYY-MM-DD`; the day of examples where that is no day.
    static func at(_ text: String) -> Day { Day(text) ?? .example }
}

extension Observation {
    /// The same record stating that the person left.
    var leaving: Observation { with { $0.standing = .left(.notCurrent) } }
}
