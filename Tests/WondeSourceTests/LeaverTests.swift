import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `Pupils who left` {
    private static let base = "https://api.wonde.com/v1.0/schools/A1000000001"

    /// Four hundred days before the scene's moment, less the second that a question reaches back.
    private static let first = "per_page=200&updated_after=2025-08-11%2009%3A59%3A59"

    private func pages(
        _ scene: Scene,
        changedSince: Timestamp? = nil
    ) async throws -> [RosterPage] {
        let source = try scene.source()
        var pages = [try await source.page(of: .student, changedSince: changedSince)]
        while let next = pages.last?.next, pages.count < 9 {
            pages.append(
                try await source.page(of: .student, at: next, changedSince: changedSince)
            )
        }
        return pages
    }

    @Test func `are read after those on roll, page by page, by their names alone`() async throws {
        let next = "\(Self.base)/students-leaver?per_page=200&updated_after=2025-08-11&page=2"
        let scene = Scene(
            Scene.list([Scene.employee(id: "A1")]),
            Scene.list(
                [Scene.employee(#""surname":"Dale","education_details":7"#, id: "A2")],
                pagination: #"{"next":"\#(next)","more":true}"#
            ),
            Scene.list([Scene.employee(id: "A3")])
        )
        let pages = try await pages(scene)
        #expect(pages.map(\.listsLeavers) == [false, true, true])
        #expect(pages.map { $0.observations.map(\.key.id) } == [["A1"], ["A2"], ["A3"]])
        #expect(
            pages.map { $0.observations.map(\.standing) }
                == [[.unstated], [.left(.listedApart)], [.left(.listedApart)]]
        )
        #expect(pages[1].observations.first?.email == .notSupplied(.notGranted))
        #expect(
            scene.addresses == [
                "\(Self.base)/students?include=contact_details,education_details,classes,"
                    + "classes.subject&per_page=200",
                "\(Self.base)/students-leaver?\(Self.first)", next,
            ]
        )
    }

    @Test func `are listed since the same moment as changes`() async throws {
        let scene = Scene(Scene.list([]), Scene.list([]))
        let moment = Timestamp(milliseconds: 1_789_466_400_000)
        let pages = try await pages(scene, changedSince: moment)
        #expect(pages.count == 2)
        #expect(
            scene.addresses.allSatisfy { $0.contains("updated_after=2026-09-15%2009%3A59%3A59") }
        )
    }

    @Test(arguments: [403, 404])
    func `are nobody where the school does not show them`(status: Int) async throws {
        let pages = try await pages(Scene(Scene.list([]), .status(status)))
        #expect(pages.last == RosterPage(observations: [], next: nil, listsLeavers: true))
    }

    @Test(arguments: [401, 429, 500])
    func `that cannot be read are an error, for silence says nothing`(status: Int) async throws {
        let scene = Scene(Scene.list([]), .status(status))
        let source = try scene.source()
        let first = try await source.page(of: .student)
        await #expect(throws: SourceError.self) {
            _ = try await source.page(of: .student, at: first.next)
        }
    }

    @Test func `are no list of anybody else`() async throws {
        let source = try Scene().source()
        for kind in [PersonKind.staff, .contact] {
            await #expect(throws: SourceError.self) {
                _ = try await source.page(of: kind, at: PageCursor("leavers?page=2"))
            }
        }
    }

    @Test func `are found by a look-up that finds nobody on roll`() async throws {
        let scene = Scene(.status(404), Scene.single(#""surname":"Dale""#))
        let look = try await scene.source().lookUp(.student, "A12")
        guard case .found(let person) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(person.standing == .left(.listedApart))
        #expect(look.requests == 2)
        #expect(scene.addresses.last == "\(Self.base)/students-leaver/A12")
    }

    @Test(arguments: ["2026-09-16", "2027-01-04", "2019-09-01"])
    func `have left, whatever day they are to come back`(admission: String) async throws {
        let details = #""education_details":{"data":{"admission_date":"\#(admission)"}}"#
        let scene = Scene(
            Scene.list([]),
            Scene.list([Scene.employee(details, id: "A2")]),
            .status(404),
            Scene.single(details)
        )
        let listed = try await pages(scene).last?.observations
        #expect(listed?.map(\.standing) == [.left(.listedApart)])
        guard case .found(let person) = try await scene.source().lookUp(.student, "A12").answer
        else {
            Issue.record("not found")
            return
        }
        #expect(person.standing == .left(.listedApart))
    }

    @Test(arguments: [
        Scene.Answer.status(404), .status(403), .status(401), .status(500), .status(503),
        .ok("<html>"), .ok(#"{"data":{}}"#), .ok(#"{"data":{"id":"A13"}}"#), .invalidInclude,
        .failure(.stopped),
    ])
    func `that cannot be looked up were not returned, and that is no evidence`(
        second: Scene.Answer
    ) async throws {
        let look = try await Scene(.status(404), second).source().lookUp(.student, "A12")
        guard case .notReturned = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(look.requests == 2)
    }

    @Test(arguments: [403, 500])
    func `are not asked for where the roll did not answer`(status: Int) async throws {
        let look = try await Scene(.status(status)).source().lookUp(.student, "A12")
        #expect(look.requests == 1)
    }

    @Test func `are not asked for by a third request`() async throws {
        let scene = Scene(.invalidInclude, .status(404))
        let look = try await scene.source().lookUp(.student, "A12")
        guard case .notReturned = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(look.requests == 2)
    }
}
