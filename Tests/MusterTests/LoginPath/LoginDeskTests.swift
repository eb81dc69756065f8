import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Every transition of the desk, by moments that are given to it.
@Suite struct LoginDeskTests {
    let start = ContinuousClock.Instant.now
    let school = Observation.staff("1").key.school
    let amara = FlightKey(record: Observation.staff("1").key, mayCreate: false)
    let stranger = FlightKey(record: Observation.staff("99").key, mayCreate: true)

    func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    func newcomer(_ name: String, mayCreate: Bool = true) -> Newcomer {
        Newcomer(school: school, email: "\(name)@school.example", mayCreate: mayCreate)
    }

    func desk(_ change: (inout DeskLimits) -> Void = { _ in }) -> LoginDesk {
        var limits = DeskLimits()
        change(&limits)
        return LoginDesk(limits: limits)
    }

    func arrive(_ desk: inout LoginDesk) throws -> LoginDesk.Number {
        let number = desk.arrive()
        return try #require(number)
    }

    func promise(_ key: FlightKey, at desk: inout LoginDesk) throws {
        let login = try arrive(&desk)
        _ = desk.learn(.ask(key), of: login, at: start)
        _ = desk.endBudget(of: login)
        let lost = desk.land(key, .lost, at: start)
        try #require(lost == [.promise(key)])
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
