import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// When connections are synced by themselves.
@Suite(.timeLimit(.minutes(3))) struct TimetableTests {
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400

    /// Two days after `.example`, as the tests count seconds from there.
    private func moment(_ seconds: Int64) -> Timestamp {
        Timestamp.example.advanced(by: .seconds(2 * Self.day + seconds))
    }

    private func table(
        _ interval: Int64? = TimetableTests.day,
        connection: Int64 = 1,
        changes: Bool = false,
        holidays: [Term] = [],
        first: FirstSyncRule = .run,
        upSince: Int64 = -10 * TimetableTests.day
    ) -> Timetable {
        Timetable(
            connection: ConnectionID(connection),
            schedule: SyncSchedule(
                interval: interval.map { .seconds($0) },
                readsChanges: changes,
                holidays: holidays
            ),
            firstSync: first,
            upSince: moment(upSince)
        )
    }

    private func run(
        _ at: Int64,
        _ state: RunState = .completed,
        _ kind: RunKind = .full,
        took: Int64 = 60
    ) -> Run {
        var run = Run(id: RunID(at), connection: .example, startedAt: moment(at))
        run.state = state
        run.kind = kind
        run.aliveAt = moment(at + took)
        run.endedAt = state == .running ? nil : moment(at + took)
        run.isComplete = state == .completed && kind == .full
        run.counts.seen = 1
        return run
    }

    private func decide(
        _ table: Timetable,
        _ at: Int64,
        _ runs: [Run],
        on day: Day = .example
    ) -> Timetable.Decision {
        table.decision(at: moment(at), on: day, after: runs)
    }

    /// The seconds after `from` at which something is first due, looking every minute; nil for not
    /// within three days.
    private func due(_ table: Timetable, from: Int64 = 0, after runs: [Run]) -> Int64? {
        stride(from: from, to: from + 3 * Self.day, by: 60)
            .first { decide(table, $0, runs) != .wait }
    }

    // MARK: The first

    @Test(arguments: [
        (FirstSyncRule.run, Timetable.Decision.first(SyncOrder())),
        (.preview, .first(SyncOrder(isPreview: true))), (.wait, .wait),
    ])
    func `the first begins by itself as the policy says`(
        rule: FirstSyncRule,
        expected: Timetable.Decision
    ) {
        #expect(decide(table(first: rule), 0, []) == expected)
    }

    @Test func `after a trial load a person decides`() throws {
        let preview = run(-Self.hour, .preview)
        #expect(decide(table(first: .preview), 0, [preview]) == .wait)
        let lapsed = run(-25 * Self.hour, .preview)
        let another = Timetable.Decision.first(SyncOrder(isPreview: true))
        #expect(decide(table(first: .preview), 0, [lapsed]) == another)
        let approval = run(0, .completed, .approval)
        #expect(due(table(first: .preview), after: [approval, preview]) != nil)
        // Somebody tried it out, but the policy asks for no trial.
        #expect(decide(table(), 0, [preview]) == .first(SyncOrder()))
    }

    @Test func `a first sync that failed is tried again later`() throws {
        let first = table()
        #expect(decide(first, 0, [run(-120, .failed)]) == .wait)
        let again = try #require(due(first, after: [run(-60, .failed)]))
        #expect((900...1020).contains(again))
    }

    // MARK: The next

    @Test func `the next comes at the connection's own time, once an interval`() throws {
        for connection in 1...50 as ClosedRange<Int64> {
            let table = table(connection: connection)
            let first = try #require(due(table, after: [run(0)]))
            #expect((Self.day / 2...Self.day * 3 / 2 + 60).contains(first))
            let second = try #require(due(table, from: first, after: [run(first), run(0)]))
            #expect(abs(second - first - Self.day) <= 60, "it stays where it is")
        }
    }

    @Test func `connections are spread over the interval`() {
        let times = (1...200).compactMap { due(table(connection: $0), after: [run(0)]) }
        let hours = Set(times.map { $0 % Self.day / Self.hour })
        #expect(times.count == 200 && hours.count == 24)
    }

    @Test(arguments: [300, 900, 3600, 7200] as [Int64])
    func `a day has as many as the interval says`(interval: Int64) {
        var runs = [run(0)]
        for minute in 1...(Self.day / 60) where decide(table(interval), minute * 60, runs) != .wait
        {
            runs.insert(run(minute * 60, took: 30), at: 0)
        }
        #expect(abs(Int64(runs.count) - 1 - Self.day / interval) <= 1)
    }

    @Test func `off, holidays, and a run that goes on`() {
        let late = 2 * Self.day
        #expect(decide(table(nil), late, [run(0)]) == .wait)
        #expect(decide(table(nil), late, []) == .wait)
        let term = Term(start: .example, end: Day.example.next)
        let pausing = table(holidays: [term])
        #expect(decide(pausing, late, [run(0)]) == .wait)
        #expect(decide(pausing, late, []) == .wait)
        #expect(decide(pausing, late, [run(0)], on: Day.example.next.next) == .due(SyncOrder()))
        let going = run(late - 300, .running, took: 290)
        #expect(decide(table(), late, [going, run(0)]) == .wait)
        let dead = run(late - Self.day, .running)
        #expect(decide(table(), late + Self.day, [dead, run(0)]) != .wait)
    }

    @Test func `a sync by hand takes the place of the next, not a plan that was carried out`()
        throws
    {
        let turn = try #require(due(table(), after: [run(0)]))
        let byHand = run(turn - Self.hour)
        #expect(decide(table(), turn + 60, [byHand, run(0)]) == .wait)
        let approval = run(turn - Self.hour, .completed, .approval)
        #expect(decide(table(), turn + 60, [approval, run(0)]) == .due(SyncOrder()))
    }

    // MARK: Changes in between

    @Test func `changes are read in between, and everybody within each day`() {
        let table = table(900, changes: true)
        var runs = [run(0)]
        var lastFull: Int64 = 0
        var fulls = 0
        for minute in 1...(3 * Self.day / 60) {
            guard case .due(let order) = decide(table, minute * 60, runs) else { continue }
            if !order.onlyChanges {
                #expect(minute * 60 - lastFull <= Self.day)
                lastFull = minute * 60
                fulls += 1
            }
            runs.insert(run(minute * 60, .completed, order.onlyChanges ? .delta : .full), at: 0)
        }
        #expect(fulls == 3)
    }

    @Test(arguments: [(86_400, true), (900, false)] as [(Int64, Bool)])
    func `otherwise everybody is read each time`(interval: Int64, changes: Bool) {
        let table = table(interval, changes: changes)
        #expect(decide(table, 2 * Self.day, [run(0)]) == .due(SyncOrder()))
    }

    @Test func `after a full sync that did not come to its end everybody is read`() {
        let table = table(900, changes: true)
        let runs = [run(-900, .failed), run(-2 * Self.day)]
        #expect(decide(table, 2 * Self.hour, runs) == .due(SyncOrder()))
    }

    // MARK: Trouble

    @Test func `one that fails is tried again ever later, but not later than the schedule`() throws
    {
        var runs = [run(-Self.day)]
        var waits: [Int64] = []
        var at: Int64 = 0
        for _ in 1...8 {
            runs.insert(run(at, .failed, took: 0), at: 0)
            let next = try #require(due(table(), from: at, after: runs))
            waits.append(next - at)
            at = next
        }
        for (wait, next) in zip(waits, waits.dropFirst()) { #expect(next >= wait - 60) }
        #expect((900...1050).contains(waits[0]))
        #expect(try #require(waits.last) <= Self.day * 11 / 10 + 60)
        var often: [Run] = [run(-Self.hour)]
        for number in 0..<8 as Range<Int64> { often.insert(run(number, .failed, took: 0), at: 0) }
        let wait = try #require(due(table(300), from: 60, after: often))
        #expect((4 * Self.hour - 60...5 * Self.hour).contains(wait))
    }

    @Test func `however many failed, a school that was loaded is loaded`() throws {
        let loaded = run(-30 * Self.day)
        let failed = (1...60).map { run(-$0 * Self.hour, .failed) }
        let recent = Array(failed.prefix(Timetable.recentRuns))
        let table = table(first: .wait)
        #expect(table.decision(at: moment(0), on: .example, after: recent) == .wait)
        let decision = table.decision(
            at: moment(2 * Self.day),
            on: .example,
            after: recent,
            and: [loaded, loaded]
        )
        #expect(decision == .due(SyncOrder()))
    }

    @Test func `everybody was read within the day, however many changes were read since`() {
        let table = table(60, changes: true)
        let deltas = (1...Int64(Timetable.recentRuns)).map { run(-$0 * 60, .completed, .delta) }
        let full = run(-20 * Self.hour)
        for (milestones, onlyChanges) in [([full], true), ([], false)] {
            let decision = table.decision(
                at: moment(60),
                on: .example,
                after: deltas,
                and: milestones
            )
            #expect(decision == .due(SyncOrder(onlyChanges: onlyChanges)))
        }
    }

    @Test func `one whose process died is tried again like one that failed`() throws {
        let dead = run(0, .running, took: 120)
        let last = run(-Self.day)
        let again = try #require(due(table(), after: [dead, last]))
        #expect((120 + 900...120 + 1050).contains(again))
        let first = try #require(due(table(), after: [dead]))
        #expect((120 + 900...120 + 1050).contains(first))
    }

    @Test func `one that was stopped is not begun again at once`() {
        #expect(decide(table(), 60, [run(0, .cancelled), run(-Self.day)]) == .wait)
    }

    @Test func `what was missed is caught up once, spread after the start`() {
        let starts = (1...50).compactMap { connection in
            due(
                table(connection: connection, upSince: 5 * Self.day),
                from: 5 * Self.day,
                after: [run(0)]
            )
            .map { $0 - 5 * Self.day }
        }
        #expect(starts.count == 50 && starts.allSatisfy { (0...660).contains($0) })
        #expect(Set(starts).count > 5)
        let late = table(upSince: 5 * Self.day)
        #expect(decide(late, 5 * Self.day + 1200, [run(5 * Self.day + 600), run(0)]) == .wait)
    }

    @Test func `a clock that was set back a day neither stops it nor has it begin again and again`()
        throws
    {
        // The last three runs were begun by the clock before it was set back.
        let ahead = [run(Self.day), run(Self.day - 900), run(Self.day - 1800)]
        let table = table(900)
        let old = run(-2000)
        let first = try #require(due(table, after: ahead + [old]))
        #expect(first <= 900)
        let own = run(first)
        let second = try #require(due(table, from: first + 60, after: [own] + ahead + [old]))
        #expect((450...1400).contains(second - first))
    }

    @Test(arguments: [900, 86_400] as [Int64])
    func `a clock that was set back behind all known runs has everybody read at once`(
        interval: Int64
    ) {
        let ahead = (1...Int64(Timetable.recentRuns)).map { run(Self.day - $0 * 60) }
        let table = table(interval, changes: true, first: .wait)
        for milestones in [[], [run(Self.day)]] {
            let decision = table.decision(
                at: moment(0),
                on: .example,
                after: ahead,
                and: milestones
            )
            #expect(decision == .due(SyncOrder()))
        }
        // It counts then, and so does its failing.
        #expect(decide(table, 60, [run(0)] + ahead) == .wait)
        #expect(decide(table, 60, [run(0, .failed)] + ahead) == .wait)
    }

    @Test func `who was up before the clock was set back waits no longer for that`() throws {
        let table = table(900, upSince: Self.day)
        let first = try #require(due(table, after: [run(Self.day), run(-2000)]))
        #expect(first <= 900)
        // One that failed ended by the clock before.
        let failed = run(-60, .failed, took: Self.day)
        let again = try #require(due(self.table(900), after: [failed, run(-2000)]))
        #expect(again <= 1050)
    }
}
