import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// What logins take away, all together, stays within the limits of a batch: law 5.
@Suite struct LossGuardTests {
    /// What the MIS suddenly says of everybody, and what it would take.
    enum Mishap: String, CaseIterable, CustomTestStringConvertible {
        case everybodyLeft, addressesChanged, classesGone, rightsGone, initialsGone

        var testDescription: String { rawValue }

        /// How many of 100 may lose it.
        var limit: Int {
            switch self {
            case .everybodyLeft, .addressesChanged: 10
            case .rightsGone, .initialsGone: 20
            case .classesGone: 30
            }
        }

        func befall(_ observation: inout Observation) {
            switch self {
            case .everybodyLeft: observation.standing = .left(.notCurrent)
            case .addressesChanged:
                observation.email = .value("new\(observation.key.id)@school.example")
            case .classesGone: observation.classes = .value([])
            case .rightsGone: observation.roles = .value([StaffRole(title: "Teacher")])
            case .initialsGone: observation.initials = .empty
            }
        }

        func hasBefallen(_ account: Account) -> Bool {
            switch self {
            case .everybodyLeft: account.status != .active
            case .addressesChanged: account.email?.hasPrefix("new") == true
            case .classesGone: account.memberships.isEmpty
            case .rightsGone: account.privileges.isEmpty
            case .initialsGone: account.initials == nil
            }
        }
    }

