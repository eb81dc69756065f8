import MISEmulator
import Roster
import Testing

@testable import WondeSource

@Suite(.timeLimit(.minutes(2))) struct `Over a real socket` {
    @Test func `the school is described as it is`() async throws {
        try await EmulatorScene.run { scene in
            let description = try await scene.source.describe([.staff], by: Scene.soon)
            #expect(description.schools.map(\.id) == [scene.schoolID])
            #expect(description.schools.first?.name == scene.emulator.schools.first?.name)
            #expect(description.schools.first?.timeZone == "Europe/London")
            #expect(description.requests == scene.emulator.requestCount)
            let known = description.capabilities
            #expect(known.provider == "SIMS")
            #expect(known[.staff, in: scene.schoolID].hasClasses)
            #expect(known[.staff, in: scene.schoolID].refusedParts == [])
            #expect(
                PersonKind.staff.fields.allSatisfy {
                    known[.staff, in: scene.schoolID].grants[$0] == .granted
                }
            )
        }
    }

    @Test func `everybody is read, as the emulator holds them`() async throws {
        var configuration = EmulatorConfiguration()
        configuration.employees = 130
        try await EmulatorScene.run(configuration, pageSize: 50) { scene in
            let known = try await scene.capabilities()
            scene.emulator.clearRequests()
            let all = try await scene.everybody(knowing: known)
            #expect(all.requests == 3)
            #expect(scene.emulator.requestCount == 3)
            #expect(all.unreadable == [])
            let held = try scene.emulator.employees(school: scene.schoolID)
            #expect(all.observations.map(\.key.id) == held.map(\.id))
            for (read, person) in zip(all.observations, held) { expect(read, agreesWith: person) }
            let count = try await scene.source.count(of: .staff, in: scene.school, by: Scene.soon)
            #expect(count == held.count)
        }
    }

    private func expect(_ read: Observation, agreesWith held: EmployeeSummary) {
        #expect(read.forename.value == held.forename)
        #expect(read.surname.value == held.surname)
        #expect(read.title.value == held.title)
        #expect(read.initials.value == held.initials)
        #expect(read.email.value == held.workEmail)
        if let phone = held.phone { #expect(read.phone == .value(phone)) }
        #expect(read.teachingStaff.value == held.teachingStaff)
        #expect(read.neutralKeys.map(\.text) == [held.teacherNumber].compactMap(\.self))
        #expect((read.roles.value ?? []).map(\.title) == held.roles)
        #expect((read.managers.value ?? []).map(\.key.id) == held.lineManagerIDs)
        #expect(
            (read.classes.value ?? []).map(\.teachingClass.key.id).sorted()
                == held.classIDs.sorted()
        )
        switch held.current {
        case true?: #expect(read.standing == .current)
        case false?: #expect(read.standing == .left(.notCurrent))
        case nil: #expect(read.standing == .unstated)
        }
    }

    @Test func `a look-up is one request and says what the list says`() async throws {
        try await EmulatorScene.run { scene in
            let known = try await scene.capabilities()
            let everybody = try await scene.everybody(knowing: known).observations
            for person in everybody.prefix(10) {
                scene.emulator.clearRequests()
                let look = await scene.lookUp(person.key.id, knowing: known)
                #expect(look == LookUp(.found(person), requests: 1))
                #expect(scene.emulator.requestCount == 1)
            }
        }
    }

    @Test func `a change is seen by the next look-up`() async throws {
        try await EmulatorScene.run { scene in
            let people = try scene.emulator.employees(school: scene.schoolID)
            let person = try #require(people.first { $0.current == true })
            let manager = try #require(people.last { $0.current == true })
            try scene.emulator.change(school: scene.schoolID, employee: person.id) {
                $0.surname = "O'Neill"
                $0.roles = [RoleChange("Head of Year", start: "2026-09-01", end: "2027-08-31")]
                $0.lineManagers = [ManagerChange(manager.id, start: "2026-09-01")]
            }
            guard case .found(let read) = await scene.lookUp(person.id).answer else {
                Issue.record("not found")
                return
            }
            #expect(read.surname == .value("O'Neill"))
            let start = Day("2026-09-01")
            #expect(
                read.roles
                    == .value([
                        StaffRole(
                            title: "Head of Year",
                            term: Term(start: start, end: Day("2027-08-31"))
                        )
                    ])
            )
            let key = SourceKey(school: scene.school, kind: .staff, id: manager.id)
            #expect(
                read.managers == .value([ManagerEntry(key: key, term: Term(start: start))])
            )
        }
    }

    @Test(
        arguments: [
            { $0.dates = .string }, { $0.perPageAs = .string }, { $0.escapesText = true },
            { $0.metaMissing = true }, { $0.perPageLimit = 25 },
        ] as [@Sendable (inout SchoolSwitches) -> Void]
    )
    func `the awkward shapes say the same`(
        awkward: @Sendable (inout SchoolSwitches) -> Void
    ) async throws {
        try await EmulatorScene.run { scene in
            let plain = try await scene.everybody()
            try scene.emulator.setSwitches(school: scene.schoolID, awkward)
            #expect(try await scene.everybody().observations == plain.observations)
        }
    }

    @Test(arguments: [SchoolSwitches.UngrantedAnswer.null, .invalidInclude])
    func `what is not granted is not supplied and never none`(
        answer: SchoolSwitches.UngrantedAnswer
    ) async throws {
        var configuration = EmulatorConfiguration()
        configuration.switches.ungranted = [
            "employee.roles", "employee.hierarchy", "employee.employment_details",
            "employee.contact_details.phones", "employee.title",
        ]
        configuration.switches.ungrantedAnswer = answer
        try await EmulatorScene.run(configuration) { scene in
            let known = try await scene.capabilities()
            #expect(known[.staff, in: scene.schoolID].grants[.roles] == .denied)
            let includes: Set<String> = ["roles", "hierarchy", "employment_details"]
            #expect(
                known[.staff, in: scene.schoolID].refusedParts == (answer == .null ? [] : includes)
            )
            for person in try await scene.everybody(knowing: known).observations {
                #expect(person.roles == .notSupplied(.notGranted))
                #expect(person.managers == .notSupplied(.notGranted))
                #expect(person.teachingStaff == .notSupplied(.notGranted))
                #expect(person.phone == .notSupplied(.notGranted))
                #expect(person.title == .notSupplied(.notGranted))
                #expect(person.standing == .unstated)
                #expect(person.neutralKeys.isEmpty)
                #expect(person.surname.value != nil)
            }
        }
    }

    @Test func `a part refused overnight costs one login a second request`() async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            let known = try await scene.capabilities()
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.deniedIncludes = ["hierarchy"]
            }
            let first = await scene.lookUp(id, knowing: known)
            #expect(first.requests == 2)
            guard case .found = first.answer else {
                Issue.record("\(first)")
                return
            }
            let second = await scene.lookUp(id, knowing: try #require(first.learnt))
            #expect(second.requests == 1)
            #expect(
                try await scene.capabilities()[.staff, in: scene.schoolID].refusedParts == [
                    "hierarchy"
                ]
            )
        }
    }

    @Test func `groups stand in where a school has no classes`() async throws {
        var configuration = EmulatorConfiguration()
        configuration.switches.classesAbsent = true
        try await EmulatorScene.run(configuration) { scene in
            let known = try await scene.capabilities()
            #expect(!known[.staff, in: scene.schoolID].hasClasses)
            let people = try await scene.everybody(knowing: known).observations
            let classes = people.flatMap { $0.classes.value ?? [] }
            #expect(!classes.isEmpty)
            #expect(classes.allSatisfy { $0.role == .teacher })
        }
    }

    @Test func `odd people are read, or counted with a reason, and the rest stay as they are`()
        async throws
    {
        try await EmulatorScene.run { scene in
            let before = try await scene.everybody()
            let odd = try scene.emulator.addOddPeople(school: scene.schoolID)
            let after = try await scene.everybody()
            #expect(
                Array(after.observations.prefix(before.observations.count)) == before.observations
            )
            let read = Set(after.observations.map(\.key.id))
            for kind in [
                "apostrophes", "rightToLeft", "emoji", "tenThousandCharacters", "nul",
                "controlCharacters", "combiningMarks", "duplicateID", "nullNames",
            ] {
                #expect(read.contains(try #require(odd[kind])), "\(kind)")
            }
            for kind in ["impossibleDate", "missingID", "wrongTypes", "recordIsText"] {
                #expect(!read.contains(try #require(odd[kind])), "\(kind)")
            }
            #expect(after.unreadable.count >= 4)
            #expect(after.unreadable.allSatisfy { $0.reason.hasSuffix(".") })
        }
    }

    @Test(arguments: [Oddity.missingID, .wrongTypes, .recordIsText])
    func `a manager's spoilt record costs those who report to her nothing but that line`(
        oddity: Oddity
    ) async throws {
        try await EmulatorScene.run { scene in
            let people = try scene.emulator.employees(school: scene.schoolID)
            let reporting = Dictionary(grouping: people, by: \.lineManagerIDs.first)
            let id = try #require(reporting.keys.compactMap(\.self).min())
            try scene.emulator.change(school: scene.schoolID, employee: id) {
                $0.oddity = .set(oddity)
            }
            let page = try await scene.everybody()
            #expect(page.unreadable.count == 1)
            for person in try #require(reporting[id]) where person.current == true {
                let read = try #require(page.observations.first { $0.key.id == person.id })
                #expect(read.managers == .notSupplied(.unreadable))
                #expect(read.surname.value == person.surname)
                guard case .found = await scene.lookUp(person.id).answer else {
                    Issue.record("\(person.id) is not found")
                    return
                }
            }
        }
    }

    @Test(arguments: [403, 404])
    func `a hidden person is not returned`(status: Int) async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.hidden = [id]
                $0.hiddenAnswer = status
            }
            guard case .notReturned = await scene.lookUp(id).answer else {
                Issue.record("not the right answer")
                return
            }
        }
    }
}
