import MISEmulator
import Roster
import Testing

@testable import WondeSource

/// What a look-up may cost, over a real socket: the requests that the service counts.
@Suite(.timeLimit(.minutes(2))) struct `The declared number of requests` {
    /// A state of a school, and whom to look up in it.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var switches: @Sendable (inout SchoolSwitches) -> Void = { _ in }
        var fault: Fault?
    }

    static let rows: [Row] = [
        Row(testDescription: "everything is granted"),
        Row(
            testDescription: "every part is refused",
            switches: { $0.deniedIncludes = IncludePart.allCases.map(\.rawValue) }
        ),
        Row(
            testDescription: "parts that may be done without are refused",
            switches: {
                $0.deniedIncludes = IncludePart.allCases.filter { !$0.isRequired }.map(\.rawValue)
            }
        ),
        Row(
            testDescription: "the kind is refused",
            switches: { $0.deniedResources = ["employees", "students", "contacts"] }
        ),
        Row(testDescription: "the service is broken", fault: Fault(.status, status: 500)),
        Row(testDescription: "the service is overloaded", fault: Fault(.status, status: 429)),
        Row(testDescription: "the token is not accepted", fault: Fault(.status, status: 401)),
        Row(testDescription: "the answers break off", fault: Fault(.truncate)),
    ]

    @Test(arguments: rows)
    func `is not exceeded for anybody of any kind`(row: Row) async throws {
        try await EmulatorScene.run { scene in
            let emulator = scene.emulator
            let school = scene.schoolID
            let students = try emulator.students(school: school)
            let left = try #require(students.first { !$0.hasLeft })
            try emulator.change(school: school, student: left.id) { $0.left = "2026-07-17" }
            let staff = try #require(try emulator.employees(school: school).first)
            let pupil = try #require(students.last { !$0.hasLeft })
            let contact = try #require(try emulator.contacts(school: school).first)
            let ids = [staff.id, left.id, pupil.id, contact.id, "A9999999999"]
            try emulator.setSwitches(school: school, row.switches)
            for kind in PersonKind.allCases {
                for id in ids {
                    if let fault = row.fault { emulator.setFaults([fault]) }
                    let before = emulator.requestCount
                    let look = await scene.source.lookUp(
                        SourceKey(school: scene.school, kind: kind, id: id),
                        knowing: Scene.granted,
                        sequence: 1,
                        by: Scene.soon
                    )
                    let sent = emulator.requestCount - before
                    #expect(sent <= scene.source.requestsPerLookUp(of: kind), "\(kind) \(id)")
                    #expect(sent == look.requests, "\(kind) \(id)")
                }
            }
        }
    }

    @Test func `is what the dearest look-up of a kind costs`() async throws {
        try await EmulatorScene.run { scene in
            #expect(
                PersonKind.allCases.map(scene.source.requestsPerLookUp) == [2, 2, 1],
                "\(PersonKind.allCases)"
            )
        }
    }
}
