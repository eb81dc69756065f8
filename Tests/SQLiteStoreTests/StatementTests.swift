import Accounts
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// What is asked of SQLite, counted.
@Suite struct `Statements` {
    let folder: TemporaryFolder
    let statements = StatementLog()
    let store: SQLiteStore

    init() async throws {
        folder = try TemporaryFolder()
        store = try folder.store { [statements] in
            $0.readers = 1
            $0.statementTrace = statements.note
        }
        try await store.fill(100)
        // The first read opens the one connection for reads.
        _ = try await store.run(RunID(0))
        _ = statements.taken()
    }

    @Test func `a view of a hundred records takes no more statements than a view of one`()
        async throws
    {
        var counts: [Int] = []
        for count in [1, 100] {
            var request = ViewRequest(tenant: .standard)
            request.keys = Set((1...count).map { .staff("S\($0)") })
            request.managersAround = request.keys
            request.emails = Set((1...count).map { "\($0)@school.example" })
            request.awaitedEmails = true
            request.classes = [TeachingClass.example("10B").key]
            let view = try await store.view(request)
            #expect(view.accounts.count == count)
            counts.append(statements.taken().queries.count)
        }
        #expect(counts[1] == counts[0])
        #expect(counts[1] <= 12)
    }

    @Test func `finding a person reads in one transaction and writes nothing`() async throws {
        let person = try await store.person(
            .email("7@school.example"),
            in: .example,
            of: .standard,
            formerSince: .example
        )
        #expect(person?.account.id == AccountID(7))
        let taken = statements.taken()
        #expect(taken.beginning(with: "BEGIN").count == 1)
        #expect(taken.queries.count <= 7)
        #expect(taken.writes == [])
    }

    @Test func `relations cost statements only where there are any`() async throws {
        let person = LoginKey.email("7@school.example")
        func statements(_ key: LoginKey) async throws -> [String] {
            let found = try await store.person(
                key,
                in: .example,
                of: .standard,
                formerSince: .example
            )
            #expect(found != nil)
            return self.statements.taken().queries
        }
        #expect(try await !statements(person).contains { $0.contains("guardianship AS") })
        var pupil = Account.named("Niamh", "O'Hara", id: 500)
        pupil.guardianships = [Guardianship(contact: .contact("C"), givenBy: .student("K"))]
        var changes = ChangeSet.example(.login)
        changes.accounts = [AccountWrite(after: pupil, before: nil)]
        changes.links = [
            LinkWrite(after: .of(.student("K"), to: pupil.id), baseSequence: nil)
        ]
        try await store.apply(changes)
        _ = self.statements.taken()
        let own = try await statements(.email("500@school.example"))
        #expect(own.count { $0.contains("guardianship AS") } == 1)
        #expect(try await !statements(person).contains { $0.contains("guardianship AS") })
    }

    @Test func `noting a look-up writes to no account and no link`() async throws {
        try await store.markChecked(
            [CheckedRecord(key: .staff("S1"), sequence: 9)],
            beside: nil,
            at: .example
        )
        let writes = statements.taken().writes
        #expect(writes.count == 1)
        #expect(writes.allSatisfy { $0.hasPrefix("INSERT INTO checked") })
    }

    @Test func `nothing to do opens no transaction`() async throws {
        try await store.apply(.example(.batch))
        try await store.markChecked([], beside: nil, at: .example)
        try await store.stage([], in: RunID(1))
        try await store.hasten([], in: RunID(1))
        _ = try await store.marks(of: [])
        // The read before may end only now.
        #expect(statements.taken().filter { $0 != "COMMIT TRANSACTION" } == [])
    }

    @Test func `a change of one field writes one row of each table it is about`() async throws {
        var request = ViewRequest(tenant: .standard)
        request.keys = [.staff("S1")]
        let view = try await store.view(request)
        let before = try #require(view.accounts[AccountID(1)])
        let link = try #require(view.links[.staff("S1")])
        var changes = ChangeSet.example(.login)
        changes.accounts = [
            AccountWrite(after: before.with { $0.surname = "Okafor" }, before: before)
        ]
        changes.links = [
            LinkWrite(after: link.with { $0.sequence = 2 }, baseSequence: link.sequence)
        ]
        changes.links[0].keepsNeutralKeys = true
        changes.history = [
            HistoryEntry(
                account: before.id,
                field: .surname,
                from: "Abdi 1",
                to: "Okafor",
                reason: "source"
            )
        ]
        _ = statements.taken()
        try await store.apply(changes)
        let heads = statements.taken().writes.map { $0.split(separator: " ").prefix(3).last ?? "" }
        #expect(heads.map(String.init).sorted() == ["SET", "SET", "history"])
    }

    @Test func `the text of a statement never holds what a person said`() async throws {
        _ = try await store.person(
            .email("secret@school.example"),
            in: .example,
            of: .standard,
            formerSince: .example
        )
        #expect(!statements.taken().contains { $0.contains("secret") })
    }

    @Test(arguments: [
        (Cause.login, false), (.batch, false), (.administrator, true), (.import, true),
    ])
    func `what a person did outlives a power cut`(_ cause: Cause, _ isSynced: Bool) async throws {
        var changes = ChangeSet.example(cause)
        changes.checked = [CheckedRecord(key: .staff("S1"), sequence: 2)]
        try await store.apply(changes)
        let pragmas = statements.taken().beginning(with: "PRAGMA synchronous")
        #expect(
            pragmas
                == (isSynced ? ["PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"] : [])
        )
    }

    @Test func `policies and connections outlive a power cut`() async throws {
        try await store.setPolicy(Policy(), of: .standard)
        try await store.setSealedSecret(nil, of: .example)
        try await store.rename(.example, to: "birch")
        try await store.remove(.example)
        let pragmas = statements.taken().beginning(with: "PRAGMA synchronous = FULL")
        #expect(pragmas.count == 4)
    }

    @Test func `keys of applications outlive a power cut`() async throws {
        let key = AccessKey(
            name: "web",
            tenant: .standard,
            scopes: [.logins],
            createdAt: .example,
            proof: .bearer(digest: [1])
        )
        try await store.addKey(key)
        _ = try await store.removeKey(named: "web")
        let pragmas = statements.taken().beginning(with: "PRAGMA synchronous = FULL")
        #expect(pragmas.count == 2)
    }
}
