import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct BatchSyncTests {
    private func school(_ count: Int) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...count { premises.source.put(.staff("\(number)")) }
        #expect(try await premises.syncAll().created == count)
        return premises
    }

    @Test(arguments: [1, 2, 50])
    func `a newcomer gets in one batch the address that somebody gives up in it`(
        chunk: Int
    ) async throws {
        let premises = try await school(3)
        premises.source.change(.staff("1")) { $0.email = .value("x@school.example") }
        premises.source.put(.staff("0", email: "1@school.example"))
        let result = try await premises.syncAll(chunk: chunk)
        #expect(result.created == 1 && result.disputed == 0)
        #expect(try await premises.account("0")?.email == "1@school.example")
        #expect(try await premises.account("1")?.email == "x@school.example")
    }

    @Test func `a comparison finds what was changed here behind an unchanged record`() async throws
    {
        let premises = try await school(3)
        var account = try #require(try await premises.account("2"))
        let surname = account.surname
        account.surname = "Tampered"
        try await premises.write(account)
        let connection = try await premises.school().connection
        let plain = await BatchSync(premises.workshop).run(connection)
        #expect(plain.unchanged == 3)
        let preview = await BatchSync(premises.workshop)
            .run(connection, isPreview: true, comparesAll: true)
        #expect(preview.planned.map(\.to) == [surname])
        #expect(try await premises.account("2")?.surname == "Tampered")
        let order = SyncOrder(onlyChanges: true, comparesAll: true)
        let compared = await BatchSync(premises.workshop).run(connection, by: order)
        #expect(compared.kind == .full && compared.changed == 1 && compared.unchanged == 2)
        #expect(try await premises.account("2")?.surname == surname)
    }

    @Test func `another policy about departed managers is followed in the next batch`()
        async throws
    {
        let premises = try await school(2)
        premises.source.change(.staff("1")) {
            $0.managers = .value([ManagerEntry(key: .staff("2"))])
        }
        premises.source.change(.staff("2")) { $0.standing = .left(.notCurrent) }
        #expect(try await premises.syncAll().followed == 0)
        #expect(try await premises.account("1")?.lineManager == nil)
        var policy = Policy()
        policy.departedManager = .keep
        try await premises.store.setPolicy(policy, of: .standard)
        try await premises.syncAll()
        #expect(try await premises.account("1")?.lineManager != nil)
    }

    @Test func `who loses a line manager that left is counted as having followed`() async throws {
        let premises = try await school(3)
        for number in 1...2 {
            premises.source.change(.staff("\(number)")) {
                $0.managers = .value([ManagerEntry(key: .staff("3"))])
            }
        }
        #expect(try await premises.syncAll().changed == 2)
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        let result = try await premises.syncAll()
        #expect(result.suspended == 1 && result.unchanged == 2 && result.followed == 2)
    }

    @Test func `who is no longer listed claims no address in the same batch`() async throws {
        let premises = try await school(1)
        premises.source.put(
            .staff("2", email: "x@school.example"),
            .staff("3", email: "x@school.example")
        )
        #expect(try await premises.syncAll().disputed == 2)
        premises.source.remove(.staff("3"))
        #expect(try await premises.syncAll().created == 1)
    }

    @Test func `a parked record that cannot be read is kept`() async throws {
        let premises = try await school(1)
        premises.source.put(
            .staff("2", email: "x@school.example"),
            .staff("3", email: "x@school.example")
        )
        try await premises.syncAll()
        premises.source.script {
            $0.pageFaults = [1: [.unreadable([UnreadableRecord(id: "3", reason: "Cut.")])]]
        }
        let result = try await premises.syncAll()
        #expect(result.failed == 1 && result.created == 0)
        #expect(try await premises.store.unlinkedRecords(in: .example).count == 2)
    }

    @Test(arguments: [(5, 8, false), (6, 8, true), (6, 70, false), (8, 70, true)])
    func `many leavers at once are held`(leavers: Int, people: Int, isHeld: Bool) async throws {
        let premises = try await school(people)
        for number in 1...leavers {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        premises.source.change(.staff("\(people)")) { $0.surname = .value("Brown") }
        let result = try await premises.syncAll()
        #expect(result.state == (isHeld ? .held : .completed))
        #expect(result.suspended == (isHeld ? 0 : leavers))
        #expect(result.held == (isHeld ? leavers : 0))
        #expect(try await premises.account("\(people)")?.surname == "Brown")
    }

    @Test func `a field that vanishes for everybody is a permission taken back`() async throws {
        let premises = try await Premises()
        for number in 1...4 {
            premises.source.put(Observation.staff("\(number)").with { $0.phone = .value("1") })
        }
        try await premises.syncAll()
        for number in 1...4 { premises.source.change(.staff("\(number)")) { $0.phone = .empty } }
        try await premises.syncAll()
        #expect(try await premises.account("1")?.phone == "1")
    }

    @Test func `who comes while the list is read, and logs in, is not noted as missing`()
        async throws
    {
        let premises = try await Premises(pageSize: 2)
        for number in 1...4 { premises.source.put(.staff("\(number)")) }
        // Who changed since then is on one page.
        for _ in 1...2 {
            try await premises.syncAll()
            premises.clock.advance(by: .seconds(7200))
        }
        let gate = Gate()
        premises.source.script { $0.pageFaults[2] = [.held(gate)] }
        async let result = premises.syncAll()
        try await gate.arrival()
        // Her place is on the first page, which was read.
        premises.source.put(.staff("0"))
        premises.source.script { $0.everyAnswer = .record }
        #expect(try await premises.login(.sourceID("0")).decision == .allow)
        gate.open()
        #expect(try await result.seen == 4)
        var request = ViewRequest(tenant: .standard)
        request.keys = [Observation.staff("0").key]
        let link = try await premises.store.view(request).links.values.first
        #expect(link != nil && link?.missingSince == nil)
    }

    @Test func `the first list of a school whose people came by logins empties nothing for all`()
        async throws
    {
        let premises = try await Premises()
        for number in 1...4 {
            premises.source.put(Observation.staff("\(number)").with { $0.phone = .value("1") })
            _ = try await premises.login(.sourceID("\(number)"))
        }
        for number in 1...4 { premises.source.change(.staff("\(number)")) { $0.phone = .empty } }
        #expect(try await premises.syncAll().state == .completed)
        #expect(try await premises.account("1")?.phone == "1")
    }

    @Test func `a run keeps what it came to, after each page and at the end`() async throws {
        let premises = try await Premises(pageSize: 2)
        for number in 1...5 { premises.source.put(.staff("\(number)")) }
        let result = try await premises.syncAll()
        let updates = premises.store.updates.withLock { $0 }
        #expect(updates.map(\.counts.seen) == [2, 4, 5, 5])
        #expect(updates.map(\.counts.created) == [0, 0, 0, 5])
        #expect(updates.map(\.state) == [.running, .running, .running, .completed])
        #expect(updates.last?.counts == result.counts)
        #expect(result.counts.requests == result.requests && result.requests > 3)
        let runs = try await premises.store.runs(of: premises.connection.id, limit: 9)
        #expect(runs == [try #require(updates.last)])
    }

    @Test func `a run keeps why it failed, and what it had read by then`() async throws {
        let premises = try await Premises(pageSize: 2)
        for number in 1...5 { premises.source.put(.staff("\(number)")) }
        premises.source.script { $0.pageFaults = [2: [.error(.malformed(reason: "It was cut."))]] }
        let result = try await premises.syncAll()
        let run = try #require(try await premises.store.run(result.run))
        #expect(run.state == .failed)
        #expect(run.counts.seen == 2)
        #expect(run.trouble != nil)
        #expect(run.trouble == result.trouble)
    }

    @Test func `a run keeps what it holds back`() async throws {
        let premises = try await school(8)
        for number in 1...6 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        let result = try await premises.syncAll()
        let run = try #require(try await premises.store.run(result.run))
        #expect(run.state == .held)
        #expect(run.counts.held == 6)
        #expect(run.trouble == result.trouble && run.trouble?.contains("6 people") == true)
    }
}
