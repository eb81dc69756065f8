import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Two accounts of one person become one.
@Suite struct MergeTests {
    private func premises() async throws -> Premises {
        let premises = try await Premises(schools: [.example, .second])
        premises.source.put(
            .staff("3", surname: "Third", email: "3@school.example", managers: ["1"])
        )
        for (id, school) in [("1", SchoolKey.example), ("2", SchoolKey.second)] {
            premises.source.put(
                Observation.staff(
                    id,
                    surname: "S\(id)",
                    email: "\(id)@school.example",
                    roles: ["Tutor"],
                    in: school
                ).with {
                    $0.classes = .value([
                        ClassMembership(
                            teachingClass: .example("C\(id)", in: school),
                            role: .teacher
                        )
                    ])
                }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"]] }
        try await premises.syncAll()
        return premises
    }

    private func merge(
        _ premises: Premises,
        _ from: String,
        _ into: String,
        same: Bool = false
    )
        async throws -> ReviewResult
    {
        try await premises.review.merge(
            "\(from)@school.example",
            into: "\(into)@school.example",
            in: try await premises.school(),
            isSamePerson: same
        )
    }

    @Test func `two accounts become one, and syncs and logins leave it so`() async throws {
        let premises = try await premises()
        let first = try #require(try await premises.account("1"))
        let result = try await merge(premises, "1", "2")
        let second = result.summary.account
        #expect(Set(result.summary.links.map(\.key.id)) == ["1", "2"])
        #expect(second.memberships.count == 2 && second.privileges.count == 2)
        #expect(second.email == "2@school.example" && second.status == .active)
        let places = result.changes.filter { $0.field == .classes }
        #expect(Set(places.compactMap { $0.from ?? $0.to }) == ["C1 (teacher)"], "\(places)")
        let given = try #require(try await premises.store.summary(of: first.id)?.account)
        #expect(given.status == .suspended(by: .administrator) && given.email == nil)
        #expect(given.memberships.isEmpty && given.privileges.isEmpty)
        // Whoever named the one as her line manager has the other now.
        let third = try await premises.account("3")
        #expect(third?.lineManager == second.id)
        for id in [first.id, second.id] {
            let history = try await premises.store.history(of: id)
            #expect(history.contains { $0.run == result.run && $0.entry.reason == "merged" })
        }
        for _ in 1...2 {
            let synced = try await premises.syncAll()
            #expect(synced.created == 0 && synced.disputed == 0 && synced.suspended == 0)
            premises.letFreshnessPass()
            let login = try await premises.login(.email("1@school.example"))
            #expect(login.decision == .allow && login.account?.account.id == second.id)
        }
        #expect(try await premises.store.summary(of: first.id)?.account.status == given.status)
    }

    @Test func `a merge is refused where it would be blind`() async throws {
        let premises = try await premises()
        func refusal(_ from: String, _ into: String) async -> ReviewError? {
            do {
                _ = try await merge(premises, from, into)
                return nil
            } catch {
                return error as? ReviewError
            }
        }
        #expect(await refusal("1", "1") == .merge(.sameAccount))
        #expect(
            await refusal("1", "3") == .merge(.bothPresent(.staff("1"), .staff("3")))
        )
        #expect(
            await refusal("1", "9") == .administration(.nobody(email: "9@school.example"))
        )
        var head = try #require(try await premises.account("1"))
        head.privileges.insert(Privilege(name: "head", givenBy: nil))
        try await premises.write(head)
        #expect(await refusal("1", "2") == .merge(.privileged(email: "1@school.example")))
        #expect(await refusal("2", "1") == .merge(.privileged(email: "1@school.example")))
        try await premises.edit([.suspend], "3")
        #expect(await refusal("2", "3") == .merge(.suspended(email: "3@school.example")))
        let before = try await premises.accounts().count
        #expect(before == 3)
    }

