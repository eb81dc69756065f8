import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Every transition of the desk, by moments that are given to it.
@Suite struct LoginDeskTests {
    private let start = ContinuousClock.Instant.now
    private let school = Observation.staff("1").key.school
    private let amara = FlightKey(record: Observation.staff("1").key, mayCreate: false)
    private let stranger = FlightKey(record: Observation.staff("99").key, mayCreate: true)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func newcomer(_ name: String, mayCreate: Bool = true) -> Newcomer {
        Newcomer(school: school, email: "\(name)@school.example", mayCreate: mayCreate)
    }

    private func desk(_ change: (inout DeskLimits) -> Void = { _ in }) -> LoginDesk {
        var limits = DeskLimits()
        change(&limits)
        return LoginDesk(limits: limits)
    }

    private func arrive(_ desk: inout LoginDesk) throws -> LoginDesk.Number {
        let number = desk.arrive()
        return try #require(number)
    }

    // MARK: From reading

    @Test func `what local data settles is answered at once`() throws {
        var desk = desk()
        let login = try arrive(&desk)
        let actions1 = desk.learn(.settled, of: login, at: start)
        #expect(actions1 == [.answerLocally(login)])
        #expect(desk.going == 0)
    }

    @Test func `somebody fresh is answered at once`() throws {
        var desk = desk()
        let login = try arrive(&desk)
        let actions2 = desk.learn(.fresh(lookUpBehind: nil), of: login, at: start)
        #expect(actions2 == [.answerLocally(login)])
    }

