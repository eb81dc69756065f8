import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `A page of staff` {
    private static let path = "/v1.0/schools/A1000000001/employees"
    private static let origin = "https://api.wonde.com"

    private func next(_ query: String, origin: String = origin, path: String = path) -> String {
        #"{"next":"\#(origin)\#(path)?\#(query)","more":true,"per_page":"50","current_page":1}"#
    }

    @Test func `is asked for with the includes of a look-up, 200 people at a time`() async throws {
        let scene = Scene(Scene.list([]))
        let page = try await scene.source().page()
        #expect(page == RosterPage(observations: [], next: nil, requests: 1))
        let address =
            Self.origin + Self.path
            + "?include=contact_details,employment_details,roles,hierarchy,classes,classes.subject"
            + "&per_page=200"
        #expect(scene.addresses == [address])
    }

    @Test(arguments: [
        "include=classes&page=2", "cursor=eyJpZCI6MX0%3D&include=roles",
        "page=2&include=contact_details%2Croles&per_page=200",
    ])
    func `goes on at the query that Wonde gives`(query: String) async throws {
        let scene = Scene(
            Scene.list([Scene.employee()], pagination: next(query)),
            Scene.list([Scene.employee(id: "A13")])
        )
        let source = try scene.source()
        let first = try await source.page()
        let cursor = try #require(first.next)
        #expect(cursor.text == query)
        let second = try await source.page(at: cursor)
        #expect(second.next == nil)
        #expect(scene.addresses.last == "\(Self.origin)\(Self.path)?\(query)")
    }

    @Test(arguments: [
        ("https://api.wonde.com:443", path), ("HTTPS://API.wonde.com", path),
        (origin, path + "/"),
    ])
    func `goes on at its own address however it is written`(
        origin: String,
        path: String
    ) async throws {
        let list = Scene.list([], pagination: next("page=2", origin: origin, path: path))
        #expect(try await Scene(list).source().page().next == PageCursor("page=2"))
    }

    @Test(arguments: [
        ("https://evil.example", path), ("http://api.wonde.com", path),
        ("https://api.wonde.com:8443", path), ("https://api.wonde.com.evil.example", path),
        ("https://user@api.wonde.com", path), ("https://api.wonde.com@evil.example", path),
        ("https://api-us-west-2.wonde.com", path), ("", path), ("//api.wonde.com", path),
        (origin, "/v1.0/schools/A1000000002/employees"), (origin, "/v1.0/schools"),
        (origin, path + "/../students"), (origin, path + "#"), ("https://api.wonde.com\\\\", path),
    ])
    func `never goes on anywhere else`(origin: String, path: String) async throws {
        let scene = Scene(Scene.list([], pagination: next("page=2", origin: origin, path: path)))
        await expectMalformed(try scene.source())
        #expect(scene.addresses.count == 1)
    }

    @Test(arguments: [
        "include=contact_details&per_page=200&page=1", "page=0", "page=-1", "page=x y",
    ])
    func `that leads back to itself is no list`(query: String) async throws {
        await expectMalformed(try Scene(Scene.list([], pagination: next(query))).source())
    }

    @Test(arguments: [("page=3", "page=3"), ("page=3", "page=2"), ("cursor=a", "cursor=a")])
    func `that leads back to an earlier one is no list`(here: String, there: String) async throws {
        await expectMalformed(
            try Scene(Scene.list([], pagination: next(there))).source(),
            at: PageCursor(here)
        )
    }

    @Test(arguments: [
        #"{"next":null,"more":false}"#, #"{"next":null}"#, #"{"more":false}"#, #"{"next":""}"#,
        #"{"next":"https://evil.example/","more":false}"#, #"{"next":null,"more":"0"}"#, "{}",
    ])
    func `is the last where Wonde says so`(pagination: String) async throws {
        let scene = Scene(Scene.list([Scene.employee()], pagination: pagination))
        #expect(try await scene.source().page().next == nil)
    }

    @Test(arguments: ["null", "[]", nil])
    func `without meta is the last unless it is full`(pagination: String?) async throws {
        let rows = (1...3).map { Scene.employee(id: "A\($0)") }
        let list = Scene.list(rows, pagination: pagination)
        #expect(try await Scene(list).source { $0.pageSize = 4 }.page().observations.count == 3)
        await expectMalformed(try Scene(list).source { $0.pageSize = 3 })
    }

    @Test func `that says there is more but not where is no list`() async throws {
        let list = Scene.list([Scene.employee()], pagination: #"{"more":true,"next":null}"#)
        await expectMalformed(try Scene(list).source())
    }

    @Test(arguments: [
        Scene.Answer.ok("{}"), .ok(#"{"data":null}"#), .ok(#"{"data":{}}"#), .ok("[]"),
        .ok(#"{"data":[{"id":"A1"},{"id":"A"#), .ok("<html>"), .status(418),
        .ok(#"{"data":[],"meta":{"pagination":{"next":{}}}}"#),
    ])
    func `of a wrong shape is an error and not an empty list`(answer: Scene.Answer) async throws {
        await expectMalformed(try Scene(answer).source())
    }

    @Test func `that meets a refused part goes on with the required ones`() async throws {
        let scene = Scene(
            .invalidInclude,
            Scene.list([Scene.employee()], pagination: next("page=2")),
            .invalidInclude,
            Scene.list([Scene.employee(id: "A13")])
        )
        let source = try scene.source()
        let page = try await source.page()
        #expect(page.requests == 2)
        #expect(page.observations.first?.roles == .notSupplied(.notGranted))
        _ = try await source.page(at: PageCursor("cursor=x&include=roles%2Cclasses&per_page=200"))
        #expect(
            scene.addresses.last
                == "\(Self.origin)\(Self.path)?include=contact_details&cursor=x&per_page=200"
        )
    }

    @Test(
        arguments: [
            (1_789_466_400_000, "2026-09-15%2009%3A59%3A59"),
            (1_789_466_400_999, "2026-09-15%2009%3A59%3A59"),
            (1_709_251_200_000, "2024-02-29%2023%3A59%3A59"),
            (1_704_067_200_500, "2023-12-31%2023%3A59%3A59"), (0, "1970-01-01%2000%3A00%3A00"),
            (Int64.min, "1970-01-01%2000%3A00%3A00"), (Int64.max, "9999-12-31%2023%3A59%3A59"),
        ] as [(Int64, String)]
    )
    func `of changes is asked for from the second before, in UTC`(
        milliseconds: Int64,
        text: String
    ) async throws {
        let scene = Scene(Scene.list([]))
        let source = try scene.source()
        _ = try await source.page(changedSince: Timestamp(milliseconds: milliseconds))
        #expect(scene.addresses.first?.hasSuffix("&per_page=200&updated_after=\(text)") == true)
        #expect(source.readsChanges)
    }

    private let since = Timestamp(milliseconds: 1_789_466_400_000)
    private let changes = "include=roles&updated_after=2026-09-15+09%3A59%3A59&page=2"

    @Test func `of changes goes on at the query that Wonde gives, and asks no other moment`()
        async throws
    {
        let scene = Scene(
            Scene.list([], pagination: next(changes)),
            Scene.list([], pagination: next("include=roles&page=3")),
            Scene.list([])
        )
        let source = try scene.source()
        let first = try await source.page(changedSince: since)
        let second = try await source.page(at: first.next, changedSince: since)
        // More than was asked for may be listed.
        let third = try await source.page(at: second.next, changedSince: since)
        #expect(third.next == nil)
        #expect(
            scene.addresses.dropFirst().map { $0.split(separator: "?").last ?? "" }
                == ["\(changes)", "include=roles&page=3"]
        )
    }

    @Test func `of everybody never becomes one of changes`() async throws {
        await expectMalformed(try Scene(Scene.list([], pagination: next(changes))).source())
        await expectMalformed(try Scene().source(), at: PageCursor(changes))
    }

    @Test func `of changes that meets a refused part keeps its moment`() async throws {
        let scene = Scene(.invalidInclude, Scene.list([]))
        let page = try await scene.source().page(changedSince: since)
        #expect(page.requests == 2)
        #expect(
            scene.addresses.last
                == "\(Self.origin)\(Self.path)?include=contact_details&per_page=200"
                + "&updated_after=2026-09-15%2009%3A59%3A59"
        )
    }

    @Test(arguments: [
        ([Scene.Answer.invalidInclude, .invalidInclude], "refused"), ([.status(401)], "refused"),
        ([.status(403)], "refused"), ([.status(404)], "unknown"), ([.status(500)], "unavailable"),
        ([.failure(.timedOut(host: "h"))], "unavailable"), ([.failure(.cancelled)], "cancelled"),
        ([.status(429)], "overloaded"),
        ([.failure(.tooLarge(limitBytes: 67_108_864))], "malformed"),
    ])
    func `that is not answered says why`(answers: [Scene.Answer], kind: String) async throws {
        let source = try Scene(by: { index, _ in answers[index] }).source()
        do throws(SourceError) {
            _ = try await source.page()
            Issue.record("was answered")
        } catch {
            #expect("\(error)".contains(kind))
            #expect(!"\(error)".contains(Scene.token))
        }
    }

    @Test(arguments: ["", "a b", "page=2#x", "page=2\r\nHost: evil.example", "é"])
    func `is not asked for at a place that Wonde cannot have given`(cursor: String) async throws {
        await expectMalformed(try Scene().source(), at: PageCursor(cursor))
    }

    private func expectMalformed(
        _ source: WondeSource,
        at cursor: PageCursor? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do throws(SourceError) {
            let page = try await source.page(at: cursor)
            Issue.record("read as \(page)", sourceLocation: sourceLocation)
        } catch {
            guard case .malformed(let reason) = error else {
                Issue.record("\(error)", sourceLocation: sourceLocation)
                return
            }
            #expect(
                reason.hasSuffix(".") && !reason.contains("evil"),
                sourceLocation: sourceLocation
            )
        }
    }
}
