import Accounts
import MusterTesting
import Roster
import Testing

@Suite(.timeLimit(.minutes(3))) struct ScriptingTests {
    private let source = ScriptedSource(pageSize: 2)
    private let soon = ContinuousClock.now.advanced(by: .seconds(60))

    private func lookUp(_ id: String, in source: ScriptedSource) async -> LookUpAnswer {
        await source.lookUp(.staff(id), knowing: .everything, sequence: 7, by: soon).answer
    }

    @Test func `a sleeper wakes when the clock was moved far enough`() async throws {
        let clock = ManualClock()
        async let woken: Void = clock.sleep(for: .seconds(10))
        try await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(9))
        #expect(clock.sleepers == 1)
        clock.advance(by: .seconds(1))
        #expect(clock.sleepers == 0)
        try await woken
        #expect(clock.now().since(.example) == .seconds(10))
    }

    @Test func `setting the wall clock wakes nobody`() async throws {
        let clock = ManualClock()
        async let woken: Void = clock.sleep(for: .seconds(10))
        try await clock.sleepers(atLeast: 1)
        clock.setWall(Timestamp(milliseconds: 0))
        #expect(clock.sleepers == 1)
        clock.advance(by: .seconds(10))
        try await woken
        #expect(clock.now() == Timestamp(milliseconds: 10_000))
    }

    @Test func `a cancelled sleeper ends at once`() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(for: .seconds(10)) }
            try await clock.sleepers(atLeast: 1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(clock.sleepers == 0)
    }

    @Test func `a look-up finds whoever is listed, with the number it was asked by`() async {
        source.put(.staff("A1", surname: "Okafor"))
        #expect(
            await lookUp("A1", in: source) == .found(.staff("A1", surname: "Okafor", sequence: 7))
        )
        guard case .notReturned = await lookUp("A2", in: source) else {
            Issue.record("somebody who is not listed was returned")
            return
        }
        #expect(source.requests == 2)
    }

    @Test func `a held answer carries what was true when the question came`() async throws {
        let gate = Gate()
        source.put(.staff("A1", surname: "Before"))
        source.script { $0.everyAnswer = .held(gate) }
        async let answer = lookUp("A1", in: source)
        try await gate.arrival()
        source.change(.staff("A1")) { $0.surname = .value("After") }
        gate.open()
        #expect(await answer == .found(.staff("A1", surname: "Before", sequence: 7)))
    }

    @Test func `a held answer ends at its deadline by the manual clock`() async throws {
        let clock = ManualClock()
        let source = ScriptedSource(clock: clock)
        source.script { $0.everyAnswer = .held(Gate()) }
        let deadline = clock.instant().advanced(by: .seconds(1))
        async let answer = source.lookUp(
            .staff("A1"),
            knowing: .everything,
            sequence: 1,
            by: deadline
        )
        try await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        guard case .failed(.unavailable) = await answer.answer else {
            Issue.record("the look-up outlived its deadline")
            return
        }
    }

    @Test func `a cancelled look-up says so`() async throws {
        let source = source
        source.script { $0.everyAnswer = .held(Gate()) }
        let soon = soon
        await withTaskGroup(of: LookUp.self) { group in
            group.addTask {
                await source.lookUp(.staff("A1"), knowing: .everything, sequence: 1, by: soon)
            }
            try? await source.requests(atLeast: 1)
            group.cancelAll()
            #expect(await group.next()?.answer == .failed(.cancelled))
        }
    }

    private func read(
        _ source: ScriptedSource,
        changedSince: Timestamp? = nil
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor: PageCursor?
        repeat {
            let page = try await source.page(
                of: .staff,
                in: .example,
                at: cursor,
                changedSince: changedSince,
                knowing: .everything,
                sequence: 1,
                by: soon
            )
            pages.append(page.observations.map(\.key.id))
            cursor = page.next
        } while cursor != nil
        return pages
    }

    @Test func `pages list everybody once, whatever the order`() async throws {
        for number in 1...5 { source.put(.staff("A\(number)")) }
        #expect(try await read(source) == [["A1", "A2"], ["A3", "A4"], ["A5"]])
        source.script { $0.orderSeed = 3 }
        let shuffled = try await read(source)
        #expect(shuffled.map(\.count) == [2, 2, 1])
        #expect(Set(shuffled.joined()).count == 5)
        #expect(try await read(source) == shuffled)
        #expect(source.requests == 9)
    }

    @Test func `a list of changes has whoever changed at that moment or later`() async throws {
        let clock = ManualClock()
        let source = ScriptedSource(pageSize: 2, clock: clock)
        for number in 1...4 { source.put(.staff("A\(number)")) }
        clock.advance(by: .seconds(60))
        let since = clock.now()
        #expect(try await read(source, changedSince: since) == [[]])
        source.change(.staff("A2")) { $0.surname = .value("New") }
        source.put(.staff("A5"), .staff("A6"))
        #expect(try await read(source, changedSince: since) == [["A2", "A5"], ["A6"]])
        source.remove(.staff("A5"))
        #expect(try await read(source, changedSince: since) == [["A2", "A6"]])
        #expect(try await read(source).joined().count == 5)
        let later = since.advanced(by: .milliseconds(1))
        #expect(try await read(source, changedSince: later) == [[]])
    }

    @Test func `whoever changed at an unknown moment is in every list of changes`() async throws {
        source.put(.staff("A1"))
        #expect(try await read(source, changedSince: Timestamp.example) == [["A1"]])
    }

    @Test func `a source that does not read changes lists everybody instead`() async throws {
        let clock = ManualClock()
        let source = ScriptedSource(clock: clock)
        source.put(.staff("A1"))
        clock.advance(by: .seconds(60))
        #expect(source.readsChanges)
        source.script { $0.readsChanges = false }
        #expect(!source.readsChanges)
        #expect(try await read(source, changedSince: clock.now()) == [["A1"]])
        let question = ScriptedSource.Question.page(
            .staff,
            .example,
            nil,
            changedSince: clock.now(),
            sequence: 1
        )
        #expect(source.asked == [question])
    }

    @Test func `answers ask for quiet as scripted`() async throws {
        source.put(.staff("A1"))
        source.script { $0.pause = .seconds(20) }
        let look = await source.lookUp(
            .staff("A1"),
            knowing: .everything,
            sequence: 1,
            by: soon
        )
        let page = try await source.page(
            of: .staff,
            in: .example,
            at: nil,
            changedSince: nil,
            knowing: .everything,
            sequence: 1,
            by: soon
        )
        let pauses = [look.pause, page.pause, try await source.describe([.staff], by: soon).pause]
        #expect(pauses == [.seconds(20), .seconds(20), .seconds(20)])
    }

    @Test func `a page goes wrong as scripted`() async throws {
        for number in 1...5 { source.put(.staff("A\(number)")) }
        let unreadable = UnreadableRecord(id: "A1", reason: "It has no surname.")
        source.script { $0.pageFaults = [1: [.unreadable([unreadable])], 2: [.lastPage]] }
        #expect(try await read(source) == [["A2"], ["A3", "A4"]])
        source.script { $0.pageFaults = [2: [.error(.malformed(reason: "cut"))]] }
        await #expect(throws: SourceError.malformed(reason: "cut")) { try await read(source) }
    }

    @Test func `a seed gives the same numbers again`() {
        var first = SeededGenerator(seed: 1)
        var second = SeededGenerator(seed: 1)
        var other = SeededGenerator(seed: 2)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        // The first number of the published algorithm for the seed 0.
        var zero = SeededGenerator(seed: 0)
        #expect(zero.next() == 0xe220_a839_7b1d_cdaf)
    }
}
