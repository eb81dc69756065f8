import Accounts
import Roster

@testable import MusterTesting

/// Looks at every write to the store and holds it against what the source truly said.
final class WriteWatch: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    /// What a change meets.
    struct Before {
        var accounts: [AccountID: Account] = [:]
        var links: [SourceKey: Link] = [:]
        /// Present links by school, and accounts with any, before the change.
        var people: [SchoolKey: Int] = [:]
        var peopleOfTenant = 0

        init(_ changes: ChangeSet, _ state: MemoryState) {
            for write in changes.accounts {
                accounts[write.after.id] = state.accounts[write.after.id]
            }
            for write in changes.links { links[write.after.key] = state.link(write.after.key) }
            guard !changes.losses.isEmpty || changes.cause == .login else { return }
            var present: Set<AccountID> = []
            for link in state.linkRows.values where link.state.isPresent {
                people[link.key.school, default: 0] += 1
                present.insert(link.account)
            }
            peopleOfTenant = present.count
        }
    }

    let mis: SimulatedMIS
    let chronicle: Chronicle
    private var accountOf: [SourceKey: AccountID] = [:]
    /// When an account's status changed last.
    private(set) var statusChangedAt: [AccountID: Duration] = [:]
    /// Records that lost something, or were to.
    var lossy: Set<SourceKey> = []
    /// Fields emptied by a batch that was told so after a permission was taken back.
    private var emptiedByRun: [RunField: Set<AccountID>] = [:]
    var losses = LossCount()

    private struct RunField: Hashable {
        var run: RunID?
        var field: Field
    }

    init(_ mis: SimulatedMIS, _ chronicle: Chronicle) {
        self.mis = mis
        self.chronicle = chronicle
    }

    func updated(_ run: Run) { losses.updated(run) }

    /// Looks at a change after it was made.
    func wrote(_ changes: ChangeSet, _ before: Before, _ state: MemoryState) {
        chronicle.cover("writes by \(changes.cause.rawValue)")
        for write in changes.links { check(write, before, changes) }
        for write in changes.accounts {
            guard let after = state.accounts[write.after.id] else { continue }
            let old = before.accounts[after.id]
            if old?.status != after.status {
                statusChangedAt[after.id] = mis.clock.elapsed
                chronicle.happen("\(after.brief) is \(after.status) by \(changes.cause)")
            }
            guard changes.cause == .login || changes.cause == .batch else { continue }
            guard let old else {
                checkNew(after, state)
                continue
            }
            if old.status == .suspended(by: .administrator), after.status != old.status {
                chronicle.broken(.suspended, "\(after.brief) is active again")
            }
            checkStatus(old, after, changes, before, state)
            if changes.cause == .batch, old.status == .active, after.status != .active,
                let run = changes.run, state.runs[run]?.kind != .approval,
                let link = state.links(of: after.id).first
            {
                losses.suspended(after.id, by: link.key.school, at: changes.at)
            }
            checkTexts(old, after, changes, state)
            checkEmail(old, after, state)
            checkManager(old, after, changes, state)
            checkPlaces(old, after, changes, state)
        }
        if changes.cause == .login { countLosses(changes, before, state) }
    }

    func breach(_ law: Law, _ account: Account, _ text: String) {
        chronicle.broken(law, "\(account.brief): \(text)")
    }
}

// Records and accounts.
extension WriteWatch {
    private func check(_ write: LinkWrite, _ before: Before, _ changes: ChangeSet) {
        let link = write.after
        if let account = accountOf[link.key], account != link.account {
            chronicle.broken(
                .oneAccount,
                "\(link.key.id) was \(account.value)'s and is \(link.account.value)'s"
            )
        }
        accountOf[link.key] = link.account
        if let old = before.links[link.key], link.sequence < old.sequence {
            chronicle.broken(.nothingLost, "\(link.key.id) took an answer older than its last")
        }
        if link.missingSince != nil, before.links[link.key]?.missingSince == nil,
            link.state == .active, !mis.wasUnlisted(link.key, around: mis.clock.manual.now())
        {
            chronicle.broken(.nothingLost, "\(link.key.id) is noted as missing, but is listed")
        }
        if let old = before.links[link.key], old.sequence == link.sequence { return }
        guard changes.cause == .login || changes.cause == .batch else { return }
        if mis.said[link.key]?[link.sequence] == nil {
            chronicle.broken(.nothingLost, "\(link.key.id) took an answer that was never given")
        }
    }

