import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Logins by addresses that went to somebody else in the MIS since the last sync.
@Suite(.timeLimit(.minutes(3))) struct ExchangedAddressTests {
    private let reason = "The MIS gives this person another address, which somebody else holds"

    /// A school of `count` people who were synced an hour ago; what they say is changed after that.
    private func premises(
        _ count: Int = 30,
        _ change: (Premises) async throws -> Void = { _ in }
    ) async throws -> Premises {
        let premises = try await Premises()
        for id in 1...count { premises.source.put(person(id)) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(3600))
        try await change(premises)
        return premises
    }

    private func person(_ id: Int) -> Observation {
        .staff("\(id)", forename: "Name\(id)", surname: "Family\(id)", email: address(id))
    }

    private func address(_ id: Int) -> String { "\(id)@school.example" }

    private func exchange(_ premises: Premises) {
        premises.source.change(.staff("1")) { $0.email = .value(address(2)) }
        premises.source.change(.staff("2")) { $0.email = .value(address(1)) }
    }

    private func reads(_ premises: Premises) -> Int {
        premises.source.asked.count {
            if case .page(_, _, _, changedSince: .some, sequence: _) = $0 { true } else { false }
        }
    }

    @Test(arguments: [[1, 2], [2, 1]])
    func `each of two who exchanged addresses gets into her own account at once`(
        order: [Int]
    ) async throws {
        let premises = try await premises { exchange($0) }
        for id in order {
            let result = try await premises.login(.email(address(3 - id)))
            #expect(result.decision == .allow, "\(result)")
            #expect(result.account?.account.surname == "Family\(id)")
            #expect(result.account?.account.email == address(3 - id))
            #expect(result.requests <= 2 && result.trouble == nil)
            #expect(result.changes.allSatisfy { $0.account == result.account?.account.id })
        }
        #expect(reads(premises) == 1)
        #expect(try await premises.syncAll().changed == 0)
    }

    @Test func `whoever got an address that its holder gave up is not let in as her`() async throws
    {
        let premises = try await premises { premises in
            premises.source.change(.staff("1")) { $0.email = .value("new@school.example") }
            premises.source.put(
                .staff("99", forename: "George", surname: "Kaur", email: address(1))
            )
        }
        let result = try await premises.login(.email(address(1)))
        #expect(result.decision == .allow, "\(result)")
        #expect(result.account?.account.forename == "George")
        #expect(try await premises.account("1")?.email == "new@school.example")
        let known = try await premises.login(.email("new@school.example"))
        #expect(known.decision == .allow && known.account?.account.surname == "Family1")
    }

    @Test func `so is a colleague who got it`() async throws {
        let premises = try await premises { premises in
            premises.source.change(.staff("1")) { $0.email = .value("new@school.example") }
            premises.source.change(.staff("2")) { $0.email = .value(address(1)) }
        }
        let result = try await premises.login(.email(address(1)))
        #expect(result.decision == .allow, "\(result)")
        #expect(result.account?.account.surname == "Family2")
    }

    @Test func `a record that waits for the address is not passed over`() async throws {
        let premises = try await premises { premises in
            premises.source.put(
                .staff("99", forename: "George", surname: "Kaur", email: address(1))
            )
            for _ in 1...2 {
                try await premises.syncAll()
                premises.clock.advance(by: .seconds(7200))
            }
            premises.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        }
        let result = try await premises.login(.email(address(1)))
        #expect(result.decision == .allow, "\(result)")
        #expect(result.account?.account.forename == "George")
    }

    @Test func `where nobody else has the address, who gave it up is let in`() async throws {
        let premises = try await premises {
            $0.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        }
        for _ in 1...3 {
            let result = try await premises.login(.email(address(1)))
            #expect(result.decision == .allow, "\(result)")
            #expect(result.account?.account.surname == "Family1")
        }
        #expect(reads(premises) == 1)
    }

    @Test func `while nobody can say whose the address is, it lets nobody in, however often`()
        async throws
    {
        let premises = try await premises { premises in
            exchange(premises)
            try await premises.setPolicy { $0.newcomers = .refuse }
        }
        for _ in 1...3 {
            let result = try await premises.login(.email(address(2)))
            #expect(result.decision == .deny && result.outcome == .disputed, "\(result)")
            #expect(result.trouble?.contains(reason) == true)
        }
        premises.source.script { script in
            script.everyAnswer = .failed(.unavailable(reason: "The MIS is away."))
        }
        let result = try await premises.login(.email(address(2)))
        #expect(result.decision == .deny && result.outcome == .disputed, "\(result)")
    }

    @Test func `where the second question fails nobody is let in`() async throws {
        let premises = try await premises { premises in
            exchange(premises)
            premises.source.script {
                $0.pageFaults[1] = [.error(.unavailable(reason: "The MIS is away."))]
            }
        }
        let result = try await premises.login(.email(address(2)))
        #expect(result.decision == .deny && result.outcome == .disputed, "\(result)")
        #expect(result.trouble?.contains(reason) == true)
        let again = try await premises.login(.email(address(2)))
        #expect(again.decision == .deny && again.outcome == .disputed, "\(again)")
        #expect(again.retryAfter != nil)
    }

    @Test func `the second question is inside the same budget, and goes on behind`() async throws {
        let gate = Gate()
        let premises = try await premises { premises in
            exchange(premises)
            premises.source.script { $0.pageFaults[1] = [.held(gate)] }
        }
        async let login = premises.login(.email(address(2)))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .deny, "\(result)")
        #expect(result.time == .milliseconds(800))
        gate.open()
        await premises.login.finishDeferred()
        let next = try await premises.login(.email(address(2)))
        #expect(next.decision == .allow && next.account?.account.surname == "Family1", "\(next)")
    }

    @Test func `a password that was somebody's lets nobody else in`() async throws {
        let premises = try await premises { exchange($0) }
        let result = try await premises.login(.email(address(2)), .password)
        #expect(result.decision == .deny && result.outcome == .disputed, "\(result)")
        #expect(reads(premises) == 0)
    }

    @Test(arguments: [LoginMethod.password, .sso])
    func `a password stays hers who had the address, at every login`(
        method: LoginMethod
    ) async throws {
        let premises = try await premises { premises in
            premises.source.change(.staff("1")) { $0.email = .value("new@school.example") }
            premises.source.change(.staff("2")) { $0.email = .value(address(1)) }
        }
        for _ in 1...2 {
            let result = try await premises.login(.email(address(1)), method)
            let isHers = result.account?.account.surname == "Family1"
            #expect(method == .sso ? result.account?.account.surname == "Family2" : isHers)
        }
    }

    @Test func `where it was not asked whose the address is, its former holder waits`() async throws
    {
        let premises = try await premises()
        // It takes the read of this half minute.
        #expect(try await premises.login(.email("nobody@school.example")).decision == .deny)
        premises.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        premises.source.change(.staff("2")) { $0.email = .value(address(1)) }
        for _ in 1...2 {
            let early = try await premises.login(.email(address(1)))
            #expect(early.decision == .deny && early.account == nil, "\(early)")
            #expect(early.retryAfter != nil)
        }
        // The next read begins by itself, and this login may come while it goes on.
        var result = try await premises.login(.email(address(1)))
        for _ in 1...5 where result.decision == .deny {
            premises.clock.advance(by: .seconds(31))
            await premises.login.finishDeferred()
            result = try await premises.login(.email(address(1)))
        }
        #expect(result.decision == .allow, "\(result)")
        #expect(result.account?.account.surname == "Family2")
    }

    @Test func `whom the host's own name is bound to is not taken for another`() async throws {
        let premises = try await premises { exchange($0) }
        let subject = HostSubject(issuer: "https://id.example", subject: "2")
        let id = try #require(try await premises.account("2")).id
        try await premises.store.bind(subject, to: id, of: .standard)
        let event = LoginEvent(
            school: try await premises.school(),
            key: .email(address(2)),
            method: .sso,
            subject: subject
        )
        let result = await premises.login.refresh(event)
        #expect(result.decision == .allow && result.account?.account.id == id, "\(result)")
    }

    /// Whatever the MIS says of three people and four addresses, whoever logs in by one is let into
    /// the account of somebody whose record has it, or that nobody's has.
    @Test(arguments: 0..<64) func `nobody gets into the account of another`(code: Int) async throws
    {
        let wanted = [code % 4, code / 4 % 4, code / 16].enumerated().map { person, choice in
            choice == 3 ? "free\(person + 1)@school.example" : address(choice + 1)
        }
        for first in 1...3 {
            let premises = try await premises(8) { premises in
                for (index, email) in wanted.enumerated() {
                    premises.source.change(.staff("\(index + 1)")) { $0.email = .value(email) }
                }
            }
            let before = try await accounts(premises)
            for round in 0..<3 {
                for step in 0..<3 {
                    let typed = address((first + step - 1) % 3 + 1)
                    let result = try await premises.login(.email(typed))
                    let owners = wanted.indices.filter { wanted[$0] == typed }.map { before[$0] }
                    let id = result.account?.account.id
                    if result.decision == .allow {
                        #expect(
                            owners.isEmpty ? id != nil : id.map(owners.contains) == true,
                            "\(wanted), \(typed): \(result)"
                        )
                    }
                    // Once each record was asked for, whoever is the only one gets in.
                    if round > 0, Set(wanted).count == 3, owners.count == 1 {
                        #expect(
                            result.decision == .allow && id == owners[0],
                            "\(wanted), \(typed): \(result)"
                        )
                    }
                    premises.letFreshnessPass()
                }
            }
            #expect(try await accounts(premises) == before, "nobody became another")
        }
    }

    private func accounts(_ premises: Premises) async throws -> [AccountID?] {
        var accounts: [AccountID?] = []
        for id in 1...3 { accounts.append(try await premises.account("\(id)")?.id) }
        return accounts
    }
}
