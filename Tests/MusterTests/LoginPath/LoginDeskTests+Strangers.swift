import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

// Ids and names that local data does not know.
extension LoginDeskTests {
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

    // MARK: Holders

    @Test func `where a holder gave the address up local data is read again, once`() throws {
        for (kept, landing) in [
            (Set(["ann@school.example"]), LoginDesk.Landing.answered), (nil, .answered),
            (["new@school.example"], .answered), ([], .lost), ([], .gone), ([], .unknown),
        ] {
            var desk = desk()
            let (ann, other) = (try arrive(&desk), try arrive(&desk))
            let finding = LoginDesk.Finding.askHolder(
                amara,
                of: "ann@school.example",
                otherwise: nil
            )
            #expect(desk.learn(finding, of: ann, at: start) == [.lookUp(amara, for: ann)])
            #expect(desk.learn(.ask(amara), of: other, at: start).isEmpty)
            let actions = desk.land(amara, landing, keeping: kept, at: at(1))
            let rest = LoginDesk.Action.answerLanded(other, isShared: true)
            let goesOn = kept == ["new@school.example"]
            #expect(
                actions
                    == (goesOn
                        ? [rest, .goOn(ann), .readAgain(ann)]
                        : [.answerLanded(ann, isShared: false), rest])
            )
            guard goesOn else { continue }
            #expect(desk.endBudget(of: ann) == [.answerDeferred(ann)], "the same budget")
            let second = FlightKey(record: stranger.record, mayCreate: false)
            #expect(desk.learn(.ask(second), of: ann, at: at(2)) == [.lookUp(second, for: ann)])
            #expect(desk.land(second, .answered, keeping: [], at: at(3)).isEmpty)
            #expect(desk.going == 0 && desk.flying == 0)
        }
    }

    @Test func `a holder whose login was answered by its budget is not read again`() throws {
        var desk = desk()
        let ann = try arrive(&desk)
        let finding = LoginDesk.Finding.askHolder(amara, of: "ann@school.example", otherwise: nil)
        _ = desk.learn(finding, of: ann, at: start)
        _ = desk.endBudget(of: ann)
        let actions = desk.land(amara, .answered, keeping: [], at: at(1))
        #expect(actions.isEmpty && desk.going == 0 && desk.flying == 0)
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
}
