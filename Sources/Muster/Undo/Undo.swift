public import Accounts
import Reconciliation
public import Roster

/// What taking a run back came to, in people.
public struct UndoResult: Sendable, Hashable {
    /// An earlier undo of the same run.
    public struct Before: Sendable, Hashable {
        /// That undo; the last where there were several.
        public var run: RunID
        /// When it was.
        public var at: Timestamp
        /// People of whom something had been taken back.
        public var people: Int
    }

    /// Somebody of whom something was left as it is.
    public struct Left: Sendable, Hashable {
        /// Her account.
        public var account: AccountID
        /// Who: by address or name.
        public var person: String
        /// What was left, with the reason as half a sentence.
        public var fields: [Field: String]
    }

    /// How many people are named of whom something was left.
    public static let named = 20

    /// The undo itself, which can be undone.
    public var run: RunID
    /// The run that was taken back.
    public var undone: RunID
    /// People of whom something is as it was before the run.
    public var restored = 0
    /// People of whom something was left, because something else changed it since.
    public var skipped = 0
    /// The first of them, by name.
    public var left: [Left] = []
    /// What had taken something of the run back already; nil where nothing had.
    public var before: Before?
    /// Fields that are as they were before the run.
    public var fields = 0
}

/// Why nothing was taken back, or not everything.
public enum UndoError: Error, Sendable, Hashable {
    /// There is no such run.
    case unknownRun(RunID)
    /// No run changed the person.
    case neverChanged(email: String)
    /// The latest run that changed the person made her account, and nobody named that run.
    case madeAccount(RunID, email: String)
    /// The run made so many accounts, and nobody said that all of them are to be suspended.
    case notConfirmed(RunID, accounts: Int)
    /// The store could not do it.
    case store(StoreError)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .unknownRun(let run):
            "There is no run \(run.value), or its history is kept no longer; see the runs that changed somebody with `muster history`."
        case .neverChanged(let email):
            "No login or sync ever changed \(email); see what did with `muster history`."
        case .madeAccount(let run, let email):
            "Nothing was taken back: run \(run.value), the latest that changed \(email), made the account, which would be suspended; name that run if you mean it."
        case .notConfirmed(let run, let accounts):
            "Nothing was taken back: run \(run.value) made \(accounts) accounts, and all of them would be suspended; say that you mean it."
        case .store(let error): error.sentence
        }
    }
}

/// Takes back what a login or a sync did, everything that was changed since excepted.
///
/// It goes in small transactions and can be cut off anywhere: done again, it passes over what it has
/// done. What is put back is pinned against what the source says now.
public struct Undo: Sendable {
    private let workshop: Workshop
    /// People in one transaction.
    private let chunk: Int

    /// An undo with the tools of `workshop`.
    public init(_ workshop: Workshop, chunk: Int = 50) {
        self.workshop = workshop
        self.chunk = max(1, chunk)
    }

    /// The latest login or sync that changed the account, unless that made it: whoever does not name
    /// a run wants the last change taken back, not a person suspended.
    /// - Throws: `UndoError.neverChanged` where there was none, `madeAccount` where it made the account.
    public func latestRun(of account: Account) async throws(UndoError) -> RunID {
        let history = try await stored { () throws(StoreError) in
            try await workshop.store.history(of: account.id)
        }
        let name = account.email ?? "account \(account.id.value)"
        let latest = history.last { $0.run != nil && [.login, .batch].contains($0.cause) }
        guard let run = latest?.run else { throw .neverChanged(email: name) }
        guard !history.contains(where: { $0.run == run && $0.entry.field == nil }) else {
            throw .madeAccount(run, email: name)
        }
        return run
    }

    /// The customer whose accounts a run changed, or whose connection it read.
    /// - Throws: `UndoError.unknownRun` where there is no such run.
    public func tenant(of run: RunID) async throws(UndoError) -> TenantID {
        let found = try await stored { () throws(StoreError) -> TenantID? in
            let first = try await workshop.store.changes(by: run, after: 0, limit: 1).first
            if let id = first?.change.entry.account {
                return try await workshop.store.summary(of: id)?.account.tenant
            }
            guard let kept = try await workshop.store.run(run) else { return nil }
            return try await workshop.connections.connections()
                .first { $0.id == kept.connection }?.tenant
        }
        guard let found else { throw .unknownRun(run) }
        return found
    }

