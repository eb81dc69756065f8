import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `The quiet that Wonde asks for` {
    private static let nothingLeft = [("RateLimit", #""day";r=0;t=20"#)]

    @Test func `comes with a look-up that found somebody`() async throws {
        let scene = Scene(.reply(200, #"{"data":{"id":"A12"}}"#, Self.nothingLeft))
        let look = try await scene.source().lookUp("A12")
        #expect(look.pause == .seconds(20))
        guard case .found = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
    }

    @Test(arguments: [403, 404])
    func `comes with a look-up that found nobody`(status: Int) async throws {
        let look = try await Scene(.reply(status, "{}", Self.nothingLeft)).source().lookUp("A12")
        #expect(look.pause == .seconds(20))
    }

    @Test func `is the longest of two requests`() async throws {
        let refused = Scene.Answer.reply(400, #"{"error":"invalid_include"}"#, Self.nothingLeft)
        let scene = Scene(
            refused,
            .reply(
                200,
                #"{"data":{"id":"A12"}}"#,
                [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(Scene.now + 9)")]
            )
        )
        let look = try await scene.source().lookUp("A12")
        #expect(look.requests == 2)
        #expect(look.pause == .seconds(20))
    }

    @Test(arguments: ["0", "100000"])
    func `is five minutes at most and nothing where it is over`(reset: String) async throws {
        let headers = [("RateLimit-Remaining", "0"), ("RateLimit-Reset", reset)]
        let look = try await Scene(.reply(404, "{}", headers)).source().lookUp("A12")
        #expect(look.pause == (reset == "0" ? nil : .seconds(300)))
    }

    @Test func `comes with a page`() async throws {
        let body = #"{"data":[],"meta":{"pagination":{"next":null,"more":false}}}"#
        let scene = Scene(.reply(200, body, Self.nothingLeft))
        #expect(try await scene.source().page().pause == .seconds(20))
    }

    @Test func `comes with a description`() async throws {
        let school = #"{"data":{"id":"A1000000001","name":"Example"}}"#
        let scene = Scene { index, address in
            if index == 0 { return .reply(200, school, Self.nothingLeft) }
            return .reply(200, #"{"data":[]}"#, [])
        }
        let description = try await scene.source().describe([.staff], by: Scene.soon)
        #expect(description.pause == .seconds(20))
        #expect(description.requests == scene.requests.count)
    }

    @Test(arguments: [429, 503])
    func `is told by limits where a refusal has no Retry-After`(status: Int) async throws {
        let look = try await Scene(.reply(status, "", Self.nothingLeft)).source().lookUp("A12")
        #expect(look.answer == .failed(.overloaded(retryAfter: .seconds(20))))
        #expect(look.pause == nil)
    }

    @Test func `is none where something is left`() async throws {
        let scene = Scene(.reply(404, "{}", [("RateLimit", #""day";r=1;t=20"#)]))
        #expect(try await scene.source().lookUp("A12").pause == nil)
    }

    @Test func `a look-up is urgent and a list is not`() async throws {
        let scene = Scene(.status(404), Scene.list([]))
        let source = try scene.source()
        _ = await source.lookUp("A12")
        _ = try await source.page()
        #expect(scene.requests.map(\.priority) == [.urgent, .ordinary])
    }
}
