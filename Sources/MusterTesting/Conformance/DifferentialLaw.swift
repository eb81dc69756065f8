import Accounts
import Roster

extension AccountStoreConformance {
    /// That random histories leave a store and the memory store alike, answer for answer.
    ///
    /// Each seed is a history of `steps` steps on a store that the histories before it have used;
    /// a failure prints the seed and the step.
    public static func differential(seeds: ClosedRange<UInt64>, steps: Int) -> ConformanceLaw {
        ConformanceLaw("random histories leave the store like the memory store") { bench in
            let twin = try await Bench(MemoryStore())
            var coverage = Coverage()
            for seed in seeds {
                var walk = RandomWalk(store: bench, twin: twin, seed: seed, coverage: coverage)
                for step in 1...steps {
                    do {
                        try await walk.step()
                    } catch var failure as ConformanceFailure {
                        failure.reason = "Seed \(seed), step \(step): \(failure.reason)"
                        throw failure
                    }
                }
                coverage = walk.coverage
            }
            try coverage.judge()
        }
    }
}

/// How often a walk got somewhere, so that a walk that gets nowhere is noticed.
struct Coverage: Sendable {
    var counts: [String: Int] = [:]

    mutating func count(_ name: String) { counts[name, default: 0] += 1 }

    func judge() throws {
        let total = counts.values.reduce(0, +)
        guard total > 1000 else { return }
        for name in [
            "applied", "refused", "joined", "claims", "holders", "managers", "people", "losses",
            "numbers", "relatives",
        ] {
            try require(
                counts[name, default: 0] * 500 > total,
                "The random histories reached '\(name)' only \(counts[name, default: 0]) times."
            )
        }
    }
}

/// A random history, done on two stores.
struct RandomWalk {
    let store: Bench
    let twin: Bench
    var generator: SeededGenerator
    var coverage: Coverage
    /// Tells the histories apart that share a store.
    private let run: Int64

    init(store: Bench, twin: Bench, seed: UInt64, coverage: Coverage) {
        self.store = store
        self.twin = twin
        self.coverage = coverage
        generator = SeededGenerator(seed: seed)
        run = Int64(truncatingIfNeeded: seed) * 1000
    }

