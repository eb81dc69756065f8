import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// One person in two schools of a trust: an account with two links.
@Suite struct HomeLinkTests {
    private static let email = "amara@school.example"
    private let first = Observation.staff(
        "1",
        email: email,
        roles: ["Head"],
        classes: [ClassMembership(teachingClass: .example("C1"), role: .teacher)]
    )
    private let second = Observation.staff(
        "9",
        forename: "A.",
        email: email,
        roles: ["Tutor"],
        classes: [
            ClassMembership(teachingClass: .example("C9", in: .other), role: .supervisor)
        ],
        in: .other
    )

    private func trust() async throws -> Bench {
        let bench = Bench()
        bench.policy.privileges = ["head": ["all"], "tutor": ["some"]]
        try await bench.see(first)
        bench.now = bench.now.advanced(by: .seconds(60))
        let step = try await bench.see(second)
        #expect(step.plan?.match == .joined(try await bench.account("1").id))
        return bench
    }

    @Test func `single fields come from the home link, lists from both`() async throws {
        let bench = try await trust()
        let account = try await bench.account("1")
        #expect(account.forename == "Amara" && account.jobTitle == "Head")
        #expect(account.memberships.count == 2)
        #expect(Set(account.privileges.map(\.name)) == ["all", "some"])
        let step = try await bench.see(second.with { $0.forename = .value("Other") })
        #expect(step.decision(.forename)?.reason == .homeLinkLeads)
        #expect(step.decision(.jobTitle)?.reason == .homeLinkLeads)
        #expect(try await bench.account("1").forename == "Amara")
    }

    @Test func `another link takes no line manager away`() async throws {
        let bench = Bench()
        try await bench.see(
            .staff("M"),
            first.with { $0.managers = .value([ManagerEntry(key: .staff("M"))]) }
        )
        try await bench.see(second)
        #expect(try await bench.manager(of: "1") == "M")
    }

    @Test func `each link takes back only what it gave`() async throws {
        let bench = try await trust()
        try await bench.see(
            second.with {
                $0.classes = .empty
                $0.roles = .empty
            }
        )
        let account = try await bench.account("1")
        #expect(account.memberships.map(\.givenBy) == [first.key])
        #expect(account.privileges.map(\.name) == ["all"])
    }

    @Test func `evidence on one link leaves a person whom another still has`() async throws {
        let bench = try await trust()
        let step = try await bench.see(second.leaving)
        #expect(step.decision(.status)?.reason == .otherLinkPresent)
        let account = try await bench.account("1")
        #expect(account.status == .active && account.home == first.key)
        #expect(account.memberships.map(\.givenBy) == [first.key])
        try await bench.see(first.leaving)
        #expect(try await bench.account("1").status == .suspended(by: .sync))
    }

    @Test func `when the home link ends the other one leads`() async throws {
        let bench = try await trust()
        let step = try await bench.see(first.leaving)
        let account = try await bench.account("1")
        #expect(account.status == .active && account.home == second.key)
        #expect(account.forename == "A." && account.jobTitle == "Tutor")
        #expect(account.memberships.map(\.givenBy) == [second.key])
        #expect(step.changes.classes.isEmpty)
        #expect(try await bench.plan([first.leaving]).changes.isEmpty)
        #expect(try await bench.plan([second]).changes.isEmpty)
    }

    @Test func `absence of the home link makes the other one lead`() async throws {
        let bench = try await trust()
        try await bench.see([], absent: [first.key])
        bench.now = bench.now.advanced(by: .seconds(86_400))
        let step = try await bench.see([], absent: [first.key])
        #expect(try await bench.account("1").home == second.key)
        #expect(step.changes.classes.isEmpty)
    }

    @Test func `an edit stands when the home link changes`() async throws {
        let bench = try await trust()
        bench.policy.ownership = [.forename: .untilEdited]
        try await bench.edit("1", .forename) { $0.forename = "Edit" }
        try await bench.see(first.leaving)
        #expect(try await bench.account("1").forename == "Edit")
    }

    @Test func `another link's manager leaves an edit of the manager alone`() async throws {
        let bench = try await trust()
        bench.policy.ownership = [.lineManager: .untilEdited]
        try await bench.see(.staff("M"))
        let manager = try await bench.account("M").id
        try await bench.edit("1", .lineManager) { $0.lineManager = manager }
        try await bench.see(
            second.with {
                $0.managers = .value([ManagerEntry(key: .staff("X", in: .other))])
            }
        )
        #expect(try await bench.account("1").localEdits == [.lineManager])
        #expect(try await bench.account("1").lineManager == manager)
    }

    @Test func `a loop opens for all its members when a home link ends`() async throws {
        let bench = try await trust()
        // 1 > B > C > 1 at the first school; at the other she reports to D.
        try await bench.see(
            first.with { $0.managers = .value([ManagerEntry(key: .staff("B"))]) },
            .staff("B", managers: ["C"]),
            .staff("C", managers: ["1"])
        )
        try await bench.see(
            .staff("D", in: .other),
            second.with { $0.managers = .value([ManagerEntry(key: .staff("D", in: .other))]) }
        )
        #expect(try await bench.manager(of: "B") == nil)
        try await bench.see(first.leaving)
        #expect(try await bench.manager(of: "1") == "D")
        #expect(try await bench.manager(of: "B") == "C")
        #expect(try await bench.manager(of: "C") == "1")
    }

    @Test func `the address of the other school is taken when that leads`() async throws {
        let bench = try await trust()
        try await bench.see(second.with { $0.email = .value("other@school.example") })
        #expect(try await bench.emails("1") == [Self.email])
        try await bench.see(first.leaving)
        #expect(try await bench.emails("1") == ["other@school.example"])
    }

    @Test func `the address of the other school waits while somebody else has it`() async throws {
        let bench = try await trust()
        try await bench.see(.staff("M"))
        try await bench.see(second.with { $0.email = .value("m@school.example") })
        try await bench.see(first.leaving)
        #expect(try await bench.emails("1", "M") == [Self.email, "m@school.example"])
        #expect(try await bench.link(second.key).awaitedEmail == "m@school.example")
        try await bench.see(.staff("M", email: "x@school.example"))
        #expect(try await bench.emails("1", "M") == ["m@school.example", "x@school.example"])
    }
}
