import HTTPTypes
import Testing

@testable import MusterServer

@Suite struct `Limits of the pages` {
    @Test func `one place cannot use up what all places have together`() {
        let throttle = Throttle(perPlace: 5, overall: 20)
        #expect((1...100).count { _ in throttle.admits("here", at: 0) } == 5)
        #expect(throttle.admits("there", at: 1))
        #expect((1...100).count { throttle.admits("place \($0)", at: 2) } == 14)
        #expect(throttle.admits("here", at: 60_000))
    }

    @Test func `a page's address may name the port that goes without saying`() throws {
        let url = try #require(PageURL("https://Accounts.school.example:443/a/"))
        #expect(url.isOwn([.origin: "https://accounts.school.example"]))
        #expect(url.text == "https://accounts.school.example/a")
        let other = try #require(PageURL("https://accounts.school.example:8443"))
        #expect(!other.isOwn([.origin: "https://accounts.school.example"]))
    }
}
