import Accounts
import Muster
import MusterTesting
import Reconciliation
import Roster

/// One generated history of a trust, and the laws it is held to after every act.
struct History {
    let seed: UInt64
    private(set) var coverage = Coverage()
    private(set) var violations: [Violation] = []
    private var world: World
    private var acts: [Act] = []
    /// What the source last said of a person whom we took, by field: the oracle of edits.
    private var lastSaid: [SourceKey: [Field: Observed<String>]] = [:]
    /// Whether the source owned the managers all along.
    private var sourceOwnsManagers = true

    init(seed: UInt64) {
        self.seed = seed
        world = World(seed: seed)
    }

    mutating func run() async {
        do {
            let stage = try await Stage(hasFamilies: world.hasFamilies)
            for act in world.beginning { _ = try await step(act, on: stage) }
            if !world.generator.oneIn(5) || world.hasFamilies {
                try await step(.sync(Act.Reading(pageSize: 3, order: seed)), on: stage)
            }
            let length = Int.random(in: 10...20, using: &world.generator)
            while acts.count < world.beginning.count + length, violations.isEmpty {
                for act in world.next() where violations.isEmpty {
                    try await step(act, on: stage)
                }
            }
            if violations.isEmpty { try await end(on: stage) }
        } catch {
            note(1, "an error nobody caught: \(error)")
        }
    }

    private mutating func note(_ law: Int, _ text: String) {
        let story = acts.suffix(40).map { "    \($0)" }.joined(separator: "\n")
        violations.append(Violation(law: law, seed: seed, text: "\(text)\n\(story)"))
    }

    // MARK: One act

    private mutating func step(_ act: Act, on stage: Stage) async throws {
        acts.append(act)
        coverage.acts += 1
        if case .setPolicy(let policy) = act, policy.owner(of: .lineManager) != .source {
            sourceOwnsManagers = false
        }
        switch act {
        case .list, .unlist, .pass, .setPolicy:
            _ = try await stage.play(act)
            return
        case .login, .sync, .edit, .undo, .takeOver: break
        }
        let before = try await stage.held()
        let played = try await stage.play(act)
        let after = try await stage.held()
        checkKeys(before, after)
        checkAddresses(act, before, after)
        checkByHand(act, before, after)
        checkPins(act, before, after, stage.today)
        checkManagers(after, stage.policy)
        checkCustody(act, played, after, stage)
        if case .sync(let reading) = act { checkAbsence(reading, before, after, stage) }
        guard played.login != nil || played.sync != nil else { return }
        if let trouble = played.sync?.trouble ?? played.login?.trouble,
            trouble.contains("changed while")
        {
            note(1, "nobody else wrote, and yet: \(trouble)")
        }
        if played.isIdle {
            if let difference = after.difference(from: before) {
                note(3, "an answer that says nothing changed something:\n\(difference)")
            }
            return
        }
        guard !played.isUncertain else { return }
        checkFields(played, before, after, stage)
        var isCut = false
        if case .sync(let reading) = act, case .halfList = reading.fault { isCut = true }
        try await checkAgain(played, isCut: isCut, on: stage)
    }

    private mutating func end(on stage: Stage) async throws {
        let histories = try await stage.held().accounts.keys
        for account in histories {
            for row in try await stage.premises.store.history(of: account) {
                coverage.reasons[row.entry.reason, default: 0] += 1
                if row.cause == .login, row.entry.reason == Reason.inferredLeaving.rawValue {
                    note(3, "a login inferred that somebody left")
                }
            }
        }
    }

    // MARK: Law 1

    private mutating func checkAgain(
        _ played: Played,
        isCut: Bool,
        on stage: Stage
    ) async throws {
        let links = try await stage.held().links
        let keys =
            played.sync == nil
            ? played.seen
            : played.seen.filter { key in
                // What the second school or the missing give up, a newcomer gets in the next batch.
                let isLate = world.isTrust || links.values.contains { $0.state == .absent }
                return links[key] != nil || !isLate
            }
        var (changes, plans) = try await stage.draft(keys, mayCreate: played.mayCreate)
        coverage.count(plans)
        // A list cut short may have shown nobody with a field, and then none of its nulls was taken
        // for the source's word: the same record in full has another digest, and says no more.
        if isCut { changes.links.removeAll { $0.saysNoMore(than: links[$0.after.key]) } }
        let isEmpty =
            changes.accounts.isEmpty && changes.links.isEmpty && changes.classes.isEmpty
            && changes.history.isEmpty && changes.formerEmails.isEmpty
        guard !isEmpty else { return }
        let what =
            changes.history.map {
                "\($0.account.value) \($0.field?.rawValue ?? "creation") \($0.from ?? "-") > \($0.to ?? "-") \($0.reason)"
            }
            + changes.links.map { "link \($0.after.key.brief)" }
            + changes.classes.map { "class \($0.teachingClass.name)" }
        note(1, "the same answer again plans something: \(what)")
    }

