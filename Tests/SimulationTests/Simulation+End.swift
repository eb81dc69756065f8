import Accounts
import Roster

@testable import Muster
@testable import MusterTesting

/// The last day: faults end, and everything must come right by itself.
extension Simulation {
    func end() {
        mis.isHealed = true
        mis.weather = .clear
        disk.weather = .still
        chronicle.happen("all faults end")
        if dice.oneIn(2) {
            population.recover(mistaken.filter { mis.people[$0] != nil })
            chronicle.happen("MIS: the mistake is put right")
        }
        pass(.seconds(900))
        checkRecovery()
        guard chronicle.breach == nil else { return }
        setPolicy {
            $0.loginBudget = nil
            $0.newcomers = .create
            $0.freshness = nil
        }
        syncAndLogIn()
        guard chronicle.breach == nil else { return }
        compare()
        leave()
    }

    private func checkRecovery() {
        for host in retired {
            guard let remains = host.remains else { continue }
            chronicle.broken(.leak, "p\(host.number) ended long ago and left \(remains)")
        }
        for host in hosts {
            let gate = host.workshop.traffic.gate(of: .example)
            if let gate, case .closed = gate.breaker, gate.pausedUntil == nil {
            } else if gate != nil {
                chronicle.broken(.recovery, "the gate of p\(host.number) is still shut")
            }
            if host.login.deferredCount > 0 {
                chronicle.broken(.applied, "\(host.login.deferredCount) refreshes go on")
            }
            for (key, sequence) in host.owed where !watch.lossy.contains(key) {
                guard let link = disk.memory.read({ $0.link(key) }), link.sequence < sequence,
                    mis.said[key]?[sequence]?.truth.standing == .current
                else { continue }
                chronicle.broken(
                    .applied,
                    "\(key.id) has answer #\(link.sequence) and not #\(sequence)"
                )
            }
        }
    }

    private func syncAndLogIn() {
        sync(on: hosts[0])
        pass(.seconds(900))
        for key in mis.keys {
            logIn(.sourceID(key.id), .sso, at: key.school, on: pick(hosts))
            if dice.oneIn(5) { pass(.seconds(1)) }
        }
        pass(.seconds(120))
    }

    private func leave() {
        for host in hosts {
            if !host.workshop.traffic.isAtRest {
                chronicle.broken(.leak, "the gates of p\(host.number) are not at rest")
            }
            // Unstructured on purpose: the end of a process, beside everything else.
            Task { await host.login.finishDeferred(within: .seconds(5)) }
            pass(.seconds(5))
            host.stop(givingUp: true)
            settle()
            if let remains = host.remains {
                chronicle.broken(.leak, "p\(host.number) left \(remains)")
            }
        }
        if clock.sleeping > 0 || !queue.isEmpty {
            chronicle.broken(.leak, "\(clock.sleeping) still sleep")
        }
    }
}

// A fresh store after one batch is what everything must come to.
extension Simulation {
    private func compare() {
        let state = disk.memory.read { runs in
            runs.runs.values.max { $0.startedAt < $1.startedAt }?.state
        }
        chronicle.cover("end \(state?.rawValue ?? "without a run")")
        guard state == .completed else {
            if state != .held { chronicle.broken(.sameEnd, "the last batch is \(state as Any)") }
            return
        }
        guard let fresh = freshStore() else { return }
        let here = disk.memory.read { faces($0) }
        let there = fresh.read { faces($0) }
        for key in mis.keys {
            guard let wanted = there[key] else {
                // The source says that she left: no account is made, and one that was is shut.
                if let face = here[key], face["status"] == "active", !isTouched(key) {
                    chronicle.broken(.sameEnd, "\(key.id) is active here, and unknown there")
                }
                continue
            }
            compare(key, here[key], wanted)
        }
    }

    private func isTouched(_ key: SourceKey) -> Bool {
        disk.memory.read { $0.linkRows[key].map { touched.contains($0.account) } ?? false }
    }

