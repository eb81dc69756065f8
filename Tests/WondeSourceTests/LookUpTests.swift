import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `A look-up` {
    private static let everything =
        "contact_details,employment_details,roles,hierarchy,classes,classes.subject"

    @Test func `cannot know the managers where the hierarchy lists reports, and says so`()
        async throws
    {
        let row = #"{"id":"A1","hierarchy":{"data":[{"id":"A12"}]}}"#
        let scene = Scene(
            Scene.list([row]),
            Scene.list([Scene.employee(id: "A12")]),
            Scene.single(#""hierarchy":{"data":[{"id":"A2"}]}"#)
        )
        let source = try scene.source { $0.hierarchy = .reports }
        let listed = try await source.page().observations.first
        #expect(listed?.managers == .value([ManagerEntry(key: Scene.key("A1"))]))
        let question = source.question(for: Scene.key("A12"), knowing: Scene.granted)
        guard case .found(let person) = await source.lookUp("A12").answer else {
            Issue.record("not found")
            return
        }
        #expect(person.managers == .notSupplied(.notAskedFor))
        let address = try #require(scene.addresses.last)
        #expect(!address.contains("hierarchy"))
        #expect(question == ["GET \(address)"])
    }

    @Test func `is one request for what is mapped and nothing else`() async throws {
        let scene = Scene(Scene.single(""))
        let look = try await scene.source().lookUp("A12")
        #expect(look.requests == 1)
        #expect(look.learnt == nil)
        let address =
            "https://api.wonde.com/v1.0/schools/A1000000001/employees/A12?include="
            + Self.everything
        #expect(scene.addresses == [address])
        let request = try #require(scene.requests.first)
        #expect(request.method == "GET")
        #expect(
            request.headers.first { $0.name == "Authorization" }?.value == "Bearer \(Scene.token)"
        )
    }

    @Test(
        arguments: [
            ([.title], [], true, "contact_details,employment_details"),
            ([.roles, .subjects], [], true, "contact_details,employment_details,roles"),
            ([.classes], [], true, "contact_details,employment_details,classes"),
            ([.classes, .subjects], [], false, "contact_details,employment_details,groups"),
            ([.roles, .managers], ["roles"], true, "contact_details,employment_details,hierarchy"),
            ([.classes, .subjects], ["classes"], true, "contact_details,employment_details"),
            (
                [.classes, .subjects], ["classes.subject"], true,
                "contact_details,employment_details,classes"
            ),
            ([], ["employment_details", "contact_details"], true, "contact_details"),
        ] as [(Set<SourceField>, Set<String>, Bool, String)]
    )
    func `asks for the parts that the fields need and the school grants`(
        fields: Set<SourceField>,
        refused: Set<String>,
        hasClasses: Bool,
        include: String
    ) async throws {
        var capabilities = Scene.granted
        capabilities[.staff].refusedParts = refused
        capabilities[.staff].hasClasses = hasClasses
        let source = try Scene().source { $0.fields = fields }
        let question = source.question(for: Scene.key("A12"), knowing: capabilities)
        #expect(
            question == [
                "GET https://api.wonde.com/v1.0/schools/A1000000001/employees/A12?include=\(include)"
            ]
        )
    }

    @Test func `that meets a refused part drops all optional ones at once and learns it`()
        async throws
    {
        let scene = Scene(.invalidInclude, Scene.single(#""surname":"Dale""#))
        let look = try await scene.source().lookUp("A12")
        #expect(look.requests == 2)
        #expect(scene.addresses.last?.hasSuffix("?include=contact_details") == true)
        guard case .found(let person) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(person.surname == .value("Dale"))
        #expect(person.standing == .unstated)
        #expect(person.roles == .notSupplied(.notGranted))
        #expect(person.classes == .notSupplied(.notGranted))
        let learnt = try #require(look.learnt)
        let next = Scene(Scene.single(""))
        let later = try await next.source().lookUp("A12", knowing: learnt)
        #expect(later.requests == 1)
        #expect(next.addresses.last?.hasSuffix("?include=contact_details") == true)
    }

    @Test func `of a school that refuses even contact details is refused`() async throws {
        let look = try await Scene(.invalidInclude, .invalidInclude).source().lookUp("A12")
        #expect(look.requests == 2)
        #expect(look.learnt == nil)
        guard case .refused(let reason) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(reason.contains("contact_details"))
    }

    @Test func `that fails the second time learns nothing`() async throws {
        let look = try await Scene(.invalidInclude, .status(500)).source().lookUp("A12")
        #expect(look.learnt == nil)
        #expect(look.requests == 2)
    }

    @Test(arguments: [403, 404])
    func `of one person who is not shown says nothing of leaving`(status: Int) async throws {
        let look = try await Scene(.status(status)).source().lookUp("A12")
        guard case .notReturned(let reason) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(reason.contains("\(status)"))
        #expect(reason.contains("took back the right to read staff") == (status == 403))
    }

    @Test func `with a token that is not accepted is refused`() async throws {
        let look = try await Scene(.status(401)).source().lookUp("A12")
        guard case .refused = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
    }

    @Test(arguments: [
        (Scene.Answer.status(500), "unavailable"), (.status(503), "overloaded"),
        (.status(599), "unavailable"), (.status(400), "malformed"), (.status(204, ""), "malformed"),
        (.status(302), "malformed"), (.status(422), "malformed"),
        (.ok("<html><body>Sign in</body></html>"), "malformed"), (.ok(""), "malformed"),
        (.ok(#"{"data":{"id":"A12","surname":"Da"#), "malformed"), (.ok("{}"), "malformed"),
        (.ok(#"{"data":null}"#), "malformed"), (.ok(#"{"data":[]}"#), "malformed"),
        (.ok(#"[]"#), "malformed"), (.ok(#"{"data":{"id":"A12"}} x"#), "malformed"),
        (Scene.single("", id: "A13"), "malformed"),
        (.failure(.unreachable(host: "h", reason: "no route")), "unavailable"),
        (.failure(.nameNotFound(host: "h")), "unavailable"),
        (.failure(.tls(host: "h", reason: "expired")), "unavailable"),
        (.failure(.timedOut(host: "h")), "unavailable"), (.failure(.cut(host: "h")), "unavailable"),
        (.failure(.tooLarge(limitBytes: 8_388_608)), "malformed"),
        (.failure(.redirected(toHost: "h")), "malformed"),
        (.failure(.insecureOrigin(host: "h")), "refused"), (.failure(.cancelled), "cancelled"),
    ])
    func `that goes wrong says how in one sentence without the token`(
        answer: Scene.Answer,
        kind: String
    ) async throws {
        let look = try await Scene(answer).source().lookUp("A12")
        #expect(look.requests == 1)
        let said = "\(look)"
        #expect(said.contains(kind))
        #expect(!said.contains(Scene.token))
        switch look.answer {
        case .failed(let error): expectSentence(error.sentence)
        case .refused(let reason): expectSentence(reason)
        default: Issue.record("\(look.answer)")
        }
    }

    @Test(
        arguments: [
            ("7", nil, 7), (" 12 ", nil, 12), ("0", nil, 0), ("100000", nil, 300),
            ("9223372036854775807", nil, 300), ("-4", nil, nil), ("soon", nil, nil),
            (nil, nil, nil),
            ("Tue, 15 Sep 2026 10:00:42 GMT", "Tue, 15 Sep 2026 10:00:00 GMT", 42),
            ("Wed, 16 Sep 2026 10:00:42 GMT", "Tue, 15 Sep 2026 10:00:00 GMT", 300),
            ("Tue, 15 Sep 2026 09:59:42 GMT", "Tue, 15 Sep 2026 10:00:00 GMT", 0),
            ("Fri, 01 Mar 2024 00:00:01 GMT", "Thu, 29 Feb 2024 23:59:59 GMT", 2),
            ("Tue, 15 Sep 2026 10:00:07 GMT", nil, 7),
        ] as [(String?, String?, Int?)]
    )
    func `of an overloaded service says how long to wait`(
        header: String?,
        date: String?,
        seconds: Int?
    ) async throws {
        let headers = [("retry-after", header), ("date", date)]
            .compactMap { name, value in value.map { (name, $0) } }
        let look = try await Scene(.reply(429, "", headers)).source().lookUp("A12")
        #expect(
            look.answer == .failed(.overloaded(retryAfter: seconds.map { .seconds($0) }))
        )
    }

    @Test(arguments: ["", ".", "..", String(repeating: "9", count: 300)])
    func `of an id that none can be sends nothing`(id: String) async throws {
        let look = try await Scene().source().lookUp(id)
        #expect(look.requests == 0)
        guard case .notReturned = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
    }

    @Test func `cannot be led to another resource by an id`() async throws {
        let scene = Scene(.status(404))
        _ = try await scene.source().lookUp("../students/A1?x=é")
        #expect(
            scene.addresses.first?
                .contains("/employees/..%2Fstudents%2FA1%3Fx%3D%C3%A9?include=") == true
        )
    }

    @Test func `of another school sends nothing`() async throws {
        let source = try Scene().source()
        let school = SchoolKey(connection: Scene.school.connection, school: "A2")
        for kind in PersonKind.allCases {
            let key = SourceKey(school: school, kind: kind, id: "A12")
            let look = await source.lookUp(key, knowing: Scene.granted, sequence: 1, by: Scene.soon)
            #expect(look.requests == 0)
            guard case .failed(.unknown) = look.answer else {
                Issue.record("\(look.answer)")
                continue
            }
        }
    }

    private func expectSentence(_ text: String) {
        #expect(text.hasSuffix(".") && !text.contains("\n") && text.utf8.count < 300)
        #expect(!text.contains(Scene.token))
    }
}
