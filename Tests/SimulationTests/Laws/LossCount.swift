import Accounts
import MusterTesting
import Roster

/// Counts by itself what logins took, as the design says the guard must, to hold the guard to it.
struct LossCount {
    private struct Entry: Hashable {
        var loss: String
        var account: AccountID
        var school: SchoolKey
    }

    private var taken: [Entry: Timestamp] = [:]
    private var lastGood: Timestamp?

    /// A run that read everybody and held nothing back begins a new count, a day ago at the latest.
    mutating func updated(_ run: Run) {
        guard run.state == .completed, run.isComplete else { return }
        lastGood = max(lastGood ?? run.startedAt, run.startedAt)
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
        _ before: WriteWatch.Before
    ) -> String? {
        taken[Entry(loss: loss, account: account, school: key.school)] = at
        let floor = lastGood.map { min($0, at.advanced(by: .seconds(-86_400))) }
        let counted = taken.filter { entry, at in
            entry.loss == loss && floor.map { at >= $0 } ?? true
        }.keys
        let here = Set(counted.filter { $0.school == key.school }.map(\.account)).count
        let all = Set(counted.map(\.account)).count
        for (losing, people) in [
            (here, before.people[key.school, default: 0]), (all, before.peopleOfTenant),
        ] where losing > 5 {
            let percent =
                switch loss {
                case "access", "loginEmail": 10
                case "membership": 30
                default: 20
                }
            if people < 20 || losing * 100 > people * percent {
                return "as the \(losing)th of \(people)"
            }
        }
        return nil
    }
}
