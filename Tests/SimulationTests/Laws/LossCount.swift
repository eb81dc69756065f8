import Accounts
import MusterTesting
import Roster

@testable import MusterTesting

/// Counts by itself what logins took, as the design says the guard must, to hold the guard to it.
struct LossCount {
    private struct Entry: Hashable {
        var loss: String
        var account: AccountID
        var school: SchoolKey
    }

    private var taken: [Entry: Timestamp] = [:]
    /// Whom lists of everybody suspended last, where and when.
    private var listed: [AccountID: (school: SchoolKey, at: Timestamp)] = [:]
    private var lastGood: Timestamp?

    /// A run that read everybody and held nothing back begins a new count, a day ago at the latest.
    mutating func updated(_ run: Run) {
        guard run.state == .completed, run.isComplete else { return }
        lastGood = max(lastGood ?? run.startedAt, run.startedAt)
    }

    /// Notes whom a list of everybody suspended, without a person's approval.
    mutating func suspended(_ account: AccountID, by school: SchoolKey, at: Timestamp) {
        listed[account] = (school, at)
    }

    /// What `old` loses by becoming `new`.
    static func losses(from old: Account, to new: Account) -> [String] {
        guard new.status == .active else { return ["access"] }
        var losses: [String] = []
        if old.email != nil, new.email != old.email { losses.append("loginEmail") }
        let rights = Set(new.privileges.map(\.name))
        if !Set(old.privileges.map(\.name)).isSubset(of: rights) { losses.append("privilege") }
        let places = (Set(old.memberships.map(\.classID)), Set(new.memberships.map(\.classID)))
        if places.0.subtracting(places.1).count > places.1.subtracting(places.0).count {
            losses.append("membership")
        }
        for field in Field.texts where old[text: field] != nil && new[text: field] == nil {
            losses.append("field.\(field.rawValue)")
        }
        if old.lineManager != nil, new.lineManager == nil { losses.append("field.lineManager") }
        if old.teachingStaff == true, new.teachingStaff != true {
            losses.append("field.teachingStaff")
        }
        return losses
    }

    /// Counts a loss that a login brought.
    /// - Returns: By how much it is too much; nil where it is not.
    mutating func count(
        _ loss: String,
        _ key: SourceKey,
        _ account: AccountID,
        _ at: Timestamp,
        _ before: WriteWatch.Before,
        _ state: MemoryState
    ) -> String? {
        taken[Entry(loss: loss, account: account, school: key.school)] = at
        let dayAgo = at.advanced(by: .seconds(-86_400))
        let floor = lastGood.map { min($0, dayAgo) }
        let counted = taken.filter { _, at in floor.map { at >= $0 } ?? true }.keys
        func losing(_ what: String, at school: SchoolKey?) -> Set<AccountID> {
            var losing = Set(
                counted.filter { $0.loss == what && (school == nil || $0.school == school) }
                    .map(\.account)
            )
            guard what == "access" else { return losing }
            for (account, row) in listed
            where row.at >= dayAgo && (school == nil || row.school == school) {
                losing.insert(account)
            }
            // Whoever came back lost nothing.
            return losing.filter { state.accounts[$0]?.status == .suspended(by: .sync) }
        }
        let scopes: [(SchoolKey?, Int)] = [
            (key.school, before.people[key.school, default: 0]), (nil, before.peopleOfTenant),
        ]
        for (school, present) in scopes {
            let count = losing(loss, at: school).count
            guard count > 5 else { continue }
            // Whoever was suspended since is not there any more, but is one of those compared.
            let gone = losing("access", at: school).subtracting([account])
            let people = present + gone.count
            let percent =
                switch loss {
                case "access", "loginEmail": 10
                case "membership": 30
                default: 20
                }
            if people < 20 || count * 100 > people * percent {
                return "as the \(count)th of \(people)"
            }
        }
        return nil
    }
}
