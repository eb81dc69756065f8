import Accounts
import Muster
import MusterTesting
import Roster

/// One school, taken two ways to the same end: by one batch, and login by login in some order.
///
/// Both begin with the same generated past. Then the source changes, so that every address is one
/// present person's and everybody ever listed is listed; the two ways must end in the same content.
struct OrderHistory {
    let seed: UInt64
    private(set) var coverage = Coverage()
    private(set) var violations: [Violation] = []
    private var world: World
    private var acts: [Act] = []

    init(seed: UInt64) {
        self.seed = seed
        world = World(seed: seed &+ 1_000_000)
    }

    mutating func run() async {
        do {
            let batch = try await Stage(hasFamilies: world.hasFamilies)
            let logins = try await Stage(hasFamilies: world.hasFamilies)
            try await playPast(on: batch, logins)
            let held = try await batch.held()
            // Whichever of two records comes back first is the home of somebody who had left both.
            guard violations.isEmpty, !held.hasLeftTwoSchools else { return }
            // What a plan holds waits at logins, until the batch ends the plan.
            let runs = try await batch.premises.store.runs(
                of: batch.premises.connection.id,
                limit: 100
            )
            guard runs.allSatisfy({ $0.plan == nil }) else { return }
            let waiting = held.links.values.filter { $0.awaitedEmail != nil }
            let last =
                try await morning(batch)
                + world.settle(after: acts, waiting: Set(waiting.map(\.key)))
            acts += last
            for act in last {
                _ = try await batch.play(act)
                _ = try await logins.play(act)
            }
            try await compare(batch, logins)
        } catch {
            note("an error nobody caught: \(error)")
        }
    }

    private mutating func playPast(on stages: Stage...) async throws {
        var past = world.beginning
        let length = Int.random(in: 0...8, using: &world.generator)
        if !world.generator.oneIn(6) || world.hasFamilies {
            past.append(.sync(Act.Reading(pageSize: 4, order: seed)))
        }
        for _ in 0..<length { past += world.next() }
        acts += past
        for act in past { for stage in stages { _ = try await stage.play(act) } }
        let contents = stages.map { $0.premises.store.memory.snapshot() }
        if let first = contents.first, let other = contents.last?.difference(from: first) {
            note("the same past has two ends:\n\(other)")
        }
    }

    /// Time passes until eight, so that no login falls on another day than the batch; and nobody
    /// is suspended by an administrator any more, of whom no login would ask; nor is anything pinned.
    private func morning(_ stage: Stage) async throws -> [Act] {
        let hours = stage.premises.clock.now().since(.example).components.seconds / 3600
        let held = try await stage.held()
        let keys = held.links.keys.filter {
            held.account(of: $0)?.status == .suspended(by: .administrator)
        }
        let pinned = held.links.keys.filter { held.account(of: $0)?.pins.isEmpty == false }
        return [.pass(hours: 24 - Int(hours % 24))]
            + keys.sorted { $0.brief < $1.brief }.map { .edit($0, .restore) }
            + pinned.sorted { $0.brief < $1.brief }.map { .edit($0, .unpin(nil)) }
    }

    private mutating func compare(_ batch: Stage, _ logins: Stage) async throws {
        let reading = Act.Reading(
            pageSize: Int.random(in: 1...6, using: &world.generator),
            order: UInt64.random(in: 0..<1000, using: &world.generator),
            chunk: Int.random(in: 1...6, using: &world.generator)
        )
        var result: SyncResult?
        // What the second school gives up, the first gets in the next batch.
        for _ in 0...(world.isTrust ? 1 : 0) {
            acts.append(.sync(reading))
            result = try await batch.play(.sync(reading)).sync
        }
        guard result?.state == .completed else {
            if result?.state == .failed { note("the batch failed: \(result?.trouble ?? "")") }
            return
        }
        for _ in 1...3 {
            _ = try await logins.play(.pass(hours: 1))
            for key in world.everybody.shuffled(using: &world.generator) {
                let act = Act.login(key, byEmail: false, .sso, .record)
                acts.append(act)
                _ = try await logins.play(act)
            }
        }
        coverage.comparisons += 1
        let there = batch.premises.store.memory.snapshot()
        if let difference = logins.premises.store.memory.snapshot().difference(from: there) {
            note("logins and batch differ, logins first:\n\(difference)")
        }
        try await count(batch)
        try await count(logins)
    }

    private mutating func count(_ stage: Stage) async throws {
        let (_, plans) = try await stage.draft(world.everybody)
        coverage.count(plans)
        for account in try await stage.held().accounts.keys {
            for row in try await stage.premises.store.history(of: account) {
                coverage.reasons[row.entry.reason, default: 0] += 1
            }
        }
    }

    private mutating func note(_ text: String) {
        let story = acts.suffix(60).map { "    \($0)" }.joined(separator: "\n")
        violations.append(Violation(law: 2, seed: seed, text: "\(text)\n\(story)"))
    }
}

extension Held {
    /// Whether somebody has records at two schools, and all of them ended.
    fileprivate var hasLeftTwoSchools: Bool {
        Dictionary(grouping: links.values, by: \.account).values.contains { own in
            own.count > 1 && !own.contains { $0.state.isPresent }
        }
    }
}
