import MISEmulator
import Roster
import Testing

@testable import WondeSource

/// What a school grants of each kind of person, over a real socket.
@Suite(.timeLimit(.minutes(2))) struct `Kinds of people` {
    private static let everybody = Set(PersonKind.allCases)

    private func everybody(
        _ scene: EmulatorScene,
        of kind: PersonKind,
        knowing known: Capabilities
    ) async throws -> [RosterPage] {
        var pages: [RosterPage] = []
        repeat {
            pages.append(
                try await scene.source.page(
                    of: kind,
                    in: scene.school,
                    at: pages.last?.next,
                    changedSince: nil,
                    knowing: known,
                    sequence: 1,
                    by: Scene.soon
                )
            )
        } while pages.last?.next != nil
        return pages
    }

    @Test func `are all read, and counted as they are listed`() async throws {
        try await EmulatorScene.run(EmulatorConfiguration(students: 300)) { scene in
            let description = try await scene.source.describe(Self.everybody, by: Scene.soon)
            #expect(description.requests == 6)
            let moved = try scene.emulator.students(school: scene.schoolID).filter { !$0.hasLeft }
                .prefix(3).map(\.id)
            for id in moved {
                try scene.emulator.change(school: scene.schoolID, student: id) {
                    $0.left = "2026-07-17"
                }
            }
            let students = try scene.emulator.students(school: scene.schoolID)
            let contacts = try scene.emulator.contacts(school: scene.schoolID)
            for kind in PersonKind.allCases {
                let pages = try await everybody(scene, of: kind, knowing: description.capabilities)
                let onRoll = pages.filter { !$0.listsLeavers }.flatMap(\.observations)
                let left = pages.filter(\.listsLeavers).flatMap(\.observations)
                #expect(pages.allSatisfy { $0.unreadable.isEmpty })
                let count = try await scene.source.count(of: kind, in: scene.school, by: Scene.soon)
                #expect(count == onRoll.count && !onRoll.isEmpty)
                switch kind {
                case .staff: #expect(left.isEmpty)
                case .student:
                    #expect(
                        Set(onRoll.map(\.key.id)) == Set(students.filter { !$0.hasLeft }.map(\.id))
                    )
                    let leavers = Set(left.map(\.key.id))
                    #expect(leavers.isSubset(of: students.filter(\.hasLeft).map(\.id)))
                    #expect(leavers.isSuperset(of: moved))
                    #expect(left.allSatisfy { $0.standing == .left(.listedApart) })
                    let pupil = try #require(onRoll.first)
                    let written = try #require(students.first { $0.id == pupil.key.id })
                    #expect(pupil.classes.value?.count == 8)
                    #expect(pupil.email.value == written.email)
                    #expect(pupil.neutralKeys.map(\.text) == [written.upn])
                case .contact:
                    #expect(Set(onRoll.map(\.key.id)) == Set(contacts.map(\.id)))
                    #expect(onRoll.contains { $0.email.value?.hasSuffix("@home.example") == true })
                }
            }
        }
    }

    @Test(arguments: [
        (PersonKind.staff, "staff", "employees"), (.student, "pupils", "students"),
        (.contact, "contacts", "contacts"),
    ])
    func `that may not be read are named, with what to ask the school for`(
        kind: PersonKind,
        people: String,
        resource: String
    ) async throws {
        try await EmulatorScene.run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.deniedResources = [resource]
            }
            do throws(SourceError) {
                _ = try await scene.source.describe(Self.everybody, by: Scene.soon)
                Issue.record("described")
            } catch {
                #expect(error.sentence.contains("may not read the \(people) of"))
                #expect(error.sentence.contains("approve \(resource) in Wonde"))
            }
            _ = try await scene.source.describe(Self.everybody.subtracting([kind]), by: Scene.soon)
        }
    }

    @Test(arguments: [
        ("student.contact_details.emails", PersonKind.student, SourceField.email),
        ("contact.contact_details.emails", .contact, .email),
        ("employee.contact_details.emails", .staff, .email),
        ("student.education_details", .student, .standing),
        ("student.classes", .student, .classes), ("student.contacts", .student, .contacts),
    ])
    func `are granted each by itself`(
        permission: String,
        kind: PersonKind,
        field: SourceField
    ) async throws {
        try await EmulatorScene.run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) { $0.ungranted = [permission] }
            let known = try await scene.source.describe(Self.everybody, by: Scene.soon)
                .capabilities
            for other in PersonKind.allCases {
                for one in other.fields {
                    let isDenied = other == kind && one == field
                    #expect(
                        (known[other, in: scene.schoolID].grants[one] == .denied) == isDenied,
                        "\(other) \(one)"
                    )
                }
            }
        }
    }

    @Test func `of which a part is refused are read without it, and the others with it`()
        async throws
    {
        try await EmulatorScene.run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.ungranted = ["student.classes"]
                $0.ungrantedAnswer = .invalidInclude
            }
            let known = try await scene.source.describe(Self.everybody, by: Scene.soon)
                .capabilities
            let refused = known[.student, in: scene.schoolID].refusedParts
            #expect(refused == ["classes", "classes.subject"])
            #expect(known[.staff, in: scene.schoolID].refusedParts.isEmpty)
            let pupils = try await everybody(scene, of: .student, knowing: known)
            #expect(pupils[0].observations[0].classes == .notSupplied(.notGranted))
            #expect(pupils[0].observations[0].email.value != nil)
        }
    }

    @Test func `without addresses are refused, by their name`() async throws {
        try await EmulatorScene.run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.ungranted = ["contact.contact_details"]
                $0.ungrantedAnswer = .invalidInclude
            }
            do throws(SourceError) {
                _ = try await scene.source.describe(Self.everybody, by: Scene.soon)
                Issue.record("described")
            } catch {
                #expect(error.sentence.contains("contact_details of contacts"))
            }
        }
    }

    @Test func `without classes have their groups`() async throws {
        try await EmulatorScene.run { scene in
            try scene.emulator.setSwitches(school: scene.schoolID) { $0.classesAbsent = true }
            let known = try await scene.source.describe([.student], by: Scene.soon).capabilities
            let pupils = try await everybody(scene, of: .student, knowing: known)
            let places = try #require(pupils[0].observations[0].classes.value)
            #expect(places.count == 2 && places.allSatisfy { $0.role == .student })
        }
    }

    @Test func `that were deleted are listed by kind`() async throws {
        try await EmulatorScene.run { scene in
            let student = try #require(
                try scene.emulator.students(school: scene.schoolID).first { !$0.hasLeft }
            )
            let contact = try #require(student.contactIDs.first)
            try scene.emulator.remove(.student, school: scene.schoolID, id: student.id)
            try scene.emulator.remove(.contact, school: scene.schoolID, id: contact)
            for (kind, ids) in [(PersonKind.student, [student.id]), (.contact, [contact])] {
                let removed = try await scene.source.removals(
                    of: kind,
                    in: scene.school,
                    since: Roster.Timestamp(milliseconds: 1000),
                    by: Scene.soon
                )
                #expect(removed.map(\.id) == ids)
                #expect(removed.allSatisfy { $0.kind == kind })
            }
        }
    }
}
