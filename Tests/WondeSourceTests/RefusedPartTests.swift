import Roster
import Testing

@testable import WondeSource

/// Parts of a pupil that a school refuses: when she left, and who is responsible for her.
@Suite struct `A refused part of a pupil` {
    private static let everything =
        #""surname":"Dale","education_details":{"data":{"admission_date":"2020-09-01"}},"#
        + #""contacts":{"data":[{"id":"A5","relationship":{"relationship":"Mother"}}]}"#

    private static func source(_ scene: Scene) throws -> WondeSource {
        try scene.source { $0.fields.insert(.contacts) }
    }

    private static func expectSilence(_ person: Observation?, _ line: SourceLocation) {
        #expect(person?.surname == .value("Dale"), sourceLocation: line)
        #expect(person?.standing == .unstated, sourceLocation: line)
        #expect(person?.contacts == .notSupplied(.notGranted), sourceLocation: line)
        #expect(person?.neutralKeys == [], sourceLocation: line)
    }

    @Test func `says neither that she is here nor that nobody is responsible for her`()
        async throws
    {
        let scene = Scene(.invalidInclude, Scene.single(#""surname":"Dale""#))
        let look = try await Self.source(scene).lookUp(.student, "A12")
        guard case .found(let person) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        Self.expectSilence(person, #_sourceLocation)
        #expect(look.requests == 2)
    }

    @Test func `is asked for again at the next login, and others are not`() async throws {
        let scene = Scene(.invalidInclude, Scene.single(""), Scene.single(Self.everything))
        let source = try Self.source(scene)
        let learnt = try #require(await source.lookUp(.student, "A12").learnt)
        #expect(
            learnt[.student, in: Scene.school.school].refusedParts == [
                "classes", "classes.subject",
            ]
        )
        let again = await source.lookUp(.student, "A12", knowing: learnt)
        #expect(
            scene.addresses.last?.hasSuffix("?include=contact_details,education_details,contacts")
                == true
        )
        guard case .found(let person) = again.answer else {
            Issue.record("\(again.answer)")
            return
        }
        #expect(person.standing == .current)
        #expect(person.contacts.value?.map(\.key.id) == ["A5"])
    }

    @Test(arguments: ["education_details", "contacts"])
    func `that a full run found refused is not asked for, and says nothing`(
        part: String
    ) async throws {
        var known = Scene.granted
        known[.student].refusedParts = [part]
        let look = try await Self.source(Scene(Scene.single(Self.everything)))
            .lookUp(.student, "A12", knowing: known)
        guard case .found(let person) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        let hidesStanding = part == "education_details"
        #expect(person.standing == (hidesStanding ? .unstated : .current))
        #expect((person.contacts.value == nil) == !hidesStanding)
    }

    @Test func `says nothing on the page that met it, nor on those after`() async throws {
        let next =
            "https://api.wonde.com/v1.0/schools/A1000000001/students?include=contact_details&page=2"
        let row = Scene.employee(#""surname":"Dale""#)
        let scene = Scene(
            .invalidInclude,
            Scene.list([row], pagination: #"{"next":"\#(next)","more":true}"#),
            Scene.list([row])
        )
        let source = try Self.source(scene)
        let first = try await source.page(of: .student)
        Self.expectSilence(first.observations.first, #_sourceLocation)
        let second = try await source.page(of: .student, at: first.next)
        Self.expectSilence(second.observations.first, #_sourceLocation)
        #expect(scene.addresses.last == next)
    }
}
