import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Logins between a change of MIS and the approval of what the first sync after it proposes.
@Suite(.timeLimit(.minutes(3))) struct MigratedLoginTests {
    /// What tells who is who after the change.
    enum Trace: String, CaseIterable, CustomTestStringConvertible {
        case numberAndAddress
        case address
        case number
        var testDescription: String { rawValue }
    }
    /// By what somebody logs in.
    enum Name: String, CaseIterable, CustomTestStringConvertible {
        case oldID
        case newID
        case oldAddress
        case newAddress
        var testDescription: String { rawValue }
    }
    /// Of twelve, four have no number that tells who they are under new ids and addresses.
    @Test(arguments: [Name.newID, .newAddress])
    func `whom nothing tells is not made again by a login, where others came under new ids`(
        name: Name
    ) async throws {
        let premises = try await Premises()
        func person(_ id: Int, record: String, domain: String) -> Observation {
            .staff(
                record,
                forename: "Name\(id)",
                surname: "Family\(id)",
                email: "\(id)@\(domain)"
            ).with { if id > 4 { $0.neutralKeys = .teacher(id) } }
        }
        for id in 1...12 { premises.source.put(person(id, record: "\(id)", domain: "a.example")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(7200))
        for id in 1...12 {
            premises.source.remove(.staff("\(id)"))
            premises.source.put(person(id, record: "new\(id)", domain: "b.example"))
        }
        for id in 1...4 {
            let key = name == .newID ? LoginKey.sourceID("new\(id)") : .email("\(id)@b.example")
            let login = try await premises.login(key)
            #expect(login.decision == .deny, "\(login)")
            #expect(login.trouble?.contains("new in the MIS") == true, "\(login)")
            premises.clock.advance(by: .seconds(31))
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 8 && held.created == 0, "\(held)")
        let waiting = try await premises.store.unlinkedRecords(in: .example)
            .filter { $0.reason == .namesakeAfterRenumbering }
        #expect(waiting.count == 4, "one approval and one review")
    }

    @Test func `who became somebody else since the sync is in no plan`() async throws {
        let premises = try await Premises()
        for id in 1...12 {
            premises.source.put(person(id, record: "\(id)", .address, isNew: false))
        }
        try await premises.syncAll()
        for id in 1...12 {
            premises.source.remove(.staff("\(id)"))
            premises.source.put(person(id, record: "new\(id)", .address, isNew: true))
        }
        let held = try await premises.syncAll()
        premises.source.change(.staff("new3")) { $0.surname = .value("Other") }
        _ = try await premises.login(.sourceID("new3"))
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop)
            .approve(try #require(held.plan), at: connection)
        #expect(done.changed == 11, "\(done.counts)")
        #expect(try await premises.account("new3") == nil)
    }

    private func person(_ id: Int, record: String, _ trace: Trace, isNew: Bool) -> Observation {
        let domain = isNew && trace == .number ? "trust.example" : "school.example"
        return Observation.staff(
            record,
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@\(domain)"
        ).with { if trace != .address { $0.neutralKeys = .teacher(id) } }
    }

    @Test(arguments: Trace.allCases, Name.allCases)
    func `who logs in between a change of MIS and the approval is in its plan`(
        trace: Trace,
        name: Name
    ) async throws {
        for isAfterSync in [false, true] {
            let premises = try await Premises()
            for id in 1...12 {
                premises.source.put(person(id, record: "\(id)", trace, isNew: false))
            }
            try await premises.syncAll()
            premises.clock.advance(by: .seconds(7200))
            for id in 1...12 {
                premises.source.remove(.staff("\(id)"))
                premises.source.put(person(id, record: "new\(id)", trace, isNew: true))
            }
            let before = try #require(try await premises.account("3"))
            let domain = trace == .number ? "trust.example" : "school.example"
            let key: LoginKey =
                switch name {
                case .oldID: .sourceID("3")
                case .newID: .sourceID("new3")
                case .oldAddress: .email("3@school.example")
                case .newAddress: .email("3@\(domain)")
                }
            if !isAfterSync { _ = try await premises.login(key) }
            premises.clock.advance(by: .seconds(3600))
            let held = try await premises.syncAll()
            #expect(held.state == .held && held.held == 12, "\(held)")
            if isAfterSync { _ = try await premises.login(key) }
            let connection = try await premises.school().connection
            let plan = try #require(held.plan)
            let done = await BatchSync(premises.workshop).approve(plan, at: connection)
            #expect(done.skipped == 0, "\(isAfterSync): \(done.counts)")
            let after = try await premises.account("new3")
            #expect(after?.id == before.id && after?.status == .active, "\(isAfterSync)")
        }
    }
}
