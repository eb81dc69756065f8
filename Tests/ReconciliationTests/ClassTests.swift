import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@Suite struct ClassTests {
    private func place(
        _ id: String,
        _ role: ClassRole = .teacher,
        name: String? = nil
    )
        -> ClassMembership
    {
        ClassMembership(teachingClass: .example(id, name: name), role: role)
    }

    private func held(_ bench: Bench) async throws -> [String] {
        let id = try await bench.account("1").id
        let summary = try #require(try await bench.store.summary(of: id))
        return summary.account.memberships.map {
            "\(summary.classes[$0.classID]?.teachingClass.name ?? "?") \($0.role.rawValue)"
        }.sorted()
    }

    @Test func `places follow the source`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1", classes: [place("C1"), place("C2")]))
        let step = try await bench.see(
            .staff("1", classes: [place("C2", .mainTeacher), place("C3")])
        )
        #expect(try await held(bench) == ["C2 mainTeacher", "C3 teacher"])
        #expect(Set(step.reasons(of: .classes)) == [Reason.sourceOwns.rawValue])
        #expect(step.decision(.classes)?.source == "C2 (mainTeacher), C3 (teacher)")
        try await bench.see(.staff("1"))
        #expect(try await held(bench) == [])
    }

    @Test(arguments: [Unsupplied.neverByProvider, .notGranted, .notAskedFor])
    func `silence removes no place and no right`(why: Unsupplied) async throws {
        let bench = Bench()
        bench.policy.privileges = ["head": ["all"]]
        try await bench.see(.staff("1", roles: ["Head"], classes: [place("C1")]))
        let before = try await bench.account("1")
        let step = try await bench.see(
            Observation.staff("1").with {
                $0.classes = .notSupplied(why)
                $0.roles = .notSupplied(why)
                $0.teachingStaff = .notSupplied(why)
            }
        )
        #expect(try await bench.account("1") == before)
        for field in [Field.classes, .roles, .jobTitle, .teachingStaff] {
            #expect(step.decision(field)?.verdict == .keep)
            #expect(step.decision(field)?.reason.rawValue == why.rawValue)
        }
    }

    @Test func `what was given by hand is not the sync's to take`() async throws {
        let bench = Bench()
        bench.policy.privileges = ["head": ["all"]]
        try await bench.see(.staff("1", roles: ["Head"], classes: [place("C1")]))
        var account = try await bench.account("1")
        let place = Membership(classID: ClassID(5), role: .teacher, givenBy: nil)
        let rights: Set = [
            Privilege(name: "all", givenBy: nil), Privilege(name: "admin", givenBy: nil),
        ]
        account.memberships.insert(place)
        account.privileges.formUnion(rights)
        try await bench.write(account)
        try await bench.see(.staff("1"))
        #expect(try await bench.account("1").memberships == [place])
        #expect(try await bench.account("1").privileges == rights)
    }

    @Test func `a right comes from the mapping only, never from free text`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1", roles: ["admin", "all"]))
        #expect(try await bench.account("1").privileges == [])
        bench.policy.privileges = ["all": ["everything"]]
        let step = try await bench.see(.staff("1", roles: ["admin", "all"]))
        #expect(try await bench.account("1").privileges.map(\.name) == ["everything"])
        #expect(step.decision(.roles)?.verdict == .change)
        bench.policy.privileges = [:]
        try await bench.see(.staff("1", roles: ["admin", "all"]))
        #expect(try await bench.account("1").privileges == [])
    }

    @Test func `a class is one class for all its people, whatever its name`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1", classes: [place("C1", name: "Old")]))
        try await bench.see(.staff("2", classes: [place("C1", name: "New")]))
        #expect(try await held(bench) == ["New teacher"])
        let places = try await bench.account("2").memberships.map(\.classID)
        #expect(try await bench.account("1").memberships.map(\.classID) == places)
    }

    @Test func `an older answer does not rename a class`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1", classes: [place("C1", name: "Old")]), .staff("2"))
        let page = try await bench.store.nextSequence()
        try await bench.see(.staff("1", classes: [place("C1", name: "New")]))
        let step = try await bench.see(
            .staff("2", classes: [place("C1", name: "Old")], sequence: page)
        )
        #expect(step.changes.classes.isEmpty)
        #expect(try await held(bench) == ["New teacher"])
        #expect(try await bench.account("2").memberships.count == 1)
    }

    @Test func `classes of one id in two schools or years are different classes`() async throws {
        let bench = Bench()
        let keys = [
            ClassKey(school: .example, id: "C1"), ClassKey(school: .other, id: "C1"),
            ClassKey(school: .example, academicYear: "2026/27", id: "C1"),
        ]
        try await bench.see(
            .staff(
                "1",
                classes: keys.map {
                    ClassMembership(
                        teachingClass: TeachingClass(key: $0, name: "C1"),
                        role: .teacher
                    )
                }
            )
        )
        #expect(Set(try await bench.account("1").memberships.map(\.classID)).count == 3)
    }

    @Test func `history names the class a leaver lost`() async throws {
        let bench = Bench()
        let person = Observation.staff("1", classes: [place("C1", name: "10B/Sc1")])
        try await bench.see(person)
        let leaving = person.leaving.with { $0.classes = .notSupplied(.notAskedFor) }
        let step = try await bench.see(leaving)
        let row = step.changes.history.first { $0.field == .classes }
        #expect(row?.from == "10B/Sc1 (teacher)")
    }
}
