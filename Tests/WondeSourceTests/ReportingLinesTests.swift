import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `A hierarchy of reports` {
    private static let list = "https://api.wonde.com/v1.0/schools/A1000000001/employees"

    private func employee(_ id: String, reports: String...) -> String {
        Scene.employee(#""hierarchy":{"data":[\#(reports.joined(separator: ","))]}"#, id: id)
    }

    private func report(_ id: String, _ meta: String = "{}") -> String {
        #"{"id":"\#(id)","surname":"Dale","meta":\#(meta)}"#
    }

    private func people(_ ids: String...) -> Scene.Answer {
        Scene.list(ids.map { Scene.employee(id: $0) })
    }

    private func more(_ query: String) -> String {
        #"{"next":"\#(Self.list)?\#(query)","more":true}"#
    }

    private func source(_ scene: Scene) throws -> WondeSource {
        try scene.source { $0.hierarchy = .reports }
    }

    private func managers(_ page: RosterPage) -> [String: Observed<[ManagerEntry]>] {
        page.observations.reduce(into: [:]) { $0[$1.key.id] = $1.managers }
    }

    private func manager(_ id: String, _ term: Term = Term()) -> ManagerEntry {
        ManagerEntry(key: Scene.key(id), term: term)
    }

    /// The managers of a list of one page, where the hierarchy reads `rows`.
    private func managers(
        of ids: String...,
        where rows: [String],
        knowing capabilities: Capabilities = Scene.granted
    ) async throws -> [String: Observed<[ManagerEntry]>] {
        let scene = Scene(Scene.list(rows), Scene.list(ids.map { Scene.employee(id: $0) }))
        return managers(try await source(scene).page(knowing: capabilities))
    }

    @Test func `is read to its end before the first page and turned round`() async throws {
        let scene = Scene(
            Scene.list(
                [employee("A1", reports: report("A3")), employee("A2", reports: report("A1"))],
                pagination: more("include=hierarchy&per_page=200&page=2")
            ),
            Scene.list([employee("A3"), employee("A4", reports: report("A3"), report("A2"))]),
            Scene.list(["A1", "A2"].map { Scene.employee(id: $0) }, pagination: more("page=2")),
            people("A3", "A4")
        )
        let source = try source(scene)
        let first = try await source.page()
        #expect(first.requests == 3)
        #expect(managers(first) == ["A1": .value([manager("A2")]), "A2": .value([manager("A4")])])
        let second = try await source.page(at: first.next)
        #expect(second.requests == 1)
        #expect(
            managers(second) == ["A3": .value([manager("A1"), manager("A4")]), "A4": .empty]
        )
        let parts = "contact_details,employment_details,roles,classes,classes.subject"
        let queries = [
            "include=hierarchy&per_page=200", "include=hierarchy&per_page=200&page=2",
            "include=\(parts)&per_page=200", "page=2",
        ]
        #expect(scene.addresses == queries.map { "\(Self.list)?\($0)" })
        let deadlines = Set(scene.requests.prefix(3).map(\.deadline))
        #expect(deadlines.count == 1)
    }

    @Test func `keeps the days of each entry, ended ones too`() async throws {
        let ended = #"{"start_date":"2020-09-01","end_date":{"date":"2024-08-31 00:00:00"}}"#
        let read = try await managers(
            of: "A3",
            where: [
                employee("A1", reports: report("A3", ended)),
                employee("A2", reports: report("A3", #"{"start_date":"2024-09-01"}"#)),
            ]
        )
        let past = Term(start: Day("2020-09-01"), end: Day("2024-08-31"))
        let present = Term(start: Day("2024-09-01"))
        #expect(read == ["A3": .value([manager("A1", past), manager("A2", present)])])
    }

    @Test func `is read anew for each list`() async throws {
        let scene = Scene(
            Scene.list([employee("A1", reports: report("A2"))]),
            people("A2"),
            Scene.list([employee("A3", reports: report("A2"))]),
            people("A2")
        )
        let source = try source(scene)
        #expect(managers(try await source.page()) == ["A2": .value([manager("A1")])])
        #expect(managers(try await source.page()) == ["A2": .value([manager("A3")])])
    }

    @Test func `met twice while reading is one entry`() async throws {
        let twice = employee("A1", reports: report("A2"))
        let read = try await managers(of: "A2", where: [twice, twice])
        #expect(read == ["A2": .value([manager("A1")])])
    }

    @Test(
        arguments: [
            ([.status(500)], .unavailable(reason: "")),
            ([.status(403)], .refused(reason: "")), ([.status(404)], .unknown(reason: "")),
            ([.status(429)], .overloaded(retryAfter: nil)),
            ([.failure(.cancelled)], .cancelled),
            ([.failure(.timedOut(host: "h"))], .unavailable(reason: "")),
            ([.ok("{}")], .malformed(reason: "")),
            ([.ok(#"{"data":[{"id":"A1"},{"id":"A"#)], .malformed(reason: "")),
            ([Scene.list([], pagination: #"{"more":true}"#)], .malformed(reason: "")),
            ([page("https://evil.example", "page=2")], .malformed(reason: "")),
            ([page(list, "page=3")], .malformed(reason: "")),
            ([page(list, "page=2"), .status(503)], .overloaded(retryAfter: nil)),
            (
                [page(list, "cursor=a"), page(list, "cursor=b"), page(list, "cursor=a")],
                .malformed(reason: "")
            ),
        ] as [([Scene.Answer], SourceError)]
    )
    func `that cannot be read to its end fails the page`(
        answers: [Scene.Answer],
        expected: SourceError
    ) async throws {
        let scene = Scene { index, _ in
            index < answers.count ? answers[index] : Scene.list([Scene.employee(id: "A2")])
        }
        let source = try source(scene)
        do throws(SourceError) {
            Issue.record("read as \(try await source.page())")
        } catch {
            #expect(kind(error) == kind(expected))
        }
        #expect(scene.addresses.count == answers.count)
        // Nothing of it is used afterwards.
        let later = try await source.page(at: PageCursor("page=2"))
        #expect(managers(later) == ["A2": .notSupplied(.notAskedFor)])
    }

    private static func page(_ address: String, _ query: String) -> Scene.Answer {
        Scene.list(
            [#"{"id":"A1","hierarchy":{"data":[{"id":"A2"}]}}"#],
            pagination: #"{"next":"\#(address)?\#(query)","more":true}"#
        )
    }

    private func kind(_ error: SourceError) -> Substring {
        "\(error)".prefix { $0 != "(" }
    }

    @Test func `that failed leaves nothing of the list before`() async throws {
        let scene = Scene(
            Scene.list([employee("A1", reports: report("A2"))]),
            people("A2"),
            .status(500),
            people("A2")
        )
        let source = try source(scene)
        _ = try await source.page()
        await #expect(throws: SourceError.self) { _ = try await source.page() }
        let later = try await source.page(at: PageCursor("page=2"))
        #expect(managers(later) == ["A2": .notSupplied(.notAskedFor)])
    }

    @Test func `that another process has read says nothing here`() async throws {
        let scene = Scene(people("A2"))
        let page = try await source(scene).page(at: PageCursor("page=2"))
        #expect(managers(page) == ["A2": .notSupplied(.notAskedFor)])
        #expect(page.requests == 1)
    }

    @Test func `refused by the school is not granted`() async throws {
        let scene = Scene(.invalidInclude, people("A2"))
        let page = try await source(scene).page()
        #expect(managers(page) == ["A2": .notSupplied(.notGranted)])
        #expect(page.requests == 2)
    }

    @Test func `refused half way is not granted either`() async throws {
        let scene = Scene(
            Scene.list([employee("A1", reports: report("A2"))], pagination: more("page=2")),
            .invalidInclude,
            people("A2")
        )
        let page = try await source(scene).page()
        #expect(managers(page) == ["A2": .notSupplied(.notGranted)])
        #expect(page.requests == 3)
    }

    @Test func `known to be refused is not asked for`() async throws {
        var known = Scene.granted
        known[.staff].refusedParts = ["hierarchy"]
        let scene = Scene(people("A2"))
        let page = try await source(scene).page(knowing: known)
        #expect(managers(page) == ["A2": .notSupplied(.notGranted)])
        #expect(page.requests == 1)
    }

    @Test func `is not read where managers are not wanted`() async throws {
        let scene = Scene(people("A2"))
        let source = try scene.source {
            $0.hierarchy = .reports
            $0.fields = []
        }
        #expect(managers(try await source.page()) == ["A2": .notSupplied(.notAskedFor)])
        #expect(
            scene.addresses == [
                "\(Self.list)?include=contact_details,employment_details&per_page=200"
            ]
        )
    }

    @Test func `stays where another part of the page is refused`() async throws {
        let scene = Scene(
            Scene.list([employee("A1", reports: report("A2"))]),
            .invalidInclude,
            people("A2")
        )
        let page = try await source(scene).page()
        #expect(managers(page) == ["A2": .value([manager("A1")])])
        #expect(page.requests == 3)
    }

    @Test func `that names nobody is none only where the school grants it`() async throws {
        let rows = [#"{"id":"A1","hierarchy":null}"#, employee("A2")]
        #expect(try await managers(of: "A1", where: rows) == ["A1": .empty])
        let unknown = try await managers(of: "A1", where: rows, knowing: Capabilities())
        #expect(unknown == ["A1": .notSupplied(.notGranted)])
        let never = Capabilities(neverByProvider: [.managers])
        let lacking = try await managers(of: "A1", where: rows, knowing: never)
        #expect(lacking == ["A1": .notSupplied(.neverByProvider)])
    }

    @Test(arguments: [
        #"{"id":"A9"}"#, #"{"id":"A9","hierarchy":{"data":"A2"}}"#, #""A9""#, "7",
        #"{"id":"A9","hierarchy":{"data":[{"meta":{}}]}}"#,
    ])
    func `with a list that may name anybody says nothing of anybody`(row: String) async throws {
        let rows = [employee("A1", reports: report("A2")), row]
        let read = try await managers(of: "A1", "A2", where: rows)
        let nothing = Observed<[ManagerEntry]>.notSupplied(.notGranted)
        #expect(read == ["A1": nothing, "A2": nothing])
    }

    @Test(arguments: [
        #"{"id":7,"hierarchy":{"data":[{"id":"A2"}]}}"#, #"{"hierarchy":{"data":[{"id":"A2"}]}}"#,
        #"{"id":"A9","hierarchy":{"data":[{"id":"A2","meta":{"end_date":"2026-02-30"}}]}}"#,
    ])
    func `with an entry that cannot be read says nothing of whom it names`(
        row: String
    ) async throws {
        let rows = [employee("A1", reports: report("A2"), report("A3")), row]
        let read = try await managers(of: "A2", "A3", where: rows)
        #expect(read == ["A2": .notSupplied(.notGranted), "A3": .value([manager("A1")])])
    }

    @Test(arguments: [
        (#"{"data":[{"id":"A2","meta":{"end_date":"2026-02-30"}}]}"#, "hierarchy.end_date"),
        (#"{"data":[{"meta":{}}]}"#, "entry without id"), (#"{"data":7}"#, "value in hierarchy"),
    ])
    func `that cannot be read is told of the manager`(
        hierarchy: String,
        reason: String
    ) async throws {
        let row = Scene.employee(#""hierarchy":\#(hierarchy)"#, id: "A1")
        let scene = Scene(Scene.list([row]), people("A1", "A2"))
        let page = try await source(scene).page()
        #expect(page.observations.map(\.key.id) == ["A2"])
        #expect(page.unreadable.map(\.id) == ["A1"])
        #expect(page.unreadable.first?.reason.contains(reason) == true)
    }
}
