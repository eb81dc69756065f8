import Accounts
import MusterTesting
import Reconciliation
import Roster

@testable import Muster

/// What a store held at one moment.
struct Held {
    var accounts: [AccountID: Account] = [:]
    var links: [SourceKey: Link] = [:]
    var unlinked: [UnlinkedRecord] = []

    init(_ store: MemoryStore) async throws {
        for school in [SchoolKey.example, .second] {
            for summary in try await store.accounts(in: school, of: .standard) {
                accounts[summary.account.id] = summary.account
                for link in summary.links { links[link.key] = link }
            }
            unlinked += try await store.unlinkedRecords(in: school)
        }
    }

    /// What differs from `other`, in a few words; nil where nothing does.
    func difference(from other: Held) -> String? {
        for (id, account) in accounts where other.accounts[id] != account {
            return "account \(account.email ?? "-")"
        }
        for (key, link) in links where other.links[key] != link { return "link \(key.brief)" }
        if accounts.count != other.accounts.count || links.count != other.links.count {
            return "accounts or links are gone"
        }
        return unlinked == other.unlinked ? nil : "records without an account"
    }

    func account(of key: SourceKey) -> Account? {
        links[key].flatMap { accounts[$0.account] }
    }
}

/// What became of an act.
struct Played {
    var login: LoginRefreshResult?
    var sync: SyncResult?
    /// The records that the source showed and that were taken.
    var seen: [SourceKey] = []
    /// Whether nothing at all may have come of it.
    var isIdle = false
    /// Whether it is not known who was seen.
    var isUncertain = false
    /// Whether whoever was seen without an account may have got one.
    var mayCreate = true
}

/// Premises on which acts are played, through the doors that hosts use.
final class Stage {
    let premises: Premises
    private let kinds: Set<PersonKind>
    private(set) var policy = Policy()

    init(hasFamilies: Bool = false) async throws {
        kinds = hasFamilies ? [.staff, .student, .contact] : [.staff]
        premises = try await Premises(schools: [.example, .second], people: kinds)
    }

    /// Everybody who is listed now.
    var listed: [Observation] {
        premises.source.script.people.values.sorted { $0.key.brief < $1.key.brief }
    }

    func held() async throws -> Held { try await Held(premises.store.memory) }

    func play(_ act: Act) async throws -> Played {
        var played = Played()
        switch act {
        case .list(let observation): premises.source.put(observation)
        case .unlist(let key): premises.source.remove(key)
        case .login(let key, let byEmail, let method, let answer):
            played = try await login(key, byEmail, method, answer)
        case .sync(let reading): played = try await sync(reading)
        case .edit(let key, let edit): try await carryOut(edit, on: key)
        case .undo(let key, let isWhole): try await undo(key, isWhole: isWhole)
        case .setPolicy(let policy):
            self.policy = policy
            try await premises.store.setPolicy(policy, of: .standard)
        case .takeOver(let account):
            _ = try await AccountImport(premises.workshop).run([account], into: .standard)
        case .pass(let hours): premises.clock.advance(by: .seconds(3600 * hours))
        }
        return played
    }

    // MARK: Logins

    private func login(
        _ key: SourceKey,
        _ byEmail: Bool,
        _ method: LoginMethod,
        _ answer: ScriptedAnswer
    ) async throws -> Played {
        var isAnswered = false
        if case .record = answer { isAnswered = true }
        premises.source.script {
            $0.everyAnswer = answer
            // A source that does not answer a look-up does not list anybody either.
            $0.readsChanges = isAnswered
        }
        let people = premises.source.script.people
        let email = byEmail ? people[key]?.email.value : nil
        let loginKey = email.map(LoginKey.email) ?? .sourceID(key.id)
        let before = premises.source.asked.count
        let result = try await premises.login(
            loginKey,
            method,
            school: key.school == .example ? 0 : 1
        )
        premises.source.script {
            $0.everyAnswer = .record
            $0.readsChanges = true
        }
        var played = Played(login: result)
        played.mayCreate = method == .sso
        let asked = premises.source.asked.dropFirst(before)
        if case .record = answer, case .lookUp(let record, _)? = asked.first,
            let seen = people[record]
        {
            played.seen = [record]
            // The address may lead to the record of somebody who gave it up: that is not who came.
            if byEmail, seen.claimedEmail != people[key]?.claimedEmail { played.mayCreate = false }
        } else {
            // Nobody known by that name: whoever changed at the school was read to find her.
            played.isUncertain = asked.contains { if case .page = $0 { true } else { false } }
            played.isIdle = !played.isUncertain
        }
        // As after a sync: what a guard holds back is planned again each time.
        if result.outcome == .held { played.isUncertain = true }
        return played
    }

