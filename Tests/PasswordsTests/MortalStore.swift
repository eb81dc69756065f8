import Accounts
import MusterTesting
import Roster
import Synchronization

/// A store of a process that is killed before one of its calls: nothing after that happens.
final class MortalStore: CredentialStore {
    private let base: MemoryStore
    private let last: Int
    private let calls = Mutex(0)

    /// Lets `last` calls through, and no more.
    init(_ base: MemoryStore, calls last: Int) {
        self.base = base
        self.last = last
    }

    /// Whether the process was killed.
    var isDead: Bool { calls.withLock { $0 > last } }

    private func live() throws(StoreError) -> MemoryStore {
        let count = calls.withLock { calls in
            calls += 1
            return calls
        }
        guard count <= last else { throw .unavailable(reason: "killed") }
        return base
    }

    func password(of account: AccountID) async throws(StoreError) -> StoredPassword? {
        try await live().password(of: account)
    }

    func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError) {
        try await live().noteFailure(of: account, at: at)
    }

    func noteSuccess(
        of account: AccountID,
        replacing old: String,
        by hash: String?
    ) async throws(StoreError) {
        try await live().noteSuccess(of: account, replacing: old, by: hash)
    }

    func issue(_ token: PasswordToken, in mail: OutboxMail) async throws(StoreError) -> Bool {
        try await live().issue(token, in: mail)
    }

    func token(digest: [UInt8], at: Timestamp) async throws(StoreError) -> PasswordToken? {
        try await live().token(digest: digest, at: at)
    }

    func issues(
        of purpose: TokenPurpose,
        for account: AccountID,
        since: Timestamp
    ) async throws(StoreError) -> [Timestamp] {
        try await live().issues(of: purpose, for: account, since: since)
    }

    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        try await live().redeem(digest: digest, for: hash, telling: mail, at: at)
    }

    func add(_ request: ResetRequest) async throws(StoreError) { try await live().add(request) }

    func requests(limit: Int) async throws(StoreError) -> [ResetRequest] {
        try await live().requests(limit: limit)
    }

    func forget(request: Int64) async throws(StoreError) {
        try await live().forget(request: request)
    }

    func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account] {
        try await live().uninvited(in: school, of: tenant, after: after, limit: limit, at: at)
    }

    func add(_ mail: OutboxMail) async throws(StoreError) { try await live().add(mail) }

    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        try await live().takeMails(dueAt: at, until: until, limit: limit)
    }

    func settle(_ mail: OutboxMail) async throws(StoreError) { try await live().settle(mail) }

    func isWaiting(mail id: String) async throws(StoreError) -> Bool {
        try await live().isWaiting(mail: id)
    }

    func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts {
        try await live().mailCounts(of: tenant)
    }

    func setPaused(_ isPaused: Bool, of tenant: TenantID) async throws(StoreError) {
        try await live().setPaused(isPaused, of: tenant)
    }

    func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await live().forgetMails(before: before, limit: limit)
    }
}
