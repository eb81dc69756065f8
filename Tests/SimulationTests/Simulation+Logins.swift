import Accounts
import Roster

@testable import Muster
@testable import MusterTesting

/// One login that waits for its answer.
private struct Ongoing {
    var number: Int
    var host: Host
    var event: LoginEvent
    var start: Duration
    /// How long before the call it began.
    var age: Duration
    var policy: Policy
    /// Who is known by that name when she comes, and how she stands.
    var known: Account?
    var lookUps: [SourceKey: Int]
}

/// Logins, and the laws of their answers.
extension Simulation {
    func logIn(_ name: LoginKey, _ method: LoginMethod, at school: SchoolKey, on host: Host) {
        guard let connected = self.school(school) else { return }
        lastTask += 1
        let ongoing = Ongoing(
            number: lastTask,
            host: host,
            event: LoginEvent(school: connected, key: name, method: method),
            start: clock.elapsed,
            age: dice.oneIn(8) ? .milliseconds(roll(1...3000)) : .zero,
            policy: policy,
            known: person(name, at: school),
            lookUps: host.door.lookUps
        )
        chronicle.happen("p\(host.number) login \(ongoing.number) \(name) \(method)")
        host.going += 1
        let began = clock.manual.instant().advanced(by: .zero - ongoing.age)
        // Unstructured on purpose: somebody logs in beside everything else.
        Task { [self] in
            let result = await host.login.refresh(
                ongoing.event,
                since: ongoing.age == .zero ? nil : began
            )
            host.going -= 1
            answered(ongoing, result)
        }
        if dice.oneIn(3) { settle() }
    }

    private func person(_ name: LoginKey, at school: SchoolKey) -> Account? {
        let now = clock.manual.now()
        return disk.memory.read {
            $0.person(name, in: school, of: .standard, formerSince: now)?.account
        }
    }

    private func answered(_ login: Ongoing, _ result: LoginRefreshResult) {
        chronicle.cover("outcome \(result.outcome.rawValue)")
        chronicle.cover("decision \(result.decision.rawValue)")
        chronicle.happen(
            "p\(login.host.number) login \(login.number) \(result.decision) \(result.outcome) \(result.trouble ?? "")"
        )
        checkTime(login, result)
        if let known = login.known { checkDecision(login, result, known) }
        if result.outcome == .fresh, let key = login.known?.home {
            expectedBehind.append((login.host, key, login.lookUps[key, default: 0]))
        }
    }

    private func checkTime(_ login: Ongoing, _ result: LoginRefreshResult) {
        let usual = LoginSettings().budget
        func usable(_ budget: Duration) -> Duration { budget == .zero ? usual : budget }
        let own = usable(login.host.settings.budget)
        // The policy may have changed while she waited.
        let tenant = [login.policy.loginBudget, policy.loginBudget].map { usable($0 ?? own) }
        var limit = tenant.max() ?? own
        // A slow store keeps the tenant's own budget from being known.
        if !disk.wasSteady(since: login.start) { limit = max(limit, own) }
        limit = max(.zero, limit - min(login.age, own / 2))
        // The store needs milliseconds to say what the tenant's budget is.
        if limit < own { limit += .milliseconds(8) }
        let time = clock.elapsed - login.start
        if time > limit {
            chronicle.broken(
                .budget,
                "login \(login.number) took \(time.brief) s of \(limit.brief)"
            )
        }
    }

    /// Whether the MIS said that she left and nobody has taken its word yet: who is new is read first.
    private func isSaidToHaveLeft(_ summary: AccountSummary?) -> Bool {
        (summary?.links ?? []).contains { link in
            (mis.said[link.key] ?? [:]).contains { sequence, said in
                guard sequence > link.sequence, case .left = said.truth.standing else {
                    return false
                }
                return true
            }
        }
    }

    private func checkDecision(
        _ login: Ongoing,
        _ result: LoginRefreshResult,
        _ known: Account
    ) {
        let statusStood = watch.statusChangedAt[known.id].map { $0 < login.start } ?? true
        guard statusStood else { return }
        if known.status == .suspended(by: .administrator) {
            if result.decision != .deny {
                chronicle.broken(.suspended, "login \(login.number) of \(known.brief) let in")
            }
            return
        }
        guard known.status == .active, result.decision == .deny,
            person(login.event.key, at: login.event.school.key)?.id == known.id
        else { return }
        let policies = [login.policy, policy]
        let isExcused =
            ((result.outcome == .held || result.outcome == .joined)
                && result.trouble?.contains("takes something") == true
                && policies.contains { $0.heldLogins == .refuse })
            || (result.isStale && policies.contains { $0.staleLogins == .refuse })
            || (result.outcome == .disputed && result.account != nil)
            || (result.account == nil && !disk.wasSteady(since: login.start))
            || (result.outcome == .deferred && isSaidToHaveLeft(result.account))
        if !isExcused {
            chronicle.broken(
                .letIn,
                "login \(login.number) of \(known.brief) denied: \(result.outcome) \(result.trouble ?? "")"
            )
        }
    }
}