    private func compare(_ key: SourceKey, _ face: [String: String]?, _ wanted: [String: String]) {
        guard let face else {
            let reason = disk.memory.read { $0.unlinked[key]?.reason }
            let excuses: [UnlinkedReason] = [
                .possibleReturner, .emailOfLinkedAccount, .suspendedAccount, .reusedRecord,
                .surnameDisagrees, .linkTakenBack, .namesakeAfterRenumbering, .manyNewcomers,
            ]
            if let reason, excuses.contains(reason) {
                chronicle.cover("end disputed")
            } else {
                chronicle.broken(
                    .sameEnd,
                    "\(key.id) has no account, \(reason?.rawValue ?? "and no record")"
                )
            }
            return
        }
        if face["status"] == "suspended(by: Accounts.SuspensionCause.administrator)" { return }
        let (account, link) = disk.memory.read { state in
            let link = state.linkRows[key]
            return (link.flatMap { state.accounts[$0.account] }, link)
        }
        for (field, value) in wanted.sorted(by: { $0.key < $1.key }) where face[field] != value {
            if field == "phone", account?.localEdits.contains(.phone) == true { continue }
            if field == "status", isTouched(key) { continue }
            if field == "email", link?.awaitedEmail != nil, !isAwaitedForGood(link) { continue }
            if field == "manager", isAbsent(value) || isAbsent(face[field] ?? "") { continue }
            chronicle.broken(
                .sameEnd,
                "\(field) of \(key.id) is '\(face[field] ?? "")' here and '\(value)' there"
            )
        }
        chronicle.cover("end compared")
    }

    /// Whether an address is awaited although whoever holds it is there to give it up.
    private func isAwaitedForGood(_ link: Link?) -> Bool {
        disk.memory.read { state in
            guard let email = link?.awaitedEmail,
                let holder = state.holders[TenantAddress(tenant: .standard, email: email)],
                let account = state.accounts[holder], account.status == .active,
                let home = account.home, let truth = mis.people[home]
            else { return false }
            return truth.standing == .current && truth.email.value != email
                && state.linkRows[home]?.awaitedEmail == nil
        }
    }

    /// Whether a manager is not one here or there, for what happened to her here.
    private func isAbsent(_ id: String) -> Bool {
        guard !id.isEmpty else { return false }
        let isListed = mis.keys.contains {
            $0.id == id && mis.people[$0]?.standing == .current
        }
        let link = disk.memory.read { $0.linkRows.values.first { $0.key.id == id } }
        guard isListed, let link else { return true }
        return disk.memory.read { $0.accounts[link.account]?.status != .active }
    }

    private func freshStore() -> MemoryStore? {
        let other = Chronicle(clock, isTold: false)
        let clean = Disk(clock, other, seed: 1)
        let schools: [SchoolDescription] =
            population.schools.count > 1 ? [.example, .second] : [.example]
        let policy = policy
        wait {
            _ = try? await clean.memory.addConnection(.example(schools: schools)) { _ in [] }
            try? await clean.memory.setPolicy(policy, of: .standard)
        }
        let host = Host(1_000_000, mis, clean, WriteWatch(mis, other), settings, limits)
        guard let connection = clean.memory.read({ $0.connections[.example] }) else { return nil }
        // Unstructured on purpose: an administrator's act, which ends when it ends.
        Task(executorPreference: StepQueue.current) {
            _ = await BatchSync(host.workshop).run(connection)
        }
        pass(.seconds(60))
        let isDone = clean.memory.read { $0.runs.values.contains { $0.state == .completed } }
        if !isDone { chronicle.broken(.sameEnd, "the batch of a fresh store does not end") }
        host.stop(givingUp: true)
        return clean.memory
    }

    /// What accounts come to, by record.
    private func faces(_ state: MemoryState) -> [SourceKey: [String: String]] {
        var faces: [SourceKey: [String: String]] = [:]
        for (key, link) in state.linkRows {
            guard let account = state.accounts[link.account] else { continue }
            var face = ["status": "\(account.status)", "email": account.email ?? ""]
            for field in Field.texts { face[field.rawValue] = account[text: field] ?? "" }
            face["teaching"] = account.teachingStaff.map(String.init) ?? ""
            let manager = account.lineManager.flatMap { state.accounts[$0]?.home?.id }
            face["manager"] = manager ?? ""
            face["rights"] = account.privileges.map(\.name).sorted().joined(separator: " ")
            face["places"] = account.memberships.map { place in
                "\(state.classes[place.classID]?.teachingClass.key.id ?? "?") \(place.role)"
            }.sorted().joined(separator: ", ")
            faces[key] = face
        }
        return faces
    }
}
