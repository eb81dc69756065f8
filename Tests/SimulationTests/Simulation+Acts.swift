import Accounts
import Reconciliation
import Roster

@testable import Muster
@testable import MusterTesting

/// What happens.
extension Simulation {
    func act() {
        switch roll(0...99) {
        case 0..<36: logInSomebody(on: pick(hosts))
        case 36..<48: rush()
        case 48..<57: chronicle.happen("MIS: \(population.change())")
        case 57..<61: upheaval()
        case 61..<68: sync(on: pick(hosts))
        case 68..<73: edit()
        case 73..<82: changeWeather()
        case 82: revokeDuringSync()
        case 83..<88:
            disk.weather = pick([.still, .brisk, .brisk, .slow, .busy])
            chronicle.happen("the store is \(disk.weather)")
        case 88..<91: changePolicy()
        case 91..<93: restart(roll(0...1))
        case 93..<97: logInNewcomer()
        default: guess()
        }
    }

    // MARK: Logins

    private func logInSomebody(on host: Host) {
        guard let key = population.anybody() else { return }
        logIn(key, on: host)
    }

    private func logIn(_ key: SourceKey, on host: Host) {
        let email = mis.people[key]?.email.value ?? "nobody@school.example"
        let name: LoginKey =
            switch roll(0...9) {
            case 0..<5: .email(email)
            case 5..<8: .sourceID(key.id)
            default: .username(email.uppercased())
            }
        logIn(name, pick([.sso, .sso, .sso, .password]), at: key.school, on: host)
    }

    /// Many at once, some of them the same person.
    private func rush() {
        let people = (0..<roll(1...8)).compactMap { _ in population.anybody() }
        guard !people.isEmpty else { return }
        for _ in 0..<roll(3...20) {
            logIn(pick(people), on: pick(hosts))
            if dice.oneIn(4) { pass(.milliseconds(roll(0...20))) }
        }
    }

    /// Somebody who joined since the last sync, at both processes at once.
    private func logInNewcomer() {
        let key = population.join(pick(population.schools))
        chronicle.happen("MIS: \(key.id) is new")
        for host in hosts + hosts.prefix(roll(0...1)) { logIn(key, on: host) }
    }

    private func guess() {
        let host = pick(hosts)
        for number in 0..<roll(1...8) {
            let name: LoginKey =
                pick([
                    .email("guess\(number % 3)@school.example"), .sourceID("x\(number)"),
                    .username("guess"), .email("\u{7}"),
                ])
            logIn(name, pick([.sso, .password]), at: .example, on: host)
        }
    }

    // MARK: Weather

    private func changeWeather() {
        let before = mis.weather
        mis.weather = dice.oneIn(3) ? .clear : pick(Weather.allCases)
        if before != .revoked {
            mis.revoked = pick([
                SourceField.everything, SourceField.contact, SourceField.employment,
            ])
        }
        chronicle.happen("the source is \(mis.weather)")
    }

    /// A permission is taken back while everybody is read.
    private func revokeDuringSync() {
        guard mis.weather == .clear, disk.weather.isSteady else { return changeWeather() }
        sync(on: pick(hosts))
        pass(.milliseconds(roll(1...400)))
        mis.weather = .revoked
        mis.revoked = pick([SourceField.contact, SourceField.employment])
        chronicle.happen("the source is \(mis.weather)")
        pass(.seconds(roll(1...30)))
    }

    private func upheaval() {
        if !mistaken.isEmpty, dice.oneIn(2) {
            population.recover(mistaken.filter { mis.people[$0] != nil })
            mistaken = []
            chronicle.happen("MIS: the mistake is put right")
            return
        }
        let (words, keys) = population.upheaval()
        mistaken += keys
        watch.lossy.formUnion(keys)
        chronicle.happen("MIS: \(words)")
    }

    // MARK: Syncs

