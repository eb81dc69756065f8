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