    @Test func `one whom the MIS has twice is merged if that is said`() async throws {
        let premises = try await premises()
        let result = try await merge(premises, "3", "1", same: true)
        #expect(result.summary.links.allSatisfy { $0.state.isPresent })
        let synced = try await premises.syncAll()
        #expect(synced.created == 0 && synced.disputed == 0)
    }

    /// A school whose MIS was changed: the first person came under another id, and has two accounts.
    private func changed(isMissed: Bool) async throws -> Premises {
        let premises = try await premises()
        premises.clock.advance(by: .seconds(3_600))
        premises.source.put(.staff("101", surname: "S1", email: "101@school.example"))
        if isMissed { premises.source.remove(.staff("1")) }
        try await premises.syncAll()
        premises.source.remove(.staff("1"))
        return premises
    }

    @Test(arguments: [true, false])
    func `after a change of MIS the record that is there leads`(isMissed: Bool) async throws {
        let premises = try await changed(isMissed: isMissed)
        let merged = try await merge(premises, "101", "1", same: true)
        #expect(merged.summary.account.home == .staff("101"))
        #expect(merged.summary.account.email == "101@school.example")
        premises.source.change(.staff("101")) { $0.surname = .value("Married") }
        premises.letFreshnessPass()
        for address in ["1@school.example", "101@school.example"] {
            let login = try await premises.login(.email(address))
            #expect(login.decision == .allow && login.outcome != .notReturned, "\(login)")
            #expect(login.account?.account.surname == "Married")
            premises.letFreshnessPass()
        }
    }

    @Test func `a merge that made another record lead is taken back`() async throws {
        let premises = try await changed(isMissed: false)
        let first = try #require(try await premises.account("1"))
        let result = try await merge(premises, "101", "1", same: true)
        let undone = try await Undo(premises.workshop).run(result.run)
        #expect(undone.skipped == 0)
        let back = try #require(try await premises.store.summary(of: first.id))
        #expect(back.account.home == .staff("1") && back.account.email == "1@school.example")
        #expect(back.account.jobTitle == first.jobTitle && back.links.map(\.key.id) == ["1"])
    }

    @Test func `of two records of one person another leads once a list misses the first`()
        async throws
    {
        let premises = try await premises()
        let result = try await merge(premises, "3", "1", same: true)
        #expect(result.summary.account.home == .staff("1"))
        premises.source.remove(.staff("1"))
        let synced = try await premises.syncAll()
        #expect(synced.state == .completed && synced.suspended == 0, "\(synced)")
        let account = try #require(try await premises.account("3"))
        #expect(account.home == .staff("3") && account.surname == "Third")
        premises.letFreshnessPass()
        let login = try await premises.login(.email("3@school.example"))
        #expect(login.decision == .allow && login.outcome != .notReturned, "\(login)")
        #expect(try await premises.syncAll().changed == 0)
    }

    @Test func `a merge is taken back, records and all`() async throws {
        let premises = try await premises()
        let first = try #require(try await premises.account("1"))
        let second = try #require(try await premises.secondSchool("2"))
        let result = try await merge(premises, "1", "2")
        let undone = try await Undo(premises.workshop).run(result.run)
        #expect(undone.skipped == 0)
        for _ in 1...2 {
            let one = try #require(try await premises.store.summary(of: first.id))
            let two = try #require(try await premises.store.summary(of: second.id))
            #expect(one.links.map(\.key.id) == ["1"] && two.links.map(\.key.id) == ["2"])
            #expect(one.account.email == "1@school.example" && one.account.status == .active)
            #expect(one.account.memberships == first.memberships)
            #expect(one.account.privileges == first.privileges)
            #expect(two.account.memberships == second.memberships)
            #expect(two.account.privileges == second.privileges)
            #expect(one.account.home == first.home && two.account.home == second.home)
            #expect(try await premises.account("3")?.lineManager == first.id)
            #expect(try await premises.syncAll().created == 0)
        }
    }
}