    mutating func step() async throws {
        let sequence = try await twin.store.nextSequence()
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<8: try await applyChanges(sequence)
        case 8: try await check(sequence)
        case 9: try await beginOrEnd(sequence)
        case 10...12: try await stage(sequence)
        case 13, 14: try await findPeople()
        case 15: try await list()
        case 16: try await tally(sequence)
        default: try await look()
        }
    }

    private mutating func applyChanges(_ sequence: Int64) async throws {
        var writer = RandomChanges(generator: generator, sequence: sequence)
        let changes = try await writer.changes(on: twin)
        generator = writer.generator
        let expected = await outcome { () throws(StoreError) in
            try await twin.store.apply(changes)
        }
        let found = await outcome { () throws(StoreError) in try await store.store.apply(changes) }
        coverage.count(expected == nil ? "applied" : "refused")
        try requireEqual(found, expected, "the refusal of \(changes)")
        var request = ViewRequest(tenant: changes.tenant)
        request.keys = Set(twin.allKeys)
        request.accounts = Set(Bench.allAccounts)
        request.classes = Set(twin.allClasses)
        try await compare(request, "after \(changes)")
    }

    private mutating func look() async throws {
        let tenant = generator.oneIn(4) ? twin.stranger : .standard
        var request = ViewRequest(tenant: tenant, run: generator.oneIn(2) ? nil : someRun())
        request.keys = some(twin.allKeys, 3)
        request.accounts = some(Bench.allAccounts, 2)
        request.emails = some(Bench.allEmails, 3)
        request.neutralKeys = Set(some(Bench.allNumbers, 2).joined())
        request.classes = some(twin.allClasses, 2)
        request.managersAround = some(twin.allKeys, 2)
        request.managersAbove = some(twin.allKeys, 2)
        request.awaitedEmails = generator.oneIn(3)
        if generator.oneIn(4) { request.seen = some(Bench.allAccounts, 3) }
        let view = try await compare(request, "for \(request)")
        if !view.claims.isEmpty { coverage.count("claims") }
        if !view.keyClaims.isEmpty { coverage.count("numbers") }
        if !view.holders.isEmpty { coverage.count("holders") }
        if view.links.count > 6 { coverage.count("managers") }
    }

    @discardableResult
    private func compare(
        _ request: ViewRequest,
        _ what: @autoclosure () -> String
    ) async throws -> LocalView {
        let expected = try await twin.store.view(request)
        try requireEqual(try await store.store.view(request), expected, "the view \(what())")
        return expected
    }

    private mutating func check(_ sequence: Int64) async throws {
        let records = some(twin.allKeys, 3).map { CheckedRecord(key: $0, sequence: sequence) }
        let at = Timestamp(milliseconds: sequence)
        try await twin.store.markChecked(records, beside: nil, at: at)
        try await store.store.markChecked(records, beside: nil, at: at)
    }

    private mutating func findPeople() async throws {
        let isStranger = generator.oneIn(5)
        let school =
            isStranger
            ? twin.foreign : generator.pick([twin.school, twin.second]) ?? twin.school
        let key: LoginKey =
            generator.oneIn(2)
            ? .email(generator.pick(Bench.allEmails) ?? "")
            : .sourceID(generator.pick(twin.allKeys)?.id ?? "")
        let tenant = isStranger ? twin.stranger : .standard
        let since = Int64.random(in: 0...400, using: &generator)
        let expected = try await twin.person(key, in: school, tenant: tenant, formerSince: since)
        let found = try await store.person(key, in: school, tenant: tenant, formerSince: since)
        if expected != nil { coverage.count("people") }
        try requireEqual(found?.ordered, expected?.ordered, "the person \(key) in \(school)")
        let record = try await twin.store.unlinkedRecord(key, in: school)
        let other = try await store.store.unlinkedRecord(key, in: school)
        try requireEqual(other == nil, record == nil, "whether \(key) is unlinked in \(school)")
    }

    /// Positions are a store's own, so they are not compared.
    private mutating func tally(_ sequence: Int64) async throws {
        let key = generator.pick(twin.allKeys) ?? twin.staff("S1")
        let question = LossQuestion(
            tenant: key.school == twin.foreign ? twin.stranger : .standard,
            school: key.school,
            kind: key.kind,
            besides: generator.pick(Bench.allAccounts) ?? AccountID(1),
            dayAgo: Timestamp(milliseconds: Int64.random(in: 0...sequence, using: &generator))
        )
        var expected = try await twin.store.tally(question)
        let found = try await store.store.tally(question)
        if !expected.atSchool.isEmpty { coverage.count("losses") }
        expected.position = found.position
        try requireEqual(found, expected, "the tally of \(question)")
    }

    private mutating func list() async throws {
        for school in [twin.school, twin.second, twin.foreign] {
            let tenant = school == twin.foreign ? twin.stranger : .standard
            let expected = try await twin.store.accounts(in: school, of: tenant).map(\.ordered)
            let found = try await store.store.accounts(in: school, of: tenant).map(\.ordered)
            try requireEqual(found, expected, "the accounts in \(school)")
            if expected.contains(where: { !$0.students.isEmpty }) { coverage.count("relatives") }
            let records = try await twin.store.unlinkedRecords(in: school)
            let others = try await store.store.unlinkedRecords(in: school)
            try requireEqual(others, records, "the unlinked records in \(school)")
            let after = generator.oneIn(2) ? nil : generator.pick(twin.allKeys)
            let (kind, limit) = (PersonKind.staff, Int.random(in: 1...4, using: &generator))
            let links = try await twin.store.presentLinks(
                of: kind,
                in: school,
                after: after,
                limit: limit
            )
            let otherLinks = try await store.store.presentLinks(
                of: kind,
                in: school,
                after: after,
                limit: limit
            )
            try requireEqual(otherLinks.map(\.key), links.map(\.key), "present links in \(school)")
        }
        for account in Bench.allAccounts {
            let expected = try await twin.store.history(of: account)
            let found = try await store.store.history(of: account)
            try requireEqual(found, expected, "the history of \(account)")
        }
        try await readOn()
        let marks = try await twin.store.marks(of: twin.allKeys)
        try requireEqual(try await store.store.marks(of: twin.allKeys), marks, "the marks")
    }
}