    @Test func `past half of its life the answer comes at once and one look-up follows behind`()
        throws
    {
        var desk = desk()
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        let actions3 = desk.learn(.fresh(lookUpBehind: amara), of: first, at: start)
        #expect(
            actions3
                == [.answerLocally(first), .lookUp(amara, for: first)]
        )
        let actions4 = desk.learn(.fresh(lookUpBehind: amara), of: second, at: start)
        #expect(
            actions4
                == [.answerLocally(second)]
        )
        let actions5 = desk.land(amara, .answered, at: start)
        #expect(actions5.isEmpty)
        #expect(desk.flying == 0 && desk.going == 0)
    }

    @Test func `one look-up answers all who log in as one person, the first as its own`() throws {
        var desk = desk()
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        let actions6 = desk.learn(.ask(amara), of: first, at: start)
        #expect(actions6 == [.lookUp(amara, for: first)])
        let actions7 = desk.learn(.ask(amara), of: second, at: start)
        #expect(actions7.isEmpty)
        let actions8 = desk.land(amara, .answered, at: start)
        #expect(
            actions8 == [
                .answerLanded(first, isShared: false), .answerLanded(second, isShared: true),
            ]
        )
        let third = try arrive(&desk)
        let actions9 = desk.learn(.ask(amara), of: third, at: start)
        #expect(actions9 == [.lookUp(amara, for: third)])
    }

    @Test func `who may make no account shares the look-up of who may`() throws {
        var desk = desk()
        let other = FlightKey(record: stranger.record, mayCreate: false)
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        let actions10 = desk.learn(.askStranger(stranger), of: first, at: start)
        #expect(actions10.count == 1)
        let actions11 = desk.learn(.askStranger(other), of: second, at: start)
        #expect(actions11.isEmpty)
    }

    @Test(arguments: [false, true])
    func `who may make an account asks again after a look-up that might not`(
        isParked: Bool
    ) throws {
        var desk = desk()
        let other = FlightKey(record: stranger.record, mayCreate: false)
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        _ = desk.learn(.askStranger(other), of: first, at: start)
        let asked = desk.learn(.askStranger(stranger), of: second, at: start)
        #expect(asked.isEmpty, "one look-up at a time")
        let landed = desk.land(other, isParked ? .parked : .answered, at: start)
        #expect(landed.first == .answerLanded(first, isShared: false))
        #expect(
            landed.last
                == (isParked
                    ? .lookUp(stranger, for: second) : .answerLanded(second, isShared: true))
        )
        #expect(desk.flying == (isParked ? 1 : 0))
    }

    // MARK: Budgets

    @Test func `a login whose budget ends while it is read is answered, and looked up behind`()
        throws
    {
        var desk = desk()
        let login = try arrive(&desk)
        let actions12 = desk.endBudget(of: login)
        #expect(actions12 == [.answerDeferred(login)])
        let actions13 = desk.endBudget(of: login)
        #expect(actions13.isEmpty)
        let actions14 = desk.learn(.ask(amara), of: login, at: start)
        #expect(actions14 == [.lookUp(amara, for: login)])
        #expect(desk.going == 0 && desk.flying == 1)
        let actions15 = desk.land(amara, .answered, at: start)
        #expect(actions15.isEmpty, "answered once")
    }

    @Test func `a login whose budget ends while it waits is answered once`() throws {
        var desk = desk()
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        _ = desk.learn(.ask(amara), of: first, at: start)
        _ = desk.learn(.ask(amara), of: second, at: start)
        let actions16 = desk.endBudget(of: first)
        #expect(actions16 == [.answerDeferred(first)])
        let actions17 = desk.land(amara, .answered, at: start)
        #expect(
            actions17 == [
                .answerLanded(second, isShared: true)
            ]
        )
        let actions18 = desk.endBudget(of: second)
        #expect(actions18.isEmpty)
        let nobody = desk.endBudget(of: 77)
        #expect(nobody.isEmpty)
    }

    @Test(arguments: [LoginDesk.Finding.settled, .fresh(lookUpBehind: nil)])
    func `what is learnt after the budget and needs nothing is forgotten`(
        finding: LoginDesk.Finding
    ) throws {
        var desk = desk()
        let login = try arrive(&desk)
        _ = desk.endBudget(of: login)
        let actions19 = desk.learn(finding, of: login, at: start)
        #expect(actions19.isEmpty)
        #expect(desk.going == 0)
    }

    // MARK: Promises

    @Test func `a look-up that is lost is made again if a login was answered with its promise`()
        throws
    {
        var desk = desk()
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        _ = desk.learn(.ask(amara), of: first, at: start)
        _ = desk.learn(.ask(amara), of: second, at: start)
        _ = desk.endBudget(of: first)
        let lost = desk.land(amara, .lost, at: start)
        #expect(lost == [.answerLanded(second, isShared: true), .promise(amara)])
        #expect(desk.flying == 1)
        let begins = desk.askAgain(amara)
        #expect(begins)
        let third = try arrive(&desk)
        let joins = desk.learn(.ask(amara), of: third, at: start)
        #expect(joins.isEmpty, "one look-up at a time")
        let landed = desk.land(amara, .answered, at: start)
        #expect(landed == [.answerLanded(third, isShared: true)])
        #expect(desk.flying == 0 && desk.going == 0)
    }

    @Test func `a look-up that begins after the answer was deferred is promised too`() throws {
        var desk = desk()
        let login = try arrive(&desk)
        _ = desk.endBudget(of: login)
        _ = desk.learn(.ask(amara), of: login, at: start)
        let lost = desk.land(amara, .lost, at: start)
        #expect(lost == [.promise(amara)])
    }

    @Test func `nothing is promised to who got another answer`() throws {
        var desk = desk()
        let (first, second) = (try arrive(&desk), try arrive(&desk))
        _ = desk.learn(.ask(amara), of: first, at: start)
        let lost = desk.land(amara, .lost, at: start)
        #expect(lost == [.answerLanded(first, isShared: false)])
        _ = desk.learn(.fresh(lookUpBehind: amara), of: second, at: start)
        let behind = desk.land(amara, .lost, at: start)
        #expect(behind.isEmpty && desk.flying == 0)
    }

    @Test func `a promise is kept by whichever look-up brings an answer first`() throws {
        var desk = desk()
        try promise(amara, at: &desk)
        let login = try arrive(&desk)
        let asks = desk.learn(.ask(amara), of: login, at: start)
        #expect(asks == [.lookUp(amara, for: login)])
        let early = desk.askAgain(amara)
        #expect(!early, "one look-up at a time")
        _ = desk.land(amara, .answered, at: start)
        let late = desk.askAgain(amara)
        #expect(!late && desk.flying == 0)
    }

    @Test func `a promise is given up after its retries, or when it finds no place to wait`() throws
    {
        var desk = desk { $0.retries = 2 }
        try promise(amara, at: &desk)
        let first = desk.askAgain(amara)
        let again = desk.land(amara, .lost, at: start)
        #expect(first && again == [.promise(amara)])
        let second = desk.askAgain(amara)
        let last = desk.land(amara, .lost, at: start)
        #expect(second && last.isEmpty && desk.flying == 0)
        try promise(amara, at: &desk)
        let login = try arrive(&desk)
        _ = desk.learn(.ask(amara), of: login, at: start)
        _ = desk.giveUp(amara)
        #expect(desk.flying == 1, "the other look-up of her goes on")
        let landed = desk.land(amara, .lost, at: start)
        #expect(landed == [.answerLanded(login, isShared: false)] && desk.flying == 0)
    }

    @Test func `a look-up that goes on when a promise comes to its turn takes the promise over`()
        throws
    {
        var desk = desk()
        try promise(amara, at: &desk)
        let login = try arrive(&desk)
        _ = desk.learn(.ask(amara), of: login, at: start)
        let early = desk.askAgain(amara)
        let lost = desk.land(amara, .lost, at: start)
        #expect(!early && lost == [.answerLanded(login, isShared: false), .promise(amara)])
        let again = desk.askAgain(amara)
        _ = desk.land(amara, .answered, at: start)
        #expect(again && desk.flying == 0 && desk.going == 0)
    }

    @Test func `no more is promised than logins may go on`() throws {
        var desk = desk { $0.logins = 1 }
        try promise(amara, at: &desk)
        let login = try arrive(&desk)
        let other = FlightKey(record: Observation.staff("2").key, mayCreate: false)
        _ = desk.learn(.ask(other), of: login, at: start)
        _ = desk.endBudget(of: login)
        let lost = desk.land(other, .lost, at: start)
        #expect(lost.isEmpty && desk.flying == 1)
    }

    private func promise(_ key: FlightKey, at desk: inout LoginDesk) throws {
        let login = try arrive(&desk)
        _ = desk.learn(.ask(key), of: login, at: start)
        _ = desk.endBudget(of: login)
        let lost = desk.land(key, .lost, at: start)
        try #require(lost == [.promise(key)])
    }

    // MARK: Strangers

    @Test func `an unknown id is asked for once and then remembered for a while`() throws {
        var desk = desk()
        let first = try arrive(&desk)
        let actions20 = desk.learn(.askStranger(stranger), of: first, at: start)
        #expect(
            actions20
                == [.lookUp(stranger, for: first)]
        )
        _ = desk.land(stranger, .unknown, at: start)
        let second = try arrive(&desk)
        let actions21 = desk.learn(.askStranger(stranger), of: second, at: at(59))
        #expect(
            actions21
                == [.answerUnknown(second, retryAfter: nil)]
        )
        let third = try arrive(&desk)
        let actions22 = desk.learn(.askStranger(stranger), of: third, at: at(60))
        #expect(
            actions22
                == [.lookUp(stranger, for: third)]
        )
        let actions23 = desk.land(stranger, .answered, at: at(60))
        #expect(actions23.count == 1)
        #expect(desk.rememberedNames == 0, "being found clears the memory")
    }

    @Test func `a flood of unknown ids is asked for so often only`() throws {
        var desk = desk { $0.strangers = 3 }
        var asked = 0
        for id in 1...100 {
            let key = FlightKey(
                record: SourceKey(school: school, kind: .staff, id: "guess\(id)"),
                mayCreate: true
            )
            let login = try arrive(&desk)
            for action in desk.learn(.askStranger(key), of: login, at: start) {
                guard case .lookUp = action else { continue }
                asked += 1
                _ = desk.land(key, .unknown, at: start)
            }
        }
        #expect(asked == 3)
    }

    @Test func `unknown ids that are asked for at once count before they are answered`() throws {
        var desk = desk { $0.strangers = 3 }
        var asked = 0
        for id in 1...100 {
            let record = SourceKey(school: school, kind: .staff, id: "guess\(id)")
            let login = try arrive(&desk)
            let key = FlightKey(record: record, mayCreate: true)
            let actions = desk.learn(.askStranger(key), of: login, at: start)
            asked += actions.count { if case .lookUp = $0 { true } else { false } }
        }
        #expect(asked == 3)
    }

    // MARK: Leavers

    @Test func `where a leaver is gone the logins go on, and where she is not they are answered`()
        throws
    {
        for (landing, isGone) in [
            (LoginDesk.Landing.gone, true), (.answered, false), (.lost, false), (.unknown, false),
        ] {
            var desk = desk()
            let (ann, other) = (try arrive(&desk), try arrive(&desk))
            let finding = LoginDesk.Finding.askLeaver(amara, otherwise: .newcomer(newcomer("ann")))
            #expect(desk.learn(finding, of: ann, at: start) == [.lookUp(amara, for: ann)])
            #expect(desk.learn(.ask(amara), of: other, at: start).isEmpty)
            let actions = desk.land(amara, landing, at: at(1))
            let rest = LoginDesk.Action.answerLanded(other, isShared: true)
            #expect(
                actions
                    == (isGone
                        ? [rest, .goOn(ann), .discover(school)]
                        : [.answerLanded(ann, isShared: false), rest])
            )
            guard isGone else { continue }
            #expect(
                desk.endDiscovery(of: school, found: [newcomer("ann")], at: at(2))
                    == [.answerLanded(ann, isShared: false)]
            )
            #expect(desk.going == 0 && desk.flying == 0)
        }
    }

    @Test func `behind an answer that the budget forced somebody else is looked for all the same`()
        throws
    {
        for isEarly in [false, true] {
            var desk = desk()
            let ann = try arrive(&desk)
            let finding = LoginDesk.Finding.askLeaver(amara, otherwise: .newcomer(newcomer("ann")))
            if isEarly { #expect(desk.endBudget(of: ann) == [.answerDeferred(ann)]) }
            #expect(desk.learn(finding, of: ann, at: start) == [.lookUp(amara, for: ann)])
            if !isEarly { #expect(desk.endBudget(of: ann) == [.answerDeferred(ann)]) }
            #expect(desk.land(amara, .gone, at: at(1)) == [.goOn(ann), .discover(school)])
            #expect(desk.going == 0)
            let end = desk.endDiscovery(of: school, found: [newcomer("ann")], at: at(2))
            #expect(end.isEmpty && desk.wanted(at: school).isEmpty)
        }
    }

    // MARK: Discovery

    @Test func `after a read that failed nobody is called unknown`() throws {
        var desk = desk()
        let (ann, ben) = (try arrive(&desk), try arrive(&desk))
        _ = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        let failed = desk.endDiscovery(of: school, found: nil, at: at(1))
        #expect(failed == [.answerLanded(ann, isShared: false)])
        let early = desk.learn(.newcomer(newcomer("ben")), of: ben, at: at(10))
        #expect(early == [.answerUnavailable(ben, retryAfter: .seconds(20))])
    }

    @Test func `one read finds everybody who waits`() throws {
        var desk = desk()
        let (ann, ben, ann2) = (try arrive(&desk), try arrive(&desk), try arrive(&desk))
        let actions24 = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        #expect(actions24 == [.discover(school)])
        let actions25 = desk.learn(.newcomer(newcomer("ben")), of: ben, at: at(0.1))
        #expect(actions25.isEmpty)
        let actions26 = desk.learn(.newcomer(newcomer("ann")), of: ann2, at: at(0.2))
        #expect(actions26.isEmpty)
        #expect(desk.wanted(at: school) == [newcomer("ann"), newcomer("ben")])
        let actions = desk.endDiscovery(of: school, found: [newcomer("ann")], at: at(1))
        #expect(
            Set(actions) == [
                .answerLanded(ann, isShared: false), .answerLanded(ann2, isShared: true),
                .answerUnknown(ben, retryAfter: nil),
            ]
        )
        #expect(desk.going == 0 && desk.wanted(at: school).isEmpty)
    }

    @Test func `between two reads nobody waits, and the next one comes by itself`() throws {
        var desk = desk()
        let ann = try arrive(&desk)
        _ = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        _ = desk.endDiscovery(of: school, found: [newcomer("ann")], at: at(1))
        let ben = try arrive(&desk)
        let actions27 = desk.learn(.newcomer(newcomer("ben")), of: ben, at: at(10))
        #expect(
            actions27
                == [.answerUnknown(ben, retryAfter: .seconds(20))]
        )
        #expect(desk.nextWake == at(30))
        let actions28 = desk.wake(at: at(29))
        #expect(actions28.isEmpty)
        let actions29 = desk.wake(at: at(30))
        #expect(actions29 == [.discover(school)])
        let actions30 = desk.wake(at: at(30))
        #expect(actions30.isEmpty)
        let actions31 = desk.endDiscovery(of: school, found: [newcomer("ben")], at: at(31))
        #expect(actions31.isEmpty)
        #expect(desk.nextWake == nil)
    }

    @Test func `a name that was not found is not looked for again at once`() throws {
        var desk = desk()
        let ann = try arrive(&desk)
        _ = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        _ = desk.endDiscovery(of: school, found: [], at: at(1))
        let again = try arrive(&desk)
        let actions32 = desk.learn(
            .newcomer(newcomer("ann", mayCreate: false)),
            of: again,
            at: at(40)
        )
        #expect(
            actions32
                == [.answerUnknown(again, retryAfter: nil)]
        )
        let later = try arrive(&desk)
        let actions33 = desk.learn(.newcomer(newcomer("ann")), of: later, at: at(61))
        #expect(actions33 == [.discover(school)])
    }

    @Test func `a read that failed says nothing about anybody`() throws {
        var desk = desk()
        let ann = try arrive(&desk)
        _ = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        let actions34 = desk.endDiscovery(of: school, found: nil, at: at(1))
        #expect(
            actions34
                == [.answerLanded(ann, isShared: false)]
        )
        #expect(desk.rememberedNames == 0)
    }

    @Test func `a newcomer whose budget ends is still looked for`() throws {
        var desk = desk()
        let ann = try arrive(&desk)
        _ = desk.learn(.newcomer(newcomer("ann")), of: ann, at: start)
        let actions35 = desk.endBudget(of: ann)
        #expect(actions35 == [.answerDeferred(ann)])
        #expect(desk.wanted(at: school) == [newcomer("ann")])
        let actions36 = desk.endDiscovery(of: school, found: [newcomer("ann")], at: at(1))
        #expect(actions36.isEmpty)
    }

    // MARK: Bounds

    @Test func `beyond the limit of logins nobody more is taken in`() throws {
        var desk = desk { $0.logins = 2 }
        let first = try arrive(&desk)
        _ = try arrive(&desk)
        let third = desk.arrive()
        #expect(third == nil)
        _ = desk.learn(.settled, of: first, at: start)
        let fourth = desk.arrive()
        #expect(fourth != nil)
    }

    @Test func `a flood of unknown names is remembered in bounded memory and reads once`() throws {
        var desk = desk {
            $0.unknownNames = 50
            $0.newcomers = 100
        }
        var reads = 0
        for round in 0..<20 {
            for name in 0..<200 {
                let login = try arrive(&desk)
                let finding = LoginDesk.Finding.newcomer(newcomer("n\(round)-\(name)"))
                for action in desk.learn(finding, of: login, at: at(Double(round) * 0.1)) {
                    if case .discover = action { reads += 1 }
                }
            }
            #expect(desk.wanted(at: school).count <= 100)
            _ = desk.endDiscovery(of: school, found: [], at: at(Double(round) * 0.1))
            #expect(desk.rememberedNames <= 50)
        }
        #expect(reads == 1 && desk.going == 0)
    }
}