    /// A synced school of `count` people who all have something to lose.
    private func premises(_ count: Int) async throws -> Premises {
        let premises = try await Premises()
        try await premises.setPolicy { $0.privileges = ["head": ["approver"]] }
        for id in 1...count {
            var person = Observation.staff("\(id)", roles: ["Head"])
            person.initials = .value("AB")
            let key = ClassKey(school: .example, id: "class\(id)")
            person.classes = .value([
                ClassMembership(
                    teachingClass: TeachingClass(key: key, name: "10B"),
                    role: .mainTeacher
                )
            ])
            premises.source.put(person)
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    /// No list can be read: logins know nothing but what they take themselves.
    private func hideList(_ premises: Premises) {
        premises.source.script {
            $0.pageFaults[1] = Array(repeating: .error(.malformed(reason: "no list")), count: 200)
        }
    }

    private func everybody(_ count: Int, suffers mishap: Mishap, in premises: Premises) {
        for id in 1...count {
            premises.source.change(Observation.staff("\(id)").key) { mishap.befall(&$0) }
        }
    }

    private func casualties(
        of mishap: Mishap,
        _ count: Int,
        in premises: Premises
    ) async throws -> Int {
        var casualties = 0
        for id in 1...count {
            let account = try #require(try await premises.account("\(id)"))
            if mishap.hasBefallen(account) { casualties += 1 }
        }
        return casualties
    }

    @Test(arguments: Mishap.allCases)
    func `logins take no more than a batch may, whoever asks and in how many processes`(
        mishap: Mishap
    ) async throws {
        let premises = try await premises(100)
        hideList(premises)
        everybody(100, suffers: mishap, in: premises)
        let other = LoginRefresh(
            Workshop(
                store: premises.store,
                sources: OneSource(source: premises.source),
                clock: premises.clock,
                identifiers: Identifiers(at: .example, salt: 70_000)
            )
        )
        var held = 0
        for id in 1...100 {
            let process = id.isMultiple(of: 2) ? premises.login : other
            let event = LoginEvent(
                school: try await premises.school(),
                key: .sourceID("\(id)"),
                method: .sso
            )
            let result = await process.refresh(event)
            if result.outcome == .held {
                held += 1
                #expect(result.decision == .allow && result.trouble != nil)
            }
        }
        #expect(try await casualties(of: mishap, 100, in: premises) == mishap.limit)
        #expect(held == 100 - mishap.limit)
    }

    @Test(arguments: Mishap.allCases)
    func `logins at the same moment take no more either`(mishap: Mishap) async throws {
        let premises = try await premises(40)
        hideList(premises)
        everybody(40, suffers: mishap, in: premises)
        await withTaskGroup { group in
            for id in 1...40 {
                group.addTask { _ = try? await premises.login(.sourceID("\(id)")) }
            }
        }
        await premises.login.finishDeferred()
        let limit = max(5, 40 * mishap.limit / 100)
        let casualties = try await casualties(of: mishap, 40, in: premises)
        #expect(casualties <= limit && casualties >= min(limit, 5))
    }

    @Test func `in a small school five people may lose something, whatever the share`() async throws
    {
        let premises = try await premises(12)
        hideList(premises)
        everybody(12, suffers: .everybodyLeft, in: premises)
        for id in 1...12 { _ = try await premises.login(.sourceID("\(id)")) }
        #expect(try await casualties(of: .everybodyLeft, 12, in: premises) == 5)
    }

    @Test func `what is harmless in an answer is applied though its losses are held`() async throws
    {
        let premises = try await premises(12)
        everybody(12, suffers: .initialsGone, in: premises)
        for id in 1...12 {
            premises.source.change(Observation.staff("\(id)").key) {
                $0.surname = .value("Married")
            }
            _ = try await premises.login(.sourceID("\(id)"))
        }
        let last = try #require(try await premises.account("12"))
        #expect(last.surname == "Married" && last.initials == "AB")
    }

    @Test func `a tenant may have people turned away while their losses are held`() async throws {
        let premises = try await premises(12)
        try await premises.setPolicy { $0.heldLogins = .refuse }
        everybody(12, suffers: .initialsGone, in: premises)
        for id in 1...5 {
            #expect(try await premises.login(.sourceID("\(id)")).decision == .allow)
        }
        let result = try await premises.login(.sourceID("6"))
        #expect(result.decision == .deny && result.outcome == .held)
    }

    @Test(arguments: [false, true])
    func `who is turned away is turned away again, whatever else of her answer was taken`(
        isMarried: Bool
    ) async throws {
        let premises = try await premises(12)
        try await premises.setPolicy { $0.heldLogins = .refuse }
        everybody(12, suffers: .initialsGone, in: premises)
        for id in 1...5 { _ = try await premises.login(.sourceID("\(id)")) }
        if isMarried {
            premises.source.change(.staff("6")) { $0.surname = .value("Married") }
        }
        for _ in 1...2 {
            let result = try await premises.login(.sourceID("6"))
            #expect(result.decision == .deny && result.outcome == .held)
        }
    }

    @Test func `a complete good run and a day later the count begins anew`() async throws {
        let premises = try await premises(12)
        everybody(5, suffers: .initialsGone, in: premises)
        for id in 1...5 { _ = try await premises.login(.sourceID("\(id)")) }
        premises.clock.advance(by: .seconds(90_000))
        #expect(try await premises.syncAll().state == .completed)
        premises.clock.advance(by: .seconds(90_000))
        premises.source.change(Observation.staff("6").key) { $0.initials = .empty }
        #expect(try await premises.login(.sourceID("6")).outcome == .refreshed)
    }

    @Test func `a person who loses something twice counts once`() async throws {
        let premises = try await premises(12)
        for round in 1...8 {
            premises.letFreshnessPass()
            premises.source.change(Observation.staff("1").key) {
                $0.initials = round.isMultiple(of: 2) ? .value("AB") : .empty
            }
            #expect(try await premises.login(.sourceID("1")).outcome == .refreshed)
        }
    }

    @Test func `a batch counts who was suspended by logins before it`() async throws {
        let premises = try await premises(100)
        everybody(10, suffers: .everybodyLeft, in: premises)
        for id in 1...10 { _ = try await premises.login(.sourceID("\(id)")) }
        for id in 11...15 {
            premises.source.change(Observation.staff("\(id)").key) {
                $0.standing = .left(.notCurrent)
            }
        }
        #expect(try await premises.syncAll().state == .held)
        #expect(try await casualties(of: .everybodyLeft, 100, in: premises) == 10)
    }
}