    // MARK: Law 3

    /// Who is not on a half list, or whose record cannot be read, is not missing.
    private mutating func checkAbsence(
        _ reading: Act.Reading,
        _ before: Held,
        _ after: Held,
        _ stage: Stage
    ) {
        let everybody = stage.listed.map(\.key)
        for (key, link) in after.links
        where link.missingSince != nil && before.links[key]?.missingSince == nil {
            let listed = everybody.filter { $0.school == key.school }
            switch reading.fault {
            case .halfList where listed.count > reading.pageSize: break
            case .unreadable(let id) where id == nil || id == key.id: break
            default:
                let isKnown = listed.contains(key) && link.state != .outOfScope
                guard isKnown else { continue }
            }
            note(3, "\(key.brief) is noted as missing")
        }
    }

    // MARK: Laws 3 and 4

    /// Every text of everybody who was seen is what owner, source and edit say.
    private mutating func checkFields(
        _ played: Played,
        _ before: Held,
        _ after: Held,
        _ stage: Stage
    ) {
        let people = stage.premises.source.script.people
        // What comes back as somebody else waits for a person.
        let reused = Set(
            after.unlinked.filter { $0.reason == .reusedRecord }.map(\.observation.key)
        )
        for key in played.seen {
            guard let observation = people[key], after.links[key] != nil, !reused.contains(key)
            else { continue }
            switch observation.standing {
            case .left, .notYetStarted: continue
            case .current, .unstated: break
            }
            let facts = Facts(of: observation, on: stage.today, policy: stage.policy)
            guard facts.email != .empty else { continue }
            if let old = before.account(of: key), let new = after.account(of: key),
                old.home == key, new.home == key
            {
                for field in Field.texts {
                    check(field, facts[text: field], key, old, new, stage.policy, on: stage.today)
                }
            }
            for field in Field.texts where facts[text: field].isSupplied {
                lastSaid[key, default: [:]][field] = facts[text: field]
            }
        }
    }

    private mutating func check(
        _ field: Field,
        _ said: Observed<String>,
        _ key: SourceKey,
        _ old: Account,
        _ new: Account,
        _ policy: Policy,
        on today: Day?
    ) {
        let isEdited = old.localEdits.contains(field)
        var pinned = old
        if let today { pinned.dropPins(lapsedOn: today) }
        var takesSource = said.isSupplied && !pinned.isPinned(field, against: said.value)
        switch policy.owner(of: field) {
        case .source: break
        case .local, .onceAtCreation: takesSource = false
        case .untilEdited:
            if isEdited {
                takesSource = takesSource && said.isNews(after: lastSaid[key]?[field])
            }
        }
        let expected = takesSource ? said.value : old[text: field]
        guard new[text: field] != expected else { return }
        note(
            isEdited ? 4 : 3,
            "\(field) of \(key.brief) is \(new[text: field] ?? "-") and not \(expected ?? "-"): it was \(old[text: field] ?? "-")\(isEdited ? ", an edit" : ""), the source says \(said), said \(lastSaid[key]?[field].map { "\($0)" } ?? "nothing") before, owner \(policy.owner(of: field))"
        )
    }

    private mutating func checkByHand(_ act: Act, _ before: Held, _ after: Held) {
        if act.isByHand { return }
        for (id, old) in before.accounts {
            guard let new = after.accounts[id] else { continue }
            let rights = old.privileges.filter { $0.givenBy == nil }
            let places = old.memberships.filter { $0.givenBy == nil }
            if !new.privileges.isSuperset(of: rights) || !new.memberships.isSuperset(of: places) {
                note(3, "what was given by hand is gone from \(old.email ?? "?")")
            }
            if old.status == .suspended(by: .administrator), new.status != old.status {
                note(3, "an administrator's suspension of \(old.email ?? "?") was lifted")
            }
        }
    }

    // MARK: Law 7

    /// What is pinned against everything stays, whatever happens but by hand.
    private mutating func checkPins(_ act: Act, _ before: Held, _ after: Held, _ today: Day) {
        if act.isByHand { return }
        for (id, old) in before.accounts where !old.pins.isEmpty {
            guard let new = after.accounts[id] else { continue }
            var pinned = old
            pinned.dropPins(lapsedOn: today)
            let fields = Field.allCases.filter { field in
                pinned.pins.contains {
                    $0.against == .everything && ($0.field == nil || $0.field == field)
                }
            }
            for field in fields where !old.holdsSame(as: new, in: field) {
                note(7, "\(field) of \(old.email ?? "?") is pinned and changed: \(old) \(new)")
            }
        }
    }