    /// Accounts that may be suspended without anybody saying so.
    private static let freely = 5

    /// Refuses to take back a run that made many accounts, all of which that would suspend.
    /// - Throws: `UndoError.notConfirmed`.
    public func requireFew(madeBy run: RunID) async throws(UndoError) {
        let made = try await accountsMade(by: run)
        guard made <= Self.freely else { throw .notConfirmed(run, accounts: made) }
    }

    /// How many accounts that `run` made are active, which taking it back suspends.
    private func accountsMade(by run: RunID) async throws(UndoError) -> Int {
        let tenant = try await tenant(of: run)
        var made = 0
        var position: Int64 = 0
        while true {
            let after = position
            let rows = try await stored { () throws(StoreError) in
                try await workshop.store.changes(by: run, after: after, limit: 500)
            }
            var request = ViewRequest(tenant: tenant)
            for row in rows where row.change.entry.field == nil && row.change.cause != .undo {
                request.accounts.insert(row.change.entry.account)
            }
            let seen = request
            // Who is suspended already, as by an earlier undo, is suspended no more by this one.
            made += try await stored { () throws(StoreError) in
                try await workshop.store.view(seen).accounts.values
                    .count { seen.accounts.contains($0.id) && $0.status == .active }
            }
            guard let last = rows.last else { return made }
            position = last.position
        }
    }

    /// Takes back what `run` did.
    /// - Parameters:
    ///   - run: A login's or a sync's run, or that of an undo.
    ///   - person: Only this person's account; nil for everybody's.
    ///   - progress: Called with the number of people looked at so far.
    /// - Returns: What it came to.
    /// - Throws: `UndoError`; what was put back until then stays.
    public func run(
        _ run: RunID,
        of person: AccountID? = nil,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(UndoError) -> UndoResult {
        let tenant = try await tenant(of: run)
        var result = UndoResult(run: RunID(workshop.identifiers.next()), undone: run)
        var done: Set<AccountID> = []
        var position: Int64 = 0
        while true {
            let after = position
            let rows = try await stored { () throws(StoreError) in
                try await workshop.store.changes(by: run, after: after, limit: 4 * chunk)
            }
            guard let last = rows.last else { return result }
            position = last.position
            var people: [AccountID] = []
            for id in rows.map(\.change.entry.account)
            where person.map({ $0 == id }) ?? true && done.insert(id).inserted {
                people.append(id)
            }
            while !people.isEmpty {
                let next = Array(people.prefix(chunk))
                people.removeFirst(next.count)
                let looked = try await take(back: run, from: next, of: tenant, person, &result)
                done.formUnion(looked)
                people.removeAll(where: looked.contains)
                progress(done.count)
            }
        }
    }
}

// One transaction.
extension Undo {
    /// - Returns: The people who were looked at: those of `ids`, and whoever holds their addresses.
    private func take(
        back run: RunID,
        from ids: [AccountID],
        of tenant: TenantID,
        _ person: AccountID?,
        _ result: inout UndoResult
    ) async throws(UndoError) -> Set<AccountID> {
        var triesLeft = 20
        while true {
            triesLeft -= 1
            do throws(StoreError) {
                let step = try await draft(run, ids, tenant, isAlone: person != nil, as: result.run)
                if !step.changes.isEmpty {
                    try await workshop.store.apply(step.changes)
                    workshop.telemetry.changed(step.changes.history, by: .undo)
                }
                let restored = step.restoration.restored
                result.restored += restored.count
                result.fields += restored.values.reduce(0) { $0 + $1.count }
                for id in step.restoration.skipped.keys.sorted() { result.leave(id, of: step) }
                return Set(step.restorations.keys)
            } catch {
                guard error == .stale, triesLeft > 0 else { throw .store(error) }
            }
        }
    }

    fileprivate struct Step {
        var changes: ChangeSet
        var restoration: RestorationResult
        /// What was looked at: the people asked for, and whoever holds their addresses.
        var restorations: [AccountID: Restoration]
        var people: [AccountID: String]
    }

