import MISEmulator
import Roster
import Testing

@testable import WondeSource

@Suite struct `An emulated school that lists reports` {
    private func run(
        _ adjust: (inout EmulatorConfiguration) -> Void = { _ in },
        pageSize: Int = 50,
        _ body: (EmulatorScene) async throws -> Void
    ) async throws {
        var configuration = EmulatorConfiguration()
        configuration.employees = 130
        configuration.switches.hierarchy = .reports
        adjust(&configuration)
        try await EmulatorScene.run(configuration, hierarchy: .reports, pageSize: pageSize, body)
    }

    @Test func `gives everybody the managers whom it holds`() async throws {
        try await run { scene in
            let known = try await scene.capabilities()
            scene.emulator.clearRequests()
            let all = try await scene.everybody(knowing: known)
            #expect(all.requests == 6)
            #expect(scene.emulator.requestCount == 6)
            let held = try scene.emulator.employees(school: scene.schoolID)
            #expect(all.observations.map(\.key.id) == held.map(\.id))
            for (read, person) in zip(all.observations, held) {
                #expect(
                    Set((read.managers.value ?? []).map(\.key.id)) == Set(person.lineManagerIDs)
                )
            }
            #expect(held.contains { !$0.lineManagerIDs.isEmpty })
        }
    }

    @Test func `says what it would say if it listed managers`() async throws {
        try await run { scene in
            let person = try #require(try scene.emulator.employees(school: scene.schoolID).last)
            let first = try #require(try scene.emulator.employees(school: scene.schoolID).first)
            try scene.emulator.change(school: scene.schoolID, employee: person.id) {
                $0.lineManagers = [
                    ManagerChange(first.id, start: "2020-09-01", end: "2024-08-31")
                ]
            }
            let read = try await scene.everybody().observations
            let key = SourceKey(school: scene.school, kind: .staff, id: first.id)
            let term = Term(start: Day("2020-09-01"), end: Day("2024-08-31"))
            let entry = ManagerEntry(key: key, term: term)
            #expect(read.last?.managers == .value([entry]))
            let look = await scene.lookUp(person.id)
            guard case .found(let found) = look.answer else {
                Issue.record("\(look)")
                return
            }
            #expect(look.requests == 1)
            #expect(found.managers == .notSupplied(.notAskedFor))
        }
    }

    @Test(arguments: [SchoolSwitches.UngrantedAnswer.null, .invalidInclude])
    func `and does not grant them says nothing`(
        answer: SchoolSwitches.UngrantedAnswer
    ) async throws {
        try await run {
            $0.switches.ungranted = ["employee.hierarchy"]
            $0.switches.ungrantedAnswer = answer
        } _: { scene in
            let known = try await scene.capabilities()
            #expect(
                known[.staff, in: scene.schoolID].refusedParts
                    == (answer == .null ? [] : ["hierarchy"])
            )
            let read = try await scene.everybody(knowing: known)
            #expect(read.requests == (answer == .null ? 6 : 3))
            #expect(read.observations.allSatisfy { $0.managers == .notSupplied(.notGranted) })
        }
    }

    @Test func `and refuses them overnight says nothing`() async throws {
        try await run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.deniedIncludes = ["hierarchy"]
            }
            let read = try await scene.everybody()
            #expect(read.requests == 4)
            #expect(read.observations.allSatisfy { $0.managers == .notSupplied(.notGranted) })
            #expect(read.observations.contains { $0.roles.value != nil })
        }
    }
}
