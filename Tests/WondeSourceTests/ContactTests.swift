import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `A parent or carer` {
    private func contact(
        _ members: String,
        knowing capabilities: Capabilities = Scene.granted
    ) async throws -> Observation {
        try await Scene.observation(of: .contact, members, knowing: capabilities)
    }

    @Test func `is asked for with how to reach her and nothing else`() async throws {
        let scene = Scene(Scene.single(""), Scene.list([]))
        let source = try scene.source()
        _ = await source.lookUp(.contact, "A12")
        let page = try await source.page(of: .contact)
        #expect(page.next == nil)
        let base = "https://api.wonde.com/v1.0/schools/A1000000001/contacts"
        #expect(
            scene.addresses == [
                "\(base)/A12?include=contact_details",
                "\(base)?include=contact_details&per_page=200",
            ]
        )
    }

    @Test(
        arguments: [
            (#""primary":"p@x.example","home":"h@x.example","email":"e@x.example""#, "p@x.example"),
            (#""email":"h@x.example","home":"h@x.example""#, "h@x.example"),
            (#""home":"h@x.example","work":"w@x.example""#, "h@x.example"),
            (#""work":"w@x.example""#, "w@x.example"), (#""home":"  ""#, nil),
        ] as [(String, String?)]
    )
    func `is reached at home`(emails: String, chosen: String?) async throws {
        let person = try await contact(#""contact_details":{"data":{"emails":{\#(emails)}}}"#)
        #expect(person.email == (chosen.map { .value($0) } ?? .empty))
    }

    @Test func `has no standing, no classes and no parents herself`() async throws {
        let person = try await contact(
            #""surname":"Dale","title":"Dr","relationship":{"relationship":"Mother"},"#
                + #""classes":{"data":[{"id":"A9"}]}"#
        )
        #expect(person.key.kind == .contact)
        #expect(person.standing == .unstated)
        #expect(person.title == .value("Dr"))
        #expect(person.classes == .notSupplied(.notAskedFor))
        #expect(person.contacts == .notSupplied(.notAskedFor))
    }

    @Test func `with a null is cleared only where contacts' fields are granted`() async throws {
        var known = Scene.granted
        known[.contact] = KindCapabilities()
        let details = #""contact_details":{"data":null},"title":null"#
        let person = try await contact(details, knowing: known)
        #expect(person.email == .notSupplied(.notGranted))
        #expect(person.title == .notSupplied(.notGranted))
        #expect(try await contact(details).email == .empty)
    }

    @Test func `that is not there was not returned, after one request`() async throws {
        let scene = Scene(.status(404))
        let look = try await scene.source().lookUp(.contact, "A12")
        guard case .notReturned = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(look.requests == 1)
    }
}
