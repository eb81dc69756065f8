import Roster
import Testing

@testable import WondeSource

@Suite struct `A record that cannot be read` {
    @Test(arguments: [
        (#"{"id":"A2","surname":{"x":1}}"#, "A2", "surname"),
        (#"{"surname":["x"],"id":"A2"}"#, "A2", "surname"),
        (#"{"id":"A2","contact_details":{"data":{"emails":"x"}}}"#, "A2", "contact_details"),
        (#"{"id":"A2","contact_details":{"data":[1]}}"#, "A2", "contact_details"),
        (#"{"id":"A2","employment_details":{"data":{"current":"yes"}}}"#, "A2", "employment"),
        (#"{"id":"A2","employment_details":{"data":{"current":2}}}"#, "A2", "employment"),
        (#"{"id":"A2","roles":{"data":{"0":{"role":"x"}}}}"#, "A2", "roles"),
        (#"{"id":"A2","roles":{"data":["x"]}}"#, "A2", "roles"),
        (
            #"{"id":"A2","roles":{"data":[{"role":"x","end_date":"2024-02-30"}]}}"#, "A2",
            "roles.end_date"
        ),
        (
            #"{"id":"A2","roles":{"data":[{"role":"x","start_date":{"date":"2024-13-45"}}]}}"#,
            "A2",
            "roles.start_date"
        ),
        (
            #"{"id":"A2","roles":{"data":[{"role":"x","start_date":1693526400}]}}"#, "A2",
            "roles.start_date"
        ),
        (
            #"{"id":"A2","hierarchy":{"data":[{"id":"A3","meta":{"end_date":"soon"}}]}}"#, "A2",
            "hierarchy.end_date"
        ),
        (#"{"id":"A2","classes":{"data":[{"id":null,"name":"x"}]}}"#, "A2", "classes"),
        (#"{"id":"A2","classes":{"data":[{"id":15,"name":"x"}]}}"#, "A2", "classes"),
        (
            #"{"id":"A2","employment_details":{"data":{"current":false,"employment_start_date":"x"}}}"#,
            "A2", "employment_start_date"
        ),
        (#"{"surname":"x"}"#, nil, "no id"), (#"{"id":null}"#, nil, "no id"),
        (#"{"id":" "}"#, nil, "no id"), (#"{"id":1200000001}"#, nil, "id"),
        (#""this is no record""#, nil, "object"), ("null", nil, "object"), ("[]", nil, "object"),
    ])
    func `is counted with its reason and stops nobody else`(
        record: String,
        id: String?,
        word: String
    ) async throws {
        let before = Scene.employee(#""surname":"Before""#, id: "A1")
        let after = Scene.employee(#""surname":"After""#, id: "A9")
        let page = try await Scene(Scene.list([before, record, after])).source().page()
        #expect(page.observations.map(\.surname) == [.value("Before"), .value("After")])
        #expect(page.unreadable.map(\.id) == [id])
        let reason = try #require(page.unreadable.first?.reason)
        #expect(reason.contains(word))
        #expect(reason.hasSuffix("."))
    }

    @Test func `is a failed look-up, never an emptied person`() async throws {
        let look = try await Scene(Scene.single(#""surname":{"x":1}"#)).source().lookUp("A12")
        guard case .failed(.malformed(let reason)) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(reason.contains("A12"))
    }

    @Test func `parts that nobody asked for may have any shape`() async throws {
        let person = try await Scene.observation(
            #""roles":7,"classes":"x","photo":{"data":[[]]},"surname":"Dale""#,
            settings: { $0.fields = [] }
        )
        #expect(person.surname == .value("Dale"))
    }

    @Test func `an id that occurs twice counts once, and is told of where the two differ`()
        async throws
    {
        let same = Scene.employee(#""surname":"Dale""#, id: "A1")
        let other = Scene.employee(#""surname":"Hill""#, id: "A1")
        let third = Scene.employee(#""surname":"Rose""#, id: "A2")
        let twice = try await Scene(Scene.list([same, same, third])).source().page()
        #expect(twice.observations.count == 2)
        #expect(twice.unreadable.isEmpty)
        let differing = try await Scene(Scene.list([same, other, third])).source().page()
        #expect(differing.observations.map(\.surname) == [.value("Dale"), .value("Rose")])
        #expect(differing.unreadable.map(\.id) == ["A1"])
    }
}
