import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Two people of one surname who share an address, at two schools of a tenant.
@Suite(.timeLimit(.minutes(1))) struct CoupleTests {
    private static func person(
        _ forename: String,
        _ kind: PersonKind,
        _ number: Int,
        in school: SchoolKey
    ) -> Observation {
        Observation.staff(
            forename,
            forename: forename,
            surname: "Smith",
            email: "smiths@home.example",
            in: school
        ).with {
            $0.key = SourceKey(school: school, kind: kind, id: forename)
            switch kind {
            case .staff: $0.neutralKeys = .teacher(number)
            case .student: $0.neutralKeys = .pupil(number)
            case .contact: break
            }
        }
    }

    @Test(arguments: [PersonKind.staff, .student, .contact])
    func `who shares an address and a surname stays another person`(kind: PersonKind) async throws {
        let premises = try await Premises(schools: [.example, .second], people: [kind])
        let second = SchoolKey.second
        premises.source.put(Self.person("Anna", kind, 1, in: .example))
        try await premises.syncAll()
        premises.source.put(Self.person("Brian", kind, 2, in: second))
        let result = try await premises.syncAll()
        let links = try await premises.store.accounts(in: .example, of: .standard)
            .flatMap(\.links).map(\.key.id)
        #expect(links == ["Anna"], "two people became one account: \(result.counts)")
    }
}
