import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

/// A batch holds two pages and one step, however long the list is.
@Suite(.timeLimit(.minutes(3))) struct `A list longer than memory` {
    /// A source that notes, at each page it is asked for, how many people lay in the store then.
    private final class PacedSource: RosterSource {
        let source: ScriptedSource
        let store: CountedStore
        let stagedAtPage = Mutex<[Int]>([])

        init(_ source: ScriptedSource, _ store: CountedStore) {
            self.source = source
            self.store = store
        }

        var sharesIDsAmongKinds: Bool { source.sharesIDsAmongKinds }
        func requestsPerLookUp(of kind: PersonKind) -> Int { source.requestsPerLookUp(of: kind) }
        var readsChanges: Bool { source.readsChanges }

        func describe(
            _ kinds: Set<PersonKind>,
            by deadline: ContinuousClock.Instant
        ) async throws(SourceError) -> SourceDescription {
            try await source.describe(kinds, by: deadline)
        }

        func lookUp(
            _ key: SourceKey,
            knowing capabilities: Capabilities,
            sequence: Int64,
            by deadline: ContinuousClock.Instant
        ) async -> LookUp {
            await source.lookUp(key, knowing: capabilities, sequence: sequence, by: deadline)
        }

        func page(
            of kind: PersonKind,
            in school: SchoolKey,
            at cursor: PageCursor?,
            changedSince: Timestamp?,
            knowing capabilities: Capabilities,
            sequence: Int64,
            by deadline: ContinuousClock.Instant
        ) async throws(SourceError) -> RosterPage {
            let staged = store.staging.withLock(\.staged)
            stagedAtPage.withLock { $0.append(staged) }
            return try await source.page(
                of: kind,
                in: school,
                at: cursor,
                changedSince: changedSince,
                knowing: capabilities,
                sequence: sequence,
                by: deadline
            )
        }

        func count(
            of kind: PersonKind,
            in school: SchoolKey,
            by deadline: ContinuousClock.Instant
        ) async throws(SourceError) -> Int? {
            try await source.count(of: kind, in: school, by: deadline)
        }

        func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String] {
            source.question(for: key, knowing: capabilities)
        }
    }

    private func sync(_ premises: Premises, from source: PacedSource) async throws -> SyncResult {
        let workshop = Workshop(
            store: premises.store,
            sources: OneSource(source: source),
            clock: premises.clock,
            identifiers: Identifiers(at: .example, salt: 8)
        )
        var settings = SyncSettings()
        settings.chunk = 10
        settings.attempts = 1
        return await BatchSync(workshop, settings: settings).run(
            try await premises.school().connection
        )
    }

    @Test func `no more than two pages and one step of it are in memory at once`() async throws {
        let premises = try await Premises(pageSize: 20)
        for number in 1...400 { premises.source.put(.staff("\(number)")) }
        let source = PacedSource(premises.source, premises.store)
        let result = try await sync(premises, from: source)
        #expect(result.created == 400)
        let staging = premises.store.staging.withLock(\.self)
        #expect(staging.staged == 400)
        #expect(staging.mostStaged == 10 && staging.mostTaken == 10 && staging.mostApplied == 10)
        let staged = source.stagedAtPage.withLock(\.self)
        #expect(staged.count == 20)
        // Page n is asked for only once page n - 2 lies in the store.
        for (page, staged) in staged.enumerated() { #expect(staged >= (page - 1) * 20) }
    }

    @Test func `a page is on its way while the one before is staged`() async throws {
        let premises = try await Premises(pageSize: 20)
        for number in 1...60 { premises.source.put(.staff("\(number)")) }
        // Staging page 1 waits until page 2 was asked for: only a page ahead lets it go on.
        let source = PacedSource(premises.source, premises.store)
        let asked = premises.source
        premises.store.beforeStaging.withLock { wait in
            wait = { try? await asked.requests(atLeast: 4) }
        }
        // Describe, count, page 1 and page 2.
        let result = try await sync(premises, from: source)
        #expect(result.created == 60)
    }

    @Test func `a page that fails ahead fails the run after what was read, and changes nothing`()
        async throws
    {
        let premises = try await Premises(pageSize: 20)
        for number in 1...60 { premises.source.put(.staff("\(number)")) }
        premises.source.script { $0.pageFaults[3] = [.error(.refused(reason: "No."))] }
        let source = PacedSource(premises.source, premises.store)
        let result = try await sync(premises, from: source)
        #expect(result.state == .failed && result.trouble == "No." && result.seen == 40)
        #expect(try await premises.store.accounts(in: .example, of: .standard).isEmpty)
    }

    @Test func `line managers come before those who report to them, and are written once`()
        async throws
    {
        let premises = try await Premises(pageSize: 20)
        // Everybody's manager is on the last page, and hers is the last of all.
        for number in 100...158 {
            var record = Observation.staff("\(number)")
            record.managers = .value([ManagerEntry(key: .staff("998"))])
            premises.source.put(record)
        }
        var head = Observation.staff("998")
        head.managers = .value([ManagerEntry(key: .staff("999"))])
        premises.source.put(head, .staff("999"))
        let source = PacedSource(premises.source, premises.store)
        #expect(try await sync(premises, from: source).created == 61)
        #expect(premises.store.counts.accounts == 61)
        let chief = try await premises.account("999")
        let manager = try await premises.account("998")
        #expect(manager?.lineManager == chief?.id && chief != nil)
        for number in 100...158 {
            #expect(try await premises.account("\(number)")?.lineManager == manager?.id)
        }
    }
}