    private func checkNew(_ account: Account, _ state: MemoryState) {
        chronicle.happen("\(account.brief) is made")
        let keys = state.linksOfAccount[account.id]
        // Every record of the simulation is of a person of its own.
        if keys.count != 1 {
            breach(.oneAccount, account, "made with \(keys.count) records")
        }
    }

    private func checkStatus(
        _ old: Account,
        _ new: Account,
        _ changes: ChangeSet,
        _ before: Before,
        _ state: MemoryState
    ) {
        if state.linksOfAccount[new.id].count > 1 {
            breach(.oneAccount, new, "has \(state.linksOfAccount[new.id].count) records")
        }
        guard old.status == .active, new.status != .active else { return }
        for link in state.links(of: new.id) {
            switch link.state {
            case .left:
                if case .left = truth(of: link)?.standing { continue }
                breach(.nothingLost, new, "suspended, but nobody said that she left")
            case .absent:
                if changes.cause == .login {
                    breach(.nothingLost, new, "a login inferred that she left")
                }
                let first = before.links[link.key]?.missingSince
                let now = mis.clock.manual.now()
                guard let first, now.since(first) >= .seconds(12 * 3600),
                    mis.wasUnlisted(link.key, around: first),
                    mis.wasUnlisted(link.key, around: now)
                else {
                    breach(.nothingLost, new, "suspended as absent, but was listed")
                    continue
                }
                chronicle.cover("absence inferred")
            case .active, .outOfScope:
                breach(.nothingLost, new, "suspended, but her record is present")
            }
        }
    }

    /// What was true of a record when it was told what the link goes by.
    func truth(of link: Link) -> Observation? { mis.said[link.key]?[link.sequence]?.truth }

    /// The link that single-valued fields come from.
    func home(of account: Account, _ state: MemoryState) -> Link? {
        account.home.flatMap { state.link($0) }
    }
}

// Values.
extension WriteWatch {
    private func checkTexts(
        _ old: Account,
        _ new: Account,
        _ changes: ChangeSet,
        _ state: MemoryState
    ) {
        for field in Field.texts where old[text: field] != new[text: field] {
            guard let home = home(of: new, state), let said = mis.said[home.key]?[home.sequence]
            else {
                breach(.nothingLost, new, "\(field) changed without an answer")
                continue
            }
            let (isTrue, isEmptied) = compare(field, new[text: field], said)
            if isTrue { continue }
            if isEmptied, said.isRevoked, changes.cause == .batch {
                countEmptied(field, of: new, changes.run, state)
                continue
            }
            breach(
                .nothingLost,
                new,
                "\(field) is '\(new[text: field] ?? "")' after '\(old[text: field] ?? "")', which was not true"
            )
        }
        if old.teachingStaff != new.teachingStaff, let home = home(of: new, state),
            let said = mis.said[home.key]?[home.sequence],
            said.truth.teachingStaff.value != new.teachingStaff
        {
            if said.isRevoked, changes.cause == .batch {
                countEmptied(.teachingStaff, of: new, changes.run, state)
            } else {
                breach(.nothingLost, new, "teachingStaff is not true")
            }
        }
    }

    private func compare(
        _ field: Field,
        _ value: String?,
        _ said: SimulatedMIS.Said
    ) -> (isTrue: Bool, isEmptied: Bool) {
        let truth: Observed<String> =
            switch field {
            case .title: said.truth.title
            case .forename: said.truth.forename
            case .surname: said.truth.surname
            case .initials: said.truth.initials
            case .phone: said.truth.phone
            case .address: said.truth.address
            default: said.truth.roles.map { $0.map(\.title).sorted().joined(separator: ", ") }
            }
        return (truth.value == value, value == nil)
    }

