import Testing

@testable import Muster

/// Every transition of the gate of one connection, by moments that are given to it.
@Suite struct SourceGateTests {
    private let start = ContinuousClock.Instant.now
    private let limits: TrafficLimits = {
        var limits = TrafficLimits()
        limits.inFlight = 2
        limits.waiting = 3
        limits.failures = 3
        return limits
    }()

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func gate() -> SourceGate { SourceGate(limits: limits, seed: 7) }

    /// A gate whose breaker opened at 0.
    private func openGate() throws -> (SourceGate, until: ContinuousClock.Instant) {
        var gate = gate()
        for ticket in 1...3 {
            _ = gate.arrive(ticket, .login, at: start)
            _ = gate.leave(ticket, .failed, at: start)
        }
        guard case .open(let until) = gate.breaker else {
            throw Unexpected("the breaker is \(gate.breaker)")
        }
        return (gate, until)
    }

    private struct Unexpected: Error {
        init(_: String) {}
    }

    // MARK: Turns

    @Test func `questions go at once until the cap, then in the order they came`() {
        var gate = gate()
        let actions1 = gate.arrive(1, .login, at: start)
        #expect(actions1 == [.admit(1)])
        let actions2 = gate.arrive(2, .login, at: start)
        #expect(actions2 == [.admit(2)])
        let actions3 = gate.arrive(3, .login, at: start)
        #expect(actions3.isEmpty)
        let actions4 = gate.arrive(4, .login, at: start)
        #expect(actions4.isEmpty)
        let actions5 = gate.leave(1, .answered(pause: nil), at: start)
        #expect(actions5 == [.admit(3)])
        let actions6 = gate.leave(3, .answered(pause: nil), at: start)
        #expect(actions6 == [.admit(4)])
        #expect(gate.flying == 2 && gate.waiting == 0)
    }

    @Test func `a login goes before a batch that came earlier`() {
        var gate = gate()
        _ = gate.arrive(1, .login, at: start)
        _ = gate.arrive(2, .batch, at: start)
        let actions7 = gate.arrive(3, .batch, at: start)
        #expect(actions7.isEmpty)
        let actions8 = gate.arrive(4, .login, at: start)
        #expect(actions8.isEmpty)
        let actions9 = gate.leave(2, .answered(pause: nil), at: start)
        #expect(actions9 == [.admit(4)])
        let actions10 = gate.leave(1, .answered(pause: nil), at: start)
        #expect(actions10 == [.admit(3)])
    }

    @Test func `an errand goes behind logins that came later, and is turned away like one`() throws
    {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.arrive(3, .batch, at: start)
        _ = gate.arrive(4, .errand, about: 9, at: start)
        _ = gate.arrive(5, .errand, about: 9, at: start)
        _ = gate.arrive(6, .login, at: start)
        let first = gate.leave(1, .answered(pause: nil), at: start)
        let second = gate.leave(2, .answered(pause: nil), at: start)
        #expect(first == [.admit(6)] && second == [.admit(4)])
        let third = gate.leave(4, .answered(pause: .seconds(4)), at: start)
        #expect(third == [.turnAway(5, until: at(4))])
        let late = gate.arrive(7, .errand, at: start)
        #expect(late == [.turnAway(7, until: at(4))])
        var (open, until) = try openGate()
        let shut = open.arrive(8, .errand, at: start)
        #expect(shut == [.turnAway(8, until: until)])
    }