    // MARK: Law 8

    /// Nobody is taken for responsible whom an answer that was taken takes that from, whatever
    /// guards hold back.
    private mutating func checkCustody(
        _ act: Act,
        _ played: Played,
        _ held: Held,
        _ stage: Stage
    ) {
        if case .sync(let reading) = act, reading.fault != nil { return }
        guard played.login?.outcome == .held || played.sync?.state == .held || !played.isUncertain
        else { return }
        let people = stage.premises.source.script.people
        for key in played.seen where key.kind == .student {
            guard let observation = people[key], let said = observation.contacts.value,
                observation.standing == .current, let account = held.account(of: key),
                account.pins.isEmpty
            else { continue }
            for relation in account.guardianships where relation.isConfirmed {
                let entry = said.first { $0.key == relation.contact }
                if entry == nil
                    || relation.parentalResponsibility == true
                        && entry?.parentalResponsibility != true
                {
                    note(8, "\(relation.contact.id) still answers for \(key.brief)")
                }
            }
        }
    }

    /// An address goes only to whose source states it, and only a leaver is left without.
    private mutating func checkAddresses(_ act: Act, _ before: Held, _ after: Held) {
        let held = after.accounts.values.compactMap(\.email)
        if Set(held).count != held.count { note(6, "two accounts have one address") }
        if act.isByHand { return }
        for (id, old) in before.accounts {
            guard let new = after.accounts[id], new.email != old.email else { continue }
            if new.email == nil {
                if new.status == .active { note(3, "\(old.email ?? "?") lost the address") }
                continue
            }
            let stated = new.home.flatMap { after.links[$0]?.last.claimedEmail }
            if stated != new.email {
                note(3, "\(old.email ?? "-") became \(new.email ?? "-"), which nobody stated")
            }
        }
    }

    // MARK: Law 6

    private mutating func checkKeys(_ before: Held, _ after: Held) {
        for (key, link) in before.links where after.links[key]?.account != link.account {
            note(6, "\(key.brief) points at another account")
        }
        for id in before.accounts.keys where after.accounts[id] == nil {
            note(6, "an account is gone")
        }
    }

    // MARK: Managers, judged over the whole graph at once

    private mutating func checkManagers(_ held: Held, _ policy: Policy) {
        guard sourceOwnsManagers else { return }
        func named(_ account: Account) -> AccountID? {
            guard let link = account.home.flatMap({ held.links[$0] }), link.state.isPresent else {
                return nil
            }
            return link.manager.flatMap { held.links[$0]?.account }
        }
        for account in held.accounts.values where !account.localEdits.contains(.lineManager) {
            guard let link = account.home.flatMap({ held.links[$0] }),
                link.last.managers.isSupplied,
                !account.isPinned(.lineManager, against: link.manager?.id)
            else { continue }
            var expected = link.manager.flatMap { held.links[$0]?.account }
            var seen: Set<AccountID> = []
            var above = expected
            while let id = above, seen.insert(id).inserted {
                if id == account.id { expected = nil }
                above = held.accounts[id].flatMap(named)
            }
            if let id = expected, held.accounts[id]?.status != .active { expected = nil }
            if account.lineManager != expected {
                note(
                    2,
                    "the manager of \(link.key.brief) is \(account.lineManager?.value ?? 0) and not \(expected?.value ?? 0), by \(link.manager?.brief ?? "-")"
                )
            }
        }
    }
}

extension Observed<String> {
    /// Whether the source said something else before.
    fileprivate func isNews(after last: Observed<String>?) -> Bool {
        guard let last else { return false }
        return last != self
    }
}

extension Account {
    fileprivate func holdsSame(as other: Account, in field: Field) -> Bool {
        switch field {
        case .teachingStaff: teachingStaff == other.teachingStaff
        case .lineManager: lineManager == other.lineManager
        case .classes: memberships == other.memberships
        case .contacts: guardianships == other.guardianships
        case .roles: privileges == other.privileges
        case .status: status == other.status
        default: self[text: field] == other[text: field]
        }
    }
}

extension Act {
    /// Whether a person did it, who may do what no answer of a source may.
    fileprivate var isByHand: Bool {
        switch self {
        case .edit, .undo: true
        default: false
        }
    }
}

extension LinkWrite {
    /// Whether it only renews the digest and the number of the answer.
    fileprivate func saysNoMore(than link: Link?) -> Bool {
        guard var link else { return false }
        link.fingerprint = after.fingerprint
        link.sequence = after.sequence
        link.last.sequence = after.last.sequence
        return link == after
    }
}
