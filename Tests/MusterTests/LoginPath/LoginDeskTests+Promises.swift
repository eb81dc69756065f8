import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

// Look-ups that were promised to logins already answered.
extension LoginDeskTests {
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
}