    /// A list that a permission emptied halfway may empty a field of a few, where the school granted
    /// it again before the list was read, and of no more.
    private func countEmptied(
        _ field: Field,
        of account: Account,
        _ run: RunID?,
        _ state: MemoryState
    ) {
        let key = RunField(run: run, field: field)
        emptiedByRun[key, default: []].insert(account.id)
        lossy.formUnion(state.linksOfAccount[account.id])
        let count = emptiedByRun[key]?.count ?? 0
        chronicle.cover("emptied by a permission that went")
        if count > 5 {
            breach(.nothingLost, account, "\(field) was emptied of \(count) by one run")
        }
    }

    private func checkEmail(_ old: Account, _ new: Account, _ state: MemoryState) {
        guard old.email != new.email else { return }
        guard let email = new.email else {
            if new.status == .active { breach(.nothingLost, new, "lost its address") }
            return
        }
        guard let home = home(of: new, state),
            mis.emailsTold[home.key]?.contains(email) == true
        else { return breach(.nothingLost, new, "has an address that nobody told") }
    }

    private func checkManager(
        _ old: Account,
        _ new: Account,
        _ changes: ChangeSet,
        _ state: MemoryState
    ) {
        guard old.lineManager != new.lineManager else { return }
        guard let home = home(of: new, state) else { return }
        let named = home.last.managers.value?.first?.key
        if named == nil, let said = mis.said[home.key]?[home.last.sequence], said.isRevoked,
            said.truth.managers != .empty, changes.cause == .batch
        {
            return countEmptied(.lineManager, of: new, changes.run, state)
        }
        if named == nil,
            !(mis.said[home.key] ?? [:]).values.contains(where: { $0.truth.managers == .empty })
        {
            breach(.nothingLost, new, "lost the line manager, which nobody told")
        }
        let manager = named.flatMap { state.linkRows[$0] }.flatMap { state.accounts[$0.account] }
        let expected = manager?.status == .active ? manager?.id : nil
        if new.lineManager != expected {
            breach(
                .nothingLost,
                new,
                "the line manager is \(new.lineManager?.value ?? 0) and not \(expected?.value ?? 0)"
            )
        }
    }

    private func checkPlaces(
        _ old: Account,
        _ new: Account,
        _ changes: ChangeSet,
        _ state: MemoryState
    ) {
        for place in old.memberships.subtracting(new.memberships) {
            guard let key = place.givenBy, let link = state.link(key) else { continue }
            guard link.state.isPresent, let said = mis.said[key]?[link.sequence] else { continue }
            let name = state.classes[place.classID]?.teachingClass.key
            let isTrue = (said.truth.classes.value ?? []).contains {
                $0.teachingClass.key == name && $0.role == place.role
            }
            guard isTrue else { continue }
            if said.isRevoked, changes.cause == .batch {
                countEmptied(.classes, of: new, changes.run, state)
            } else {
                breach(.nothingLost, new, "lost a place in \(name?.id ?? "?") that she has")
            }
        }
        for right in old.privileges.subtracting(new.privileges) {
            guard let key = right.givenBy, let link = state.link(key), link.state.isPresent,
                let said = mis.said[key]?[link.sequence],
                (said.truth.roles.value ?? []).contains(where: { $0.title == "Head" })
            else { continue }
            if said.isRevoked, changes.cause == .batch {
                countEmptied(.roles, of: new, changes.run, state)
            } else {
                breach(.nothingLost, new, "lost the right \(right.name) that her job gives")
            }
        }
    }
}

// Losses of logins.
extension WriteWatch {
    private func countLosses(_ changes: ChangeSet, _ before: Before, _ state: MemoryState) {
        for key in Set(changes.checked.map(\.key)).sorted(by: { $0.id < $1.id }) {
            guard let id = state.linkRows[key]?.account, let old = before.accounts[id],
                let new = state.accounts[id], old.status == .active
            else { continue }
            for loss in LossCount.losses(from: old, to: new) {
                lossy.insert(key)
                chronicle.cover("login loss \(loss.split(separator: ".").first ?? "")")
                chronicle.happen("\(new.brief) loses \(loss) by a login")
                if let excess = losses.count(loss, key, id, changes.at, before, state) {
                    breach(.limits, new, "loses \(loss), \(excess)")
                }
            }
        }
    }
}

extension Account {
    /// The account in a line of a chronicle.
    var brief: String { "account \(home?.id ?? "-") \(email ?? "-")" }
}