extension RandomWalk {
    /// Positions are a store's own, so only what stands at them is compared.
    private mutating func readOn() async throws {
        for school in [nil, twin.school, twin.second, twin.foreign] {
            let (first, limit) = (Int.random(in: 1...5, using: &generator), 1000)
            var read: [[DatedHistoryEntry]] = []
            for bench in [store, twin] {
                let page = try await bench.changes(in: school, limit: first)
                let rest = try await bench.changes(
                    after: page.last?.position ?? 0,
                    in: school,
                    limit: limit
                )
                read.append((page + rest).map(\.change))
            }
            try requireEqual(read[0], read[1], "the changes in \(school as Any)")
        }
    }

    private mutating func someRun() -> RunID {
        RunID(run + Int64.random(in: 1...4, using: &generator))
    }

    private mutating func some<Element: Hashable>(_ all: [Element], _ count: Int) -> Set<Element> {
        Set(
            (0..<Int.random(in: 0...count, using: &generator)).compactMap { _ in generator.pick(all)
            }
        )
    }

    private mutating func beginOrEnd(_ sequence: Int64) async throws {
        let id = someRun()
        let at = Timestamp(milliseconds: sequence)
        guard var run = try await twin.store.run(id) else {
            let connection = (generator.oneIn(3) ? twin.second : twin.school).connection
            let new = Run(id: id, connection: connection, startedAt: at)
            let alive = Timestamp(
                milliseconds: sequence - Int64.random(in: 0...100, using: &generator)
            )
            let expected = try await twin.store.begin(new, aliveSince: alive)
            let found = try await store.store.begin(new, aliveSince: alive)
            if expected != .begun { coverage.count("joined") }
            return try requireEqual(found, expected, "the start of \(new)")
        }
        guard run.state == .running else { return }
        run.aliveAt = at
        run.state = generator.pick([.running, .running, .completed, .failed]) ?? .running
        run.isComplete = generator.oneIn(2)
        run.isCounted = generator.oneIn(2)
        run.counts.seen += 1
        try await twin.store.update(run)
        try await store.store.update(run)
        try requireEqual(try await store.store.run(id), run, "the run")
    }

    private mutating func stage(_ sequence: Int64) async throws {
        let id = someRun()
        guard let run = try await twin.store.run(id), run.state == .running else { return }
        // Records of two kinds that share an id may come in any order.
        let keys = some(twin.allKeys, 4)
            .filter { $0.school.connection == run.connection && $0.kind == .staff }
            .sorted { $0.order < $1.order }
        let staged = keys.map { key in
            let email = generator.oneIn(5) ? nil : generator.pick(Bench.allEmails)
            return StagedObservation(
                observation: Observation(key: key, sequence: sequence).with {
                    if let email { $0.email = .value(email) }
                    $0.neutralKeys = generator.pick(Bench.allNumbers) ?? []
                },
                email: email,
                isLinked: generator.oneIn(2),
                turn: generator.pick(StagedTurn.allCases) ?? .others
            )
        }
        let hastened = Array(some(twin.allKeys, 2))
        let taken = Array(some(twin.allKeys, 2))
        for store in [twin.store, store.store] {
            try await store.stage(staged, in: id)
            try await store.hasten(hastened, in: id)
            var changes = ChangeSet(
                tenant: .standard,
                run: id,
                cause: .batch,
                at: Timestamp(milliseconds: 0)
            )
            changes.unstaged = taken
            try await store.apply(changes)
        }
        for limit in [3, 100] {
            let expected = try await twin.store.staged(in: id, limit: limit)
            let found = try await store.store.staged(in: id, limit: limit)
            try requireEqual(found, expected, "what is staged in \(id)")
        }
    }

    private func outcome(_ body: () async throws(StoreError) -> Void) async -> StoreError? {
        do throws(StoreError) {
            try await body()
            return nil
        } catch { return error }
    }
}

extension KnownPerson {
    fileprivate var ordered: KnownPerson {
        var copy = self
        copy.summary = summary.ordered
        return copy
    }
}

extension AccountSummary {
    fileprivate var ordered: AccountSummary {
        var copy = self
        copy.links.sort { $0.key.order < $1.key.order }
        return copy
    }
}
