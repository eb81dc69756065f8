import CurlTransport
import Foundation
import MISEmulator
import PostOffice
import Testing

/// The whole visit, with nothing put in anybody's place but the MIS and the mail server.
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(if: Browser.path != nil, "There is no Chromium here; install the package chromium.")
)
struct VisitTests {
    private static let password = "heron lantern copper meadow"

    @Test func `a teacher whom a sync has created sets her password and signs in`() async throws {
        let visit = try await PasswordVisit()
        let browser = visit.browser
        try await browser.forbidScripts()

        try await browser.open(visit.forgotPage)
        try await visit.look("1-forgot")
        try await browser.type(visit.teacher.email, into: "email")
        try await browser.submit()
        #expect(try await browser.heading() == "Look into your mail")
        try await visit.look("2-asked")

        let mail = try #require(await visit.server.nextMail())
        #expect(mail.recipients == [visit.teacher.email])
        let link = try #require(mail.links.first)
        try await browser.open(link)
        #expect(try await browser.heading() == "Choose a password")
        let token = try #require(link.split(separator: "/").last)
        #expect(try await !browser.address().contains(token))
        try await visit.look("3-new")

        try await browser.type(Self.password, into: "password")
        try await browser.type("something else", into: "again")
        try await browser.submit()
        #expect(try await browser.text().contains("The two passwords differ"))
        try await visit.look("4-refused")

        try await browser.type(Self.password, into: "password")
        try await browser.type(Self.password, into: "again")
        try await browser.submit()
        #expect(try await browser.heading() == "Your password is set")
        try await visit.look("5-done")
        try await browser.open(link)
        #expect(try await browser.heading() == "This link is no longer valid")
        try await visit.look("6-expired")
        let told = try #require(await visit.server.nextMail())
        #expect(told.recipients == [visit.teacher.email] && told.links.isEmpty)

        try await visit.expectSignIn(Self.password)
        try await visit.expectNoTrace(of: [
            Self.password, String(token), "Somebody, probably you", "was changed on",
        ])
    }

    @Test func `the pages can be read in every tenant's colour`() async throws {
        let visit = try await PasswordVisit()
        for colour in ["10243f", "ffe680", "717171", "808080", "ff0000", "00ff00"] {
            let set = try await visit.scene.run(
                "policy",
                Scene.name,
                "--set",
                "pages.colour=\(colour)",
                "--set",
                "pages.name=Oak & Ash <Federation>"
            )
            #expect(set.status == 0, "\(set.messages)")
            for page in [visit.forgotPage, visit.expiredPage] {
                try await visit.browser.open(page)
                try await visit.browser.expectContrast("\(page) in \(colour)")
            }
            try await visit.look("7-colour-\(colour)")
        }
    }
}