    @Test func `the breaker opens where late questions of one subject take every turn`() {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .errand, about: 9, at: start) }
        _ = gate.wake(at: at(2))
        guard case .open = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
    }

    @Test func `beyond the waiting line a login is turned away, a batch waits`() {
        var gate = gate()
        for ticket in 1...5 { _ = gate.arrive(ticket, .login, at: start) }
        let actions11 = gate.arrive(6, .login, at: start)
        #expect(actions11 == [.turnAway(6, until: at(2))])
        let actions12 = gate.arrive(7, .batch, at: start)
        #expect(actions12.isEmpty)
    }

    @Test func `a promised question waits where a login is turned away, within the line`() throws {
        var (gate, until) = try openGate()
        let waits = gate.arrive(4, .promise, at: start)
        #expect(waits.isEmpty)
        let probes = gate.wake(at: until)
        #expect(probes == [.probe])
        let waitsToo = gate.arrive(5, .promise, at: until) + gate.arrive(6, .promise, at: until)
        #expect(waitsToo.isEmpty && gate.waiting == 3)
        let tooMany = gate.arrive(7, .promise, at: until)
        #expect(tooMany == [.turnAway(7, until: until + limits.slowAfter)])
        let rests = gate.probed(.answered(pause: .seconds(4)), at: until)
        #expect(rests.isEmpty)
        let goes = gate.wake(at: until + .seconds(4))
        #expect(goes == [.admit(4), .admit(5)])
    }

    @Test func `who gives up waiting is not admitted`() {
        var gate = gate()
        for ticket in 1...4 { _ = gate.arrive(ticket, .login, at: start) }
        gate.abandon(3)
        let actions13 = gate.leave(1, .givenUp, at: start)
        #expect(actions13 == [.admit(4)])
    }

    @Test func `a gate that knows nothing is at rest`() {
        var gate = gate()
        #expect(gate.isAtRest)
        _ = gate.arrive(1, .login, at: start)
        #expect(!gate.isAtRest)
        _ = gate.leave(1, .answered(pause: nil), at: start)
        #expect(gate.isAtRest)
        _ = gate.arrive(2, .login, at: start)
        _ = gate.leave(2, .failed, at: start)
        #expect(!gate.isAtRest, "a failure is remembered")
    }

    // MARK: Closed to open

    @Test func `failures one after the other open the breaker, and an answer between them not`() {
        var gate = gate()
        for (ticket, verdict) in [
            (1, SourceGate.Verdict.failed), (2, .failed), (3, .answered(pause: nil)),
            (4, .failed), (5, .failed),
        ] {
            _ = gate.arrive(ticket, .login, at: start)
            _ = gate.leave(ticket, verdict, at: start)
            #expect(gate.breaker != .open(until: at(5)))
        }
        #expect(gate.breaker == .closed(failures: 2))
        _ = gate.arrive(6, .batch, at: start)
        _ = gate.leave(6, .failed, at: start)
        guard case .open(let until) = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        #expect(until >= at(5) && until <= at(5 * 4 / 3.0))
    }

    @Test func `trouble of our own opens nothing`() {
        var gate = gate()
        for ticket in 1...10 {
            _ = gate.arrive(ticket, .login, at: start)
            _ = gate.leave(ticket, .givenUp, at: start)
        }
        #expect(gate.breaker == .closed(failures: 0))
    }

    @Test func `look-ups that hang open the breaker before they end, and count once`() {
        var limits = limits
        limits.inFlight = 3
        var gate = SourceGate(limits: limits, seed: 7)
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        #expect(gate.nextWake == at(2))
        let actions14 = gate.wake(at: at(2))
        #expect(actions14.isEmpty)
        #expect(gate.breaker == .closed(failures: 2))
        _ = gate.leave(1, .failed, at: at(30))
        #expect(gate.breaker == .closed(failures: 2))
        _ = gate.arrive(3, .login, at: at(30))
        _ = gate.wake(at: at(32))
        #expect(gate.breaker != .closed(failures: 2) && gate.flying == 2)
    }

    @Test func `a batch's page is never late`() {
        var gate = gate()
        _ = gate.arrive(1, .batch, at: start)
        #expect(gate.nextWake == nil)
        _ = gate.wake(at: at(3600))
        #expect(gate.breaker == .closed(failures: 0))
    }

    @Test func `where every turn is taken by a late question the breaker opens before its count`() {
        var gate = gate()
        for ticket in 1...4 { _ = gate.arrive(ticket, .login, at: start) }
        let early = gate.wake(at: at(1.9))
        #expect(early.isEmpty)
        let actions = gate.wake(at: at(2))
        guard case .open(let until) = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        #expect(actions == [.turnAway(3, until: until), .turnAway(4, until: until)])
    }

    @Test func `a promise goes after the logins and before a batch`() {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.arrive(3, .batch, at: start)
        _ = gate.arrive(4, .promise, at: start)
        _ = gate.arrive(5, .login, at: start)
        let turns = (1...2).map { gate.leave($0, .answered(pause: nil), at: start) }
        #expect(turns == [[.admit(5)], [.admit(4)]])
    }

    @Test func `one record that the source cannot give does not open the breaker`() {
        var gate = gate()
        for ticket in 1...9 {
            _ = gate.arrive(ticket, .login, about: 7, at: start)
            _ = gate.leave(ticket, .failed, at: start)
        }
        #expect(gate.breaker == .closed(failures: 1))
        _ = gate.arrive(10, .login, about: 8, at: start)
        _ = gate.leave(10, .failed, at: start)
        #expect(gate.breaker == .closed(failures: 2))
    }

    @Test func `promises that wait are turned away together`() throws {
        var (gate, _) = try openGate()
        for ticket in 4...5 { _ = gate.arrive(ticket, .promise, at: start) }
        let actions = gate.turnAwayPromises(at: start)
        #expect(actions == [.turnAway(4, until: start), .turnAway(5, until: start)])
        #expect(gate.waiting == 0)
    }

    // MARK: Open, probing, closed

    @Test func `while it is open nobody is admitted, and no login waits`() throws {
        var gate = gate()
        for ticket in 1...5 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.arrive(6, .batch, at: start)
        _ = gate.leave(1, .failed, at: start)
        _ = gate.leave(2, .failed, at: start)
        #expect(gate.flying == 2)
        let actions15 = gate.leave(3, .failed, at: start)
        guard case .open(let until) = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        #expect(actions15 == [.turnAway(5, until: until)])
        #expect(gate.waiting == 1, "the batch waits")
        let actions16 = gate.arrive(8, .login, at: at(1))
        #expect(actions16 == [.turnAway(8, until: until)])
        let actions17 = gate.arrive(9, .batch, at: at(1))
        #expect(actions17 == [.turnAway(9, until: until)])
        #expect(gate.nextWake == at(2), "the look-up on its way may still be late")
    }

    @Test func `after a while the gate probes, and an answer lets those who waited through`() throws
    {
        var (gate, until) = try openGate()
        #expect(gate.nextWake == until)
        let actions18 = gate.wake(at: until)
        #expect(actions18 == [.probe])
        #expect(gate.breaker == .probing && gate.nextWake == nil)
        let actions19 = gate.arrive(8, .login, at: until)
        #expect(actions19.count == 1, "nobody but the probe")
        let actions20 = gate.probed(.answered(pause: nil), at: until)
        #expect(actions20.isEmpty)
        let actions21 = gate.arrive(9, .login, at: until)
        #expect(actions21 == [.admit(9)])
    }

    @Test func `one more failure after a probe opens it again, for twice as long`() throws {
        var (gate, until) = try openGate()
        _ = gate.wake(at: until)
        _ = gate.probed(.answered(pause: nil), at: until)
        _ = gate.arrive(9, .login, at: until)
        _ = gate.leave(9, .failed, at: until)
        guard case .open(let next) = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        #expect(next >= until + .seconds(10))
    }

    @Test func `the wait doubles with each probe that fails, up to its limit`() throws {
        var (gate, until) = try openGate()
        var waits: [Duration] = []
        for _ in 0..<12 {
            let actions22 = gate.wake(at: until)
            #expect(actions22 == [.probe])
            let now = until
            _ = gate.probed(.failed, at: now)
            guard case .open(let next) = gate.breaker else {
                Issue.record("the breaker is \(gate.breaker)")
                return
            }
            waits.append(now.duration(to: next))
            until = next
        }
        #expect(waits[0] >= .seconds(10) && waits[0] <= .seconds(14))
        #expect(waits[1] >= .seconds(20) && waits[1] <= .seconds(27))
        #expect(waits.allSatisfy { $0 <= .seconds(400) })
        #expect(waits.last.map { $0 >= .seconds(300) } == true)
        #expect(Set(waits.suffix(4)).count > 1, "chance spreads the probes")
    }

    @Test func `the probe waits for a turn, and takes one`() throws {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.wake(at: at(2))
        guard case .open(let until) = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        #expect(gate.nextWake == nil, "both turns are taken")
        let waits = gate.wake(at: until)
        #expect(waits.isEmpty)
        let probes = gate.leave(1, .failed, at: at(30))
        #expect(probes == [.probe])
        #expect(gate.flying == 2)
        let closes = gate.leave(2, .answered(pause: nil), at: at(30))
        #expect(closes.isEmpty && gate.breaker == .closed(failures: 0))
        let first = gate.arrive(3, .login, at: at(30))
        let second = gate.arrive(4, .login, at: at(30))
        #expect(first == [.admit(3)] && second.isEmpty, "the probe is still on its way")
        let ends = gate.probed(.failed, at: at(30))
        #expect(ends == [.admit(4)])
        #expect(gate.breaker == .closed(failures: 0))
    }

    @Test func `a late answer closes it at once`() throws {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.wake(at: at(2))
        _ = gate.leave(1, .failed, at: at(3))
        _ = gate.arrive(3, .login, at: at(3))
        _ = gate.leave(3, .failed, at: at(3))
        guard case .open = gate.breaker else {
            Issue.record("the breaker is \(gate.breaker)")
            return
        }
        _ = gate.leave(2, .answered(pause: nil), at: at(4))
        #expect(gate.breaker == .closed(failures: 0))
        let actions23 = gate.arrive(4, .login, at: at(4))
        #expect(actions23 == [.admit(4)])
    }

    // MARK: Pauses

    @Test(arguments: [
        (SourceGate.Verdict.overloaded(retryAfter: .seconds(30)), 30.0),
        (.overloaded(retryAfter: nil), 15), (.overloaded(retryAfter: .seconds(86_400)), 300),
        (.answered(pause: .seconds(4)), 4), (.overloaded(retryAfter: .seconds(-5)), 0),
    ])
    func `the wait that a source asks for holds for logins and batches, within a limit`(
        verdict: SourceGate.Verdict,
        seconds: Double
    ) {
        var gate = gate()
        _ = gate.arrive(1, .login, at: start)
        _ = gate.leave(1, verdict, at: start)
        if seconds > 0 {
            #expect(gate.nextWake == at(seconds))
            let actions24 = gate.arrive(2, .login, at: at(seconds - 0.1))
            #expect(
                actions24
                    == [.turnAway(2, until: at(seconds))]
            )
            let actions25 = gate.arrive(3, .batch, at: at(seconds - 0.1))
            #expect(actions25.isEmpty, "a batch waits")
            let actions26 = gate.wake(at: at(seconds))
            #expect(actions26 == [.admit(3)])
        }
        let actions27 = gate.arrive(4, .login, at: at(seconds))
        #expect(actions27.contains(.admit(4)))
        #expect(gate.breaker == .closed(failures: 0))
    }

    @Test func `a login that waits when the source asks to be left alone is turned away`() {
        var gate = gate()
        for ticket in 1...3 { _ = gate.arrive(ticket, .login, at: start) }
        let actions = gate.leave(1, .overloaded(retryAfter: .seconds(60)), at: start)
        #expect(actions == [.turnAway(3, until: at(60))])
    }

    @Test func `the longer of two waits counts`() {
        var gate = gate()
        for ticket in 1...2 { _ = gate.arrive(ticket, .login, at: start) }
        _ = gate.leave(1, .overloaded(retryAfter: .seconds(60)), at: start)
        _ = gate.leave(2, .overloaded(retryAfter: .seconds(10)), at: start)
        #expect(gate.nextWake == at(60))
    }
}