    private func draft(
        _ run: RunID,
        _ ids: [AccountID],
        _ tenant: TenantID,
        isAlone: Bool,
        as id: RunID
    ) async throws(StoreError) -> Step {
        var restorations: [AccountID: Restoration] = [:]
        var view = LocalView()
        var next = Set(ids)
        // Whoever holds an address that is to go back may give it up by the same undo.
        while !next.isEmpty {
            for id in next {
                let history = try await workshop.store.history(of: id)
                restorations[id] = Restoration(undoing: run, of: id, in: history)
            }
            var request = ViewRequest(tenant: tenant)
            for restoration in restorations.values {
                request.accounts.insert(restoration.account)
                request.accounts.formUnion(restoration.managers)
                request.keys.formUnion(restoration.exchangedRecords ?? [])
                request.accounts.formUnion([restoration.merged].compactMap(\.self))
                if let email = restoration.email { request.emails.insert(email) }
            }
            view = try await workshop.store.view(request)
            next = isAlone ? [] : Set(view.holders.values).subtracting(restorations.keys)
        }
        let planner = try await planner(of: tenant)
        var step = Reconciliation(
            undoing: restorations.values.sorted { $0.account < $1.account },
            planner: planner,
            view: view,
            tenant: tenant
        )
        if let more = step.settlementRequest(run: nil) {
            step.load(try await workshop.store.view(more))
        }
        return Step(
            changes: step.finish(run: id, cause: .undo).changes,
            restoration: step.restoration,
            restorations: restorations,
            people: view.accounts.mapValues(\.label)
        )
    }

    private func planner(of tenant: TenantID) async throws(StoreError) -> Planner {
        let policy = try await workshop.connections.policy(of: tenant)
        let connection = try await workshop.connections.connections().first { $0.tenant == tenant }
        let school =
            connection?.schools.first ?? SchoolDescription(id: "", name: tenant.name)
        return workshop.planner(policy: policy, school: school, mayCreate: false)
    }

    private func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(UndoError) -> Value {
        do throws(StoreError) { return try await request() } catch { throw .store(error) }
    }
}

extension UndoResult {
    /// Notes of whom `step` left something, and why; what an earlier undo had done is done.
    fileprivate mutating func leave(_ id: AccountID, of step: Undo.Step) {
        let restoration = step.restorations[id]
        let later = restoration?.laterRows ?? [:]
        let skipped = step.restoration.skipped[id, default: []]
        let undone = skipped.compactMap { later[$0] }.filter { $0.cause == .undo }
        if let last = undone.max(by: { $0.at < $1.at }), let run = last.run {
            let isLater = before.map { $0.at < last.at } ?? true
            before = Before(
                run: isLater ? run : before?.run ?? run,
                at: isLater ? last.at : before?.at ?? last.at,
                people: (before?.people ?? 0) + 1
            )
        }
        let fields = skipped.filter { later[$0]?.cause != .undo }
        guard !fields.isEmpty else { return }
        self.skipped += 1
        guard left.count < Self.named else { return }
        let why = fields.map { field in
            (field, later[field]?.words ?? Self.words(of: field, restoration))
        }
        left.append(
            Left(
                account: id,
                person: step.people[id] ?? "account \(id.value)",
                fields: Dictionary(uniqueKeysWithValues: why)
            )
        )
    }

    /// Why a field was left that history does not show as changed since.
    private static func words(of field: Field, _ restoration: Restoration?) -> String {
        if restoration?.isForgotten == true {
            return "an erasure left nothing that tells what it was"
        }
        return field == .email
            ? "somebody else has the address of before, or it is not as the run left it"
            : "it is not as the run left it, or what it was is not there any more"
    }
}

extension DatedHistoryEntry {
    /// Who changed it since, as half a sentence.
    fileprivate var words: String {
        let who =
            switch cause {
            case .login: "a login"
            case .batch: "a sync"
            case .administrator: "an administrator"
            case .import: "an import"
            case .undo: "an undo"
            case .person: "the person herself"
            }
        let which = run.map { " (run \($0.value))" } ?? ""
        return "\(who)\(which) changed it at \(at.iso8601)"
    }
}