    // MARK: Batches

    private func sync(_ reading: Act.Reading) async throws -> Played {
        premises.source.script { script in
            script.pageSize = reading.pageSize
            script.orderSeed = reading.order
            script.arrange(reading.fault)
        }
        let firstPages = [SchoolKey.example, .second].flatMap { school in
            kinds.flatMap {
                premises.source.script.listed($0, in: school).prefix(reading.pageSize).map(\.key)
            }
        }
        let result = try await premises.syncAll(chunk: reading.chunk)
        premises.source.script { script in
            script.pageFaults = [:]
            script.describeError = nil
        }
        var played = Played(sync: result)
        if case .halfList = reading.fault {
            played.seen = firstPages
        } else {
            played.seen = listed.map(\.key)
        }
        if case .unreadable(let id) = reading.fault { played.seen.removeAll { $0.id == id } }
        if result.state == .failed {
            played.seen = []
            if case .page(let number, _) = reading.fault, number > 1 {
                played.isUncertain = true
            } else {
                played.isIdle = true
            }
        }
        if result.state == .held { played.isUncertain = true }
        if case .empty = reading.fault { played.isUncertain = true }
        return played
    }

    // MARK: Administration

    private func carryOut(_ edit: Act.HandEdit, on key: SourceKey) async throws {
        guard let account = try await held().account(of: key), let email = account.email else {
            return
        }
        let local: LocalEdit
        switch edit {
        case .set(let field, let text): local = .set(field, to: text)
        case .suspend: local = .suspend
        case .restore: local = .restore
        case .pin(let field, let days):
            local = .pin(Pin(field, until: days.map(day)))
        case .unpin(let field): local = .unpin(field)
        case .manager(let other):
            guard let manager = try await held().account(of: other) else { return }
            local = .setManager(manager.id)
        case .grant:
            var granted = account
            granted.privileges.insert(Privilege(name: "admin", givenBy: nil))
            granted.memberships.insert(
                Membership(classID: ClassID(5), role: .teacher, givenBy: nil)
            )
            return try await premises.write(granted)
        }
        let school = try await premises.school()
        do throws(AdministrationError) {
            _ = try await Administration(premises.workshop).edit(
                [local],
                email: email,
                in: school
            )
        } catch {
            guard case .edit = error else { throw error }
        }
    }

    private func undo(_ key: SourceKey, isWhole: Bool) async throws {
        guard let account = try await held().account(of: key) else { return }
        let undo = Undo(premises.workshop, chunk: 2)
        do throws(UndoError) {
            _ = try await undo.run(try await latestRun(of: account), of: isWhole ? nil : account.id)
        } catch {
            guard case .neverChanged = error else { throw error }
        }
    }

    /// Also where that made the account.
    private func latestRun(of account: Account) async throws(UndoError) -> RunID {
        do throws(UndoError) {
            return try await Undo(premises.workshop).latestRun(of: account)
        } catch {
            guard case .madeAccount(let run, _) = error else { throw error }
            return run
        }
    }

    // MARK: Planning

    /// What the records would be planned to now, without doing it.
    func draft(
        _ keys: [SourceKey],
        mayCreate: Bool = true
    ) async throws -> (ChangeSet, [PersonPlan]) {
        let sequence = try await premises.store.nextSequence()
        let people = premises.source.script.people
        let observations = keys.compactMap { people[$0]?.with { $0.sequence = sequence } }
        let step = try await premises.workshop.draft(
            observations,
            tenant: .standard,
            run: RunID(1),
            cause: .batch,
            planner: premises.workshop.planner(
                policy: policy,
                school: .example,
                mayCreate: mayCreate
            )
        )
        return (step.changes, step.plans)
    }

    func day(after days: Int) -> Day {
        let then = premises.clock.now().advanced(by: .seconds(86_400 * days))
        return SchoolCalendar.day(at: then, in: "Europe/London")
    }

    var today: Day { SchoolCalendar.day(at: premises.clock.now(), in: "Europe/London") }
}

extension Script {
    fileprivate mutating func arrange(_ fault: Act.Fault?) {
        switch fault {
        case .page(let number, let error): pageFaults = [number: [.error(error)]]
        case .halfList: pageFaults = [1: [.lastPage]]
        case .unreadable(let id):
            pageFaults = [1: [.unreadable([UnreadableRecord(id: id, reason: "It is cut.")])]]
        case .empty:
            for number in 1...20 { pageFaults[number] = [.empty] }
        case .silent: describeError = .unavailable(reason: "The MIS did not answer.")
        case nil: break
        }
    }
}
