public import Accounts
import Reconciliation
import Roster

/// What of a school waits for a person.
public struct ReviewList: Sendable, Hashable {
    /// A record without an account.
    public struct Row: Sendable, Hashable {
        /// The record.
        public var record: UnlinkedRecord
        /// How it counts today.
        public var standing: UnlinkedStanding
        /// Accounts that a person may choose from.
        public var candidates: [Account]
    }

    /// The records without an account, by their id: all of them, those who need nobody too.
    public var records: [Row] = []
    /// The runs of the school's connection that left a plan to a person, the newest first; without
    /// the plan where it holds logins still and is too old to be approved.
    public var held: [Run] = []
    /// A few of those whom each of these runs held back, by name.
    public var heldNames: [RunID: [String]] = [:]
    /// The accounts that are active though the MIS lists their record no more.
    public var accountsWithoutRecord: [AccountWithoutRecord] = []
    /// How many more of these a change of MIS left than are kept by their record.
    public var moreWithoutRecord = 0
    /// What the connection's last run remarked on besides these records, such as those that it
    /// could not read; and whose account waits for an address, whichever run found it.
    public var remarks: [RunRemark] = []

    /// The records that somebody should look at.
    public var waiting: [Row] { records.filter { $0.standing != .ignored } }
}

/// What a person can decide about a record, and what would follow.
public struct ReviewChoice: Sendable, Hashable {
    /// The account that the record would be given to; nil for one of its own.
    public var account: Account?
    /// What would change, or why that cannot be.
    public var outcome: Result<[ReviewedChange], ReviewError>
}

extension Review {
    /// How many runs are looked through for what they left to a person.
    private static let runs = 300

    /// What of `school` waits for a person.
    public func list(of school: ConnectedSchool) async throws(ReviewError) -> ReviewList {
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: school.school.timeZone)
        return try await stored { () throws(StoreError) in
            var list = ReviewList()
            for record in try await workshop.store.unlinkedRecords(in: school.key) {
                list.records.append(try await listed(record, on: today))
            }
            let runs = try await workshop.store.runs(of: school.connection.id, limit: Self.runs)
            let now = workshop.clock.now()
            for run in runs {
                let life = run.state == .held ? SyncPlan.force : SyncPlan.life
                guard run.plan != nil, now.since(run.endedAt ?? run.startedAt) <= life else {
                    continue
                }
                var run = run
                run.plan = try await workshop.approvablePlan(of: run)
                list.held.append(run)
            }
            // A preview of what a sync holds has the same plan.
            let plans = Set(list.held.filter { $0.state == .held }.compactMap(\.plan))
            list.held.removeAll { $0.state != .held && $0.plan.map(plans.contains) ?? false }
            for run in list.held where run.state == .held {
                list.heldNames[run.id] = try await names(heldBy: run.id)
            }
            let changed = try await workshop.changedIDs(of: school.connection.id)
                .filter { $0.school == school.key }
            list.accountsWithoutRecord = try await accountsWithoutRecord(of: school, changed)
            list.moreWithoutRecord = changed.reduce(0) {
                $0 + $1.withoutRecord - $1.formerIDs.count
            }
            let known = Set(list.records.map(\.record.observation.key.id))
            // An approval reads nothing.
            let last = runs.first { $0.endedAt != nil && $0.kind != .approval }
            list.remarks = (last?.remarks ?? []).filter { remark in
                guard let id = remark.record, known.contains(id) else {
                    // Of people who wait at another school, that school's list tells.
                    return remark.record == nil || UnlinkedReason(rawValue: remark.reason) == nil
                }
                return false
            }
            let waiting = try await waitingForAddresses(at: school)
            let ids = Set(waiting.map(\.record))
            list.remarks = list.remarks.filter { !ids.contains($0.record) } + waiting
            return list
        }
    }

    /// Whose account has another address than her record states, because somebody else has that one
    /// here: no later sync that finds the record unchanged remarks on it.
    private func waitingForAddresses(
        at school: ConnectedSchool
    ) async throws(StoreError) -> [RunRemark] {
        var request = ViewRequest(tenant: school.connection.tenant)
        request.awaitedEmails = true
        let view = try await workshop.store.view(request)
        let waiting = view.links.values.filter { link in
            link.key.school == school.key && view.accounts[link.account]?.home == link.key
        }
        return waiting.sorted { $0.key.id < $1.key.id }.compactMap { link in
            guard let email = link.awaitedEmail else { return nil }
            let holder = view.holders[email].flatMap { view.accounts[$0]?.fullName }
            let why = holder.map { "which \($0) has here" } ?? "which somebody else states too"
            return RunRemark(
                record: link.key.id,
                kind: link.key.kind,
                reason: "Its account waits for the address \(email), \(why);"
                    + " correct one of the two in the MIS, or pin the address of the account."
            )
        }
    }

    /// The names of a few of those whom `run` held back, for whoever decides.
    public func names(heldBy run: RunID) async throws(StoreError) -> [String] {
        try await workshop.store.planned(by: run, after: nil, limit: 3)
            .map(\.observation.fullName)
    }

    private func listed(
        _ record: UnlinkedRecord,
        on today: Day
    ) async throws(StoreError) -> ReviewList.Row {
        ReviewList.Row(
            record: record,
            standing: record.standing(on: today),
            candidates: try await candidates(of: record)
        )
    }

    /// Everything that a person can decide about `record`, and what would follow from each.
    public func choices(
        for record: UnlinkedRecord,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> (row: ReviewList.Row, choices: [ReviewChoice]) {
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: school.school.timeZone)
        let row = try await stored { () throws(StoreError) in
            try await listed(record, on: today)
        }
        var choices: [ReviewChoice] = []
        for account in row.candidates {
            let outcome = try await rehearse(.account(account.id), record, in: school)
            choices.append(ReviewChoice(account: account, outcome: outcome))
        }
        let outcome = try await rehearse(.newAccount, record, in: school)
        return (row, choices + [ReviewChoice(account: nil, outcome: outcome)])
    }

    /// The accounts that a person may choose from for `record`.
    private func candidates(
        of record: UnlinkedRecord
    ) async throws(StoreError) -> [Account] {
        var accounts: [Account] = []
        for id in record.candidates {
            if let account = try await workshop.store.summary(of: id)?.account {
                accounts.append(account)
            }
        }
        return accounts
    }
}
