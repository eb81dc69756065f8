import Accounts
import MusterTesting
import Roster
import Testing

@Suite struct MemoryStoreTests {
    @Test func `contents are equal whatever ids were minted`() async throws {
        let first = try await store(idsFrom: 10)
        let second = try await store(idsFrom: 500)
        let difference = first.snapshot().difference(from: second.snapshot())
        #expect(difference == nil)
        #expect(first.snapshot().entries.count == 2)
    }

    @Test func `a difference names the account and the field`() async throws {
        let first = try await store(idsFrom: 10)
        let second = try await store(idsFrom: 10, surname: "Okafor")
        let difference = first.snapshot().difference(from: second.snapshot())
        #expect(
            difference
                == "account a@school.example: surname is 'Brown', there 'Okafor'"
        )
    }

    @Test func `accounts without an address go by their records, or by number`() async throws {
        let store = MemoryStore()
        let record = Observation.staff("A1")
        var changes = ChangeSet(tenant: .standard, run: nil, cause: .import, at: .example)
        changes.accounts = (1...3 as ClosedRange<Int64>).map { id in
            let account = Account.named("Amara", "Abdi", id: id).with { $0.email = nil }
            return AccountWrite(after: account.with { $0.title = "\(9 - id)" }, before: nil)
        }
        changes.links = [LinkWrite(after: .of(record, to: AccountID(1)), baseSequence: nil)]
        try await store.apply(changes)
        let content = store.snapshot()
        #expect(
            content.entries.keys.sorted() == [
                "account (Amara Abdi)", "account (Amara Abdi) #2", "account A1000000001/staff/A1",
            ]
        )
        #expect(content.entries["account (Amara Abdi)"]?["title"] == "6")
        let read = try await StoreContent.read(from: store, school: .example, tenant: .standard)
        #expect(read.difference(from: content) == nil)
    }

    @Test func `a value that is missing differs from every value`() {
        var first = StoreContent()
        first.entries = ["account a": ["title": "Dr"], "account b": ["title": "Ms"]]
        var second = StoreContent()
        second.entries = ["account a": ["phone": "0"]]
        #expect(
            first.difference(from: second) == """
                account a: phone is not set, there '0'
                account a: title is 'Dr', there not set
                account b: only here: ["title: Ms"]
                """
        )
    }

    private func store(idsFrom first: Int64, surname: String = "Brown") async throws -> MemoryStore
    {
        let store = MemoryStore()
        var changes = ChangeSet(
            tenant: .standard,
            run: nil,
            cause: .import,
            at: Timestamp(milliseconds: 0)
        )
        var account = Account(id: AccountID(first), tenant: .standard)
        account.email = "a@school.example"
        account.surname = surname
        var report = Account(id: AccountID(first + 1), tenant: .standard)
        report.email = "b@school.example"
        report.lineManager = account.id
        changes.accounts = [
            AccountWrite(after: report, before: nil), AccountWrite(after: account, before: nil),
        ]
        try await store.apply(changes)
        return store
    }
}
