import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

extension Premises {
    var review: Review { Review(workshop) }

    /// Two people with a line manager, and a newcomer with the address of the first.
    static func withNewcomer(_ email: String = "1@school.example") async throws -> Premises {
        let premises = try await Premises(schools: [.example, .second])
        for number in 1...3 {
            premises.source.put(
                Observation.staff(
                    "\(number)",
                    forename: "F\(number)",
                    surname: "S\(number)",
                    email: "\(number)@school.example",
                    roles: ["Tutor"],
                    managers: number == 3 ? [] : ["\(number + 1)"]
                ).with { $0.classes = .value([.taught("C\(number)")]) }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"]] }
        try await premises.syncAll()
        premises.source.put(
            .staff("N", forename: "F1", surname: "Comer", email: email, managers: ["3"])
        )
        let result = try await premises.syncAll()
        #expect(result.disputed == (email == "1@school.example" ? 1 : 0))
        return premises
    }

    /// Every account of the tenant that has a record at a school, or none.
    func accounts() async throws -> [AccountSummary] {
        var found: [AccountID: AccountSummary] = [:]
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for summary in try await store.accounts(in: key, of: .standard) {
                found[summary.account.id] = summary
            }
        }
        return Array(found.values)
    }

    func secondSchool(_ id: String) async throws -> Account? {
        try await store.person(
            .sourceID(id),
            in: try await school(1).key,
            of: .standard,
            formerSince: clock.now()
        )?.account
    }
}

/// Why a request is refused; nil where it is done.
func refused(
    _ request: () async throws(ReviewError) -> some Any
) async -> ReviewError? {
    do throws(ReviewError) {
        _ = try await request()
        return nil
    } catch {
        return error
    }
}
