import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Logins by an id that people of several kinds have.
@Suite(.timeLimit(.minutes(1))) struct SharedIDTests {
    private func premises() async throws -> Premises {
        let premises = try await Premises(people: [.staff, .student])
        premises.source.script { $0.sharesIDsAmongKinds = true }
        return premises
    }

    private func person(_ kind: PersonKind, _ id: String) -> Observation {
        Observation.staff(id, email: "\(id).\(kind.rawValue)@school.example").with {
            $0.key = SourceKey(school: .example, kind: kind, id: id)
        }
    }

    @Test func `an id of a teacher and a pupil lets nobody in, and with a kind whom it means`()
        async throws
    {
        let premises = try await premises()
        for kind in [PersonKind.staff, .student] { premises.source.put(person(kind, "7")) }
        premises.source.put(person(.student, "8"))
        try await premises.syncAll()
        let login = try await premises.login(.sourceID("7"))
        #expect(login.decision == .deny && login.outcome == .disputed, "\(login)")
        #expect(login.account == nil && login.requests == 0)
        #expect(login.trouble?.contains("(staff, student)") == true, "\(login.trouble ?? "")")
        for kind in [PersonKind.staff, .student] {
            let login = try await premises.login(.sourceID("7", kind: kind))
            #expect(login.decision == .allow, "\(login)")
            #expect(login.account?.account.email == "7.\(kind.rawValue)@school.example")
        }
        #expect(try await premises.login(.sourceID("8")).decision == .allow)
    }

    @Test func `whoever of both has an account is meant`() async throws {
        let premises = try await premises()
        premises.source.put(person(.student, "7"))
        try await premises.syncAll()
        premises.source.put(person(.staff, "7").with { $0.email = .empty })
        try await premises.syncAll()
        let login = try await premises.login(.sourceID("7"))
        #expect(login.account?.account.email == "7.student@school.example", "\(login)")
    }

    @Test func `an id that nobody here knows makes nobody where it is that of two`() async throws {
        let premises = try await premises()
        premises.source.put(person(.staff, "1"))
        try await premises.syncAll()
        for kind in [PersonKind.staff, .student] { premises.source.put(person(kind, "7")) }
        let login = try await premises.login(.sourceID("7"))
        #expect(login.decision == .deny && login.outcome == .disputed, "\(login)")
        #expect(login.trouble?.contains("several people") == true, "\(login.trouble ?? "")")
        #expect(try await premises.accounts().count == 1)
        let pupil = try await premises.login(.sourceID("7", kind: .student))
        #expect(pupil.account?.account.email == "7.student@school.example", "\(pupil)")
        // One of one kind is made as ever.
        premises.source.put(person(.student, "9"))
        #expect(try await premises.login(.sourceID("9")).decision == .allow)
    }
}
