import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import Roster
import SQLiteStore
import Testing

/// A parent's login, over real HTTP.
@Suite(.timeLimit(.minutes(5))) struct CustodyTests {
    private func parent(of school: EmulatedSchool) async throws -> AccountSummary {
        let accounts = try await school.store.accounts(in: school.key, of: .standard)
        for row in accounts where row.links[0].key.kind == .contact {
            let parent = try #require(try await school.store.summary(of: row.account.id))
            let isResponsible = parent.students.allSatisfy { $0.parentalResponsibility == true }
            if parent.students.count > 1, isResponsible { return parent }
        }
        return try #require(nil, "no parent of two")
    }

    @Test func `a right that was withdrawn this minute is gone at the parent's own login`()
        async throws
    {
        try await withFamilies { school in
            let parent = try await parent(of: school)
            let email = try #require(parent.account.email)
            for right in [false, true] {
                try school.emulator.change(
                    school: school.key.school,
                    contact: parent.links[0].key.id
                ) { $0.parentalResponsibility = .set(right) }
                let before = school.emulator.requestCount
                let login = try await school.login(email)
                #expect(login.decision == .allow && login.outcome == .refreshed)
                let students = try #require(login.account?.students)
                #expect(students.count == parent.students.count)
                #expect(
                    students.allSatisfy { $0.parentalResponsibility == right && $0.isConfirmed }
                )
                #expect(login.requests == 1 + students.count)
                #expect(school.emulator.requestCount - before == login.requests)
            }
        }
    }

    @Test func `a pupil who comes too late is let stand, and not shown as confirmed`() async throws
    {
        try await withFamilies { school in
            let parent = try await parent(of: school)
            var fault = Fault(.hold)
            fault.pathContains = "/students/"
            school.emulator.add(fault)
            var settings = LoginSettings()
            settings.freshness = .zero
            let refresh = LoginRefresh(school.workshop, settings: settings)
            let event = LoginEvent(
                school: try await school.connected(),
                key: .email(try #require(parent.account.email)),
                method: .sso
            )
            let login = await refresh.refresh(event)
            #expect(login.decision == .allow)
            #expect(login.account?.students.allSatisfy { !$0.isConfirmed } == true)
            school.emulator.clearFaults()
            await refresh.finishDeferred()
            let again = await LoginRefresh(school.workshop, settings: .patient).refresh(event)
            #expect(again.account?.students.allSatisfy(\.isConfirmed) == true, "\(again)")
        }
    }
}