    func sync(on host: Host) {
        guard let connection = school(.example)?.connection else { return }
        lastTask += 1
        let number = lastTask
        host.going += 1
        var settings = SyncSettings()
        settings.chunk = pick([5, 50])
        let batch = BatchSync(host.workshop, settings: settings)
        chronicle.happen("p\(host.number) sync \(number) begins")
        // Unstructured on purpose: an administrator's act, which ends when it ends. Its threads are
        // the simulation's, or the batch would bring its own.
        host.syncs[number] = Task(executorPreference: StepQueue.current) { [chronicle] in
            let result = await batch.run(connection)
            host.going -= 1
            host.syncs[number] = nil
            chronicle.cover("sync \(result.state.rawValue)")
            chronicle.happen(
                "p\(host.number) sync \(number) \(result.state) \(result.trouble ?? "")"
            )
        }
        settle()
    }

    // MARK: Administrators

    private func edit() {
        let held = disk.memory.read { state in
            state.accounts.values.filter { $0.email != nil }.sorted { $0.id < $1.id }
        }
        guard let account = held.randomElement(using: &dice), let email = account.email,
            let school = school(account.home?.school ?? .example)
        else { return }
        let number = roll(1...9)
        var edit: LocalEdit =
            pick([
                .set(.phone, to: "01632 9700\(number)"), .set(.surname, to: "Edited\(number)"),
                .set(.title, to: ""), .suspend, .suspend,
            ])
        if account.status == .suspended(by: .administrator), !dice.oneIn(3) { edit = .restore }
        if edit == .suspend || edit == .restore { touched.insert(account.id) }
        let host = pick(hosts)
        host.edits += 1
        chronicle.happen("p\(host.number) an administrator: \(edit) of \(account.brief)")
        let (wanted, administration) = (edit, Administration(host.workshop))
        // Unstructured on purpose: an administrator's act, which ends when it ends.
        Task {
            _ = try? await administration.edit([wanted], email: email, in: school)
            host.edits -= 1
        }
        settle()
    }

    private func changePolicy() {
        let change = roll(0...7)
        let budget = pick([0, 100, 500, 1500])
        setPolicy { policy in
            switch change {
            case 0: policy.loginBudget = .milliseconds(budget)
            case 1: policy.loginBudget = nil
            case 2: policy.newcomers = [.create, .park, .refuse][budget % 3]
            case 3: policy.heldLogins = budget > 200 ? .refuse : .keep
            case 4: policy.maximumStaleness = .seconds(3600)
            case 5: policy.staleLogins = budget > 200 ? .refuse : .mark
            case 6: policy.freshness = budget > 200 ? .seconds(5) : nil
            default: policy.ownership[.phone] = budget > 200 ? .untilEdited : .source
            }
        }
        chronicle.happen("policy change \(change), \(budget)")
    }

    // MARK: Processes

    /// A process is asked to end, and another takes its place.
    private func restart(_ index: Int) {
        let host = hosts[index]
        let limit = Duration.milliseconds(pick([50, 2000, 30_000]))
        chronicle.happen(
            "p\(host.number) ends within \(limit.brief), \(host.login.deferredCount) behind"
        )
        chronicle.cover(host.login.deferredCount > 0 ? "end with work behind" : "end at rest")
        var isDone = false
        nonisolated(unsafe) let done = { isDone = true }
        // Unstructured on purpose: the end of a process, beside everything else.
        Task {
            await host.login.finishDeferred(within: limit)
            done()
        }
        pass(limit)
        if !isDone {
            chronicle.broken(.leak, "p\(host.number) is not done within \(limit.brief)")
        }
        let isGivingUp = host.syncs.isEmpty || dice.oneIn(2)
        host.stop(givingUp: isGivingUp)
        settle()
        // An administrator's act at a slow store ends when it ends, which is looked at later.
        if isGivingUp, host.edits == 0, let remains = host.remains {
            chronicle.broken(.leak, "p\(host.number) has ended and left \(remains)")
        }
        retired.append(host)
        hosts[index] = newHost()
    }
}
