import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Ways in which people came to harm once; each failed before it was mended.
@Suite struct HarmTests {
    private func premises(_ count: Int = 8) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...count {
            premises.source.put(
                .staff("\(number)", roles: ["Teacher"]).with {
                    $0.phone = .value("01632 96000\(number)")
                }
            )
        }
        #expect(try await premises.syncAll().created == count)
        return premises
    }

    @Test(arguments: [false, true])
    func `silence about who is current brings no leaver back`(byLogin: Bool) async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.standing = .unstated }
        if byLogin {
            #expect(try await premises.login(.sourceID("1")).decision == .deny)
        } else {
            #expect(try await premises.syncAll().restored == 0)
        }
        #expect(try await premises.account("1")?.status == .suspended(by: .sync))
    }

    @Test func `silence about who is current makes no account for somebody who left`()
        async throws
    {
        let premises = try await premises()
        premises.source.put(.staff("9").with { $0.standing = .left(.notCurrent) })
        #expect(try await premises.syncAll().ignored == [.left: 1])
        premises.source.change(.staff("9")) { $0.standing = .unstated }
        #expect(try await premises.syncAll().created == 0)
    }

    /// What the permissions say when they are read again, and whether the value goes.
    @Test(arguments: [(Grant.granted, true), (.denied, false), (.unknown, false)])
    func `a login empties a field only where the permissions, read again, grant it`(
        grant: Grant,
        isEmptied: Bool
    ) async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.phone = .empty }
        var capabilities = Capabilities.everything
        capabilities[.staff].grants[.phone] = grant
        premises.source.script { [capabilities] in $0.capabilities = capabilities }
        _ = try await premises.login(.sourceID("1"))
        #expect((try await premises.account("1")?.phone == nil) == isEmptied)
    }

    @Test func `one record without an id does not make an empty list of values believed`()
        async throws
    {
        let premises = try await premises()
        for number in 1...8 { premises.source.change(.staff("\(number)")) { $0.phone = .empty } }
        premises.source.script {
            $0.pageFaults = [1: [.unreadable([UnreadableRecord(id: nil, reason: "No id.")])]]
        }
        try await premises.syncAll()
        #expect(try await premises.account("1")?.phone != nil)
    }

    @Test func `a field that goes for most but not all is held`() async throws {
        let premises = try await premises()
        for number in 1...7 { premises.source.change(.staff("\(number)")) { $0.phone = .empty } }
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 7)
        #expect(result.trouble?.contains("phone") == true)
        #expect(try await premises.account("1")?.phone != nil)
    }

    @Test func `a login without a readable policy asks nothing and changes nothing`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        premises.store.failPolicy()
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == .sourceUnavailable)
        #expect(result.requests == 0 && result.changes.isEmpty)
        #expect(try await premises.login(.sourceID("77")).decision == .deny)
    }

    @Test func `people who left before do not count as leavers again`() async throws {
        let premises = try await premises(60)
        for round in 0..<2 {
            for number in 1...5 {
                premises.source.change(.staff("\(round * 5 + number)")) {
                    $0.standing = .left(.notCurrent)
                }
            }
            #expect(try await premises.syncAll().suspended == 5)
            // Who left in the last day does count.
            premises.clock.advance(by: .seconds(86_401))
        }
        try await premises.setPolicy { $0.ownership[.phone] = .untilEdited }
        premises.source.change(.staff("20")) { $0.standing = .left(.notCurrent) }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.suspended == 1)
    }

    @Test func `a reused record is not the person who left`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        premises.source.put(
            .staff("1", forename: "Mallory", surname: "Stranger", email: "m@school.example")
        )
        let result = try await premises.syncAll()
        #expect(result.restored == 0 && result.disputed == 1)
        #expect(try await premises.account("1")?.status == .suspended(by: .sync))
        #expect(try await premises.login(.sourceID("1")).decision == .deny)
    }

    @Test func `a person of one school who logs in at another is asked for at her own`()
        async throws
    {
        let second = SchoolDescription(id: "A2", name: "Second", timeZone: nil)
        let premises = try await Premises(schools: [.example, second])
        let there = SchoolKey(connection: premises.connection.id, school: "A2")
        premises.source.put(.staff("1", email: "one@school.example", in: there))
        try await premises.syncAll()
        premises.source.change(.staff("1", in: there)) { $0.standing = .left(.notCurrent) }
        let result = try await premises.login(.email("one@school.example"))
        #expect(result.decision == .deny && result.outcome == .left)
        // Her record, and who is new there.
        #expect(result.requests == 2)
    }

    @Test func `an address that changes hands lets nobody in as the other`() async throws {
        let premises = try await premises(2)
        premises.source.change(.staff("1")) { $0.email = .value("2@school.example") }
        premises.source.change(.staff("2")) { $0.email = .value("1@school.example") }
        for isSynced in [false, true] {
            if isSynced { try await premises.syncAll() }
            let result = try await premises.login(.email("1@school.example"))
            #expect(result.decision == .allow)
            #expect(result.account?.links.first?.key == .staff("2"))
        }
    }
}
