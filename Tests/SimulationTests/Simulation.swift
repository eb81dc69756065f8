import Accounts
import Muster
import Roster

@testable import MusterTesting

/// One school year in little, made from a seed: people, an MIS with faults, a store, two processes,
/// everybody who logs in, and the laws that hold whatever happens.
final class Simulation: @unchecked Sendable {
    // Proof: only the thread that runs it touches it, see `StepQueue`.
    let seed: UInt64
    var dice: SeededGenerator
    let queue: StepQueue
    let clock: SteppedClock
    let chronicle: Chronicle
    let mis: SimulatedMIS
    let disk: Disk
    let watch: WriteWatch
    var population: Population
    var hosts: [Host] = []
    /// Processes that have ended.
    var retired: [Host] = []
    var lastHost = 0
    var lastTask = 0
    var limits = TrafficLimits()
    var settings = LoginSettings()
    /// Accounts whose status an administrator changed.
    var touched: Set<AccountID> = []
    /// People who left by mistake.
    var mistaken: [SourceKey] = []
    /// Look-ups that should follow answers from fresh data, by process.
    var expectedBehind: [(host: Host, key: SourceKey, before: Int)] = []

    init(seed: UInt64, isTold: Bool = false) {
        self.seed = seed
        dice = SeededGenerator(seed: seed)
        queue = StepQueue(shuffle: dice.oneIn(2) ? SeededGenerator(seed: dice.next()) : nil)
        clock = SteppedClock()
        chronicle = Chronicle(clock, isTold: isTold)
        mis = SimulatedMIS(clock, chronicle, seed: dice.next())
        disk = Disk(clock, chronicle, seed: dice.next())
        watch = WriteWatch(mis, chronicle)
        let schools = dice.oneIn(4) ? [SchoolKey.example, .second] : [.example]
        population = Population(mis, schools: schools, seed: dice.next())
    }

    /// Runs from the first day to the last.
    func run() {
        queue.occupy {
            prepare()
            let length = Int.random(in: 25...45, using: &dice)
            for _ in 0..<length where chronicle.breach == nil {
                act()
                pass(time())
            }
            if chronicle.breach == nil { end() }
        }
    }

    private func prepare() {
        limits.inFlight = pick([8, 8, 3, 2])
        limits.waiting = pick([1000, 1000, 4])
        limits.failures = pick([5, 3])
        settings.budget = .milliseconds(pick([800, 800, 300, 2000]))
        settings.lookUpTimeout = .seconds(pick([30, 30, 8]))
        settings.desk.strangers = pick([60, 5])
        mis.pageSize = pick([4, 7, 20, 50])
        mis.readsChanges = !dice.oneIn(6)
        let schools: [SchoolDescription] =
            population.schools.count > 1
            ? [.example, .second] : [.example]
        wait { [disk] in
            _ = try? await disk.memory.addConnection(.example(schools: schools)) { _ in [] }
        }
        for _ in 0..<2 { hosts.append(newHost()) }
        setPolicy { policy in policy.privileges = ["head": ["lead"]] }
        if !dice.oneIn(6) {
            mis.isHealed = true
            sync(on: hosts[0])
            pass(.seconds(30))
            mis.isHealed = false
        }
        chronicle.happen("\(mis.keys.count) people")
    }

    func newHost() -> Host {
        lastHost += 1
        return Host(lastHost, mis, disk, watch, settings, limits)
    }

    // MARK: Dice

    func pick<Value>(_ choices: [Value]) -> Value {
        choices[Int.random(in: 0..<choices.count, using: &dice)]
    }

    func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &dice) }

    /// How much time passes between two acts.
    private func time() -> Duration {
        switch roll(0...99) {
        case 0..<18: .zero
        case 18..<45: .milliseconds(roll(1...250))
        case 45..<65: .milliseconds(roll(200...2500))
        case 65..<82: .seconds(roll(2...40))
        case 82..<95: .seconds(roll(40...900))
        default: .seconds(roll(1...14) * 3600)
        }
    }
}

// Time and tasks.
extension Simulation {
    /// Lets time pass, from one sleeper's end to the next.
    func pass(_ time: Duration) {
        let target = clock.elapsed + time
        while true {
            settle()
            guard chronicle.breach == nil, let next = clock.next, next <= target else { break }
            clock.advance(to: next)
        }
        clock.advance(to: target)
        settle()
    }

    /// Lets everything happen that can happen at this moment.
    func settle() {
        if !queue.drain() {
            chronicle.broken(.leak, "something goes round in circles")
        }
        for host in hosts { host.look() }
        expectedBehind.removeAll { expected in
            guard expected.host.door.lookUps[expected.key, default: 0] > expected.before else {
                return false
            }
            chronicle.cover("behind")
            return true
        }
    }

    /// Does something of the simulation's own that waits for nobody.
    func wait(_ body: @escaping @Sendable () async -> Void) {
        // Unstructured on purpose: it runs on this thread's queue, here and now.
        Task { await body() }
        settle()
    }

    func setPolicy(_ change: (inout Policy) -> Void) {
        var policy = policy
        change(&policy)
        let changed = policy
        wait { [disk] in try? await disk.memory.setPolicy(changed, of: .standard) }
    }

    var policy: Policy { disk.memory.read { $0.policies[.standard] ?? Policy() } }

    /// A school as the store knows it now.
    func school(_ key: SchoolKey) -> ConnectedSchool? {
        guard let connection = disk.memory.read({ $0.connections[.example] }),
            let school = connection.schools.first(where: { $0.id == key.school })
        else { return nil }
        return ConnectedSchool(connection: connection, school: school)
    }
}
