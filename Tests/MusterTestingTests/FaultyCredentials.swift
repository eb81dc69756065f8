import Accounts
import MusterTesting
import Roster
import Synchronization

/// A fault that a store may have with passwords, and a law that it breaks.
struct CredentialFault: Sendable, CustomStringConvertible {
    let description: String
    let law: String
    let make: @Sendable () -> any WholeStore & CredentialStore

    static let all = [
        CredentialFault(
            description: "a link is looked at and used up apart",
            law: "of many who use a link at once, one does"
        ) { HastyRedeemer() },
        CredentialFault(
            description: "a link counts until it expires, whatever happened",
            law: "who may not come in, moves or gains a right has no link"
        ) { LenientDoor() },
        CredentialFault(
            description: "nobody is told that her password was set",
            law: "who uses a link has a password, no other link, and a row"
        ) { SilentStore() },
        CredentialFault(
            description: "a password outlives its person",
            law: "of who is erased no password, link, mail or request is left"
        ) { CachingStore() },
        CredentialFault(
            description: "failures are not counted",
            law: "failures count until the right password is given"
        ) { PatientStore() },
        CredentialFault(
            description: "mails that are taken may be taken by others",
            law: "two who take mails never get the same one"
        ) { CrowdedOutbox() },
        CredentialFault(
            description: "a mail that was taken is never taken again",
            law: "a mail that was taken and not settled comes again as it was"
        ) { LosingOutbox() },
        CredentialFault(
            description: "a pause holds nothing back",
            law: "invitations of a paused tenant wait, and nothing else does"
        ) { RestlessOutbox() },
        CredentialFault(
            description: "requests about nobody are not kept",
            law: "requests are kept for whoever is named, the oldest first"
        ) { TellingStore() },
        CredentialFault(
            description: "everybody's mails are counted",
            law: "mails are counted by how far they have come"
        ) { CountingOutbox() },
        CredentialFault(
            description: "as much as there is is forgotten",
            law: "mails and links that are done are forgotten after a while"
        ) { ForgetfulOutbox() },
        CredentialFault(
            description: "each page begins anew",
            law: "those to be invited come in pages, as they are"
        ) { FirstPageStore() },
    ]
}

/// A store that keeps passwords as a memory store does.
private protocol ForwardingCredentials: ForwardingStore, CredentialStore {}

extension ForwardingCredentials {
    func password(of account: AccountID) async throws(StoreError) -> StoredPassword? {
        try await base.password(of: account)
    }

    func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError) {
        try await base.noteFailure(of: account, at: at)
    }

    func noteSuccess(
        of account: AccountID,
        replacing old: String,
        by hash: String?
    ) async throws(StoreError) {
        try await base.noteSuccess(of: account, replacing: old, by: hash)
    }

    func issue(_ token: PasswordToken, in mail: OutboxMail) async throws(StoreError) -> Bool {
        try await base.issue(token, in: mail)
    }

    func token(digest: [UInt8], at: Timestamp) async throws(StoreError) -> PasswordToken? {
        try await base.token(digest: digest, at: at)
    }

    func issues(
        of purpose: TokenPurpose,
        for account: AccountID,
        since: Timestamp
    ) async throws(StoreError) -> [Timestamp] {
        try await base.issues(of: purpose, for: account, since: since)
    }

    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        try await base.redeem(digest: digest, for: hash, telling: mail, at: at)
    }

    func add(_ request: ResetRequest) async throws(StoreError) { try await base.add(request) }

    func requests(limit: Int) async throws(StoreError) -> [ResetRequest] {
        try await base.requests(limit: limit)
    }

    func forget(request: Int64) async throws(StoreError) {
        try await base.forget(request: request)
    }

    func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account] {
        try await base.uninvited(in: school, of: tenant, after: after, limit: limit, at: at)
    }

    func add(_ mail: OutboxMail) async throws(StoreError) { try await base.add(mail) }

    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        try await base.takeMails(dueAt: at, until: until, limit: limit)
    }

    func settle(_ mail: OutboxMail) async throws(StoreError) { try await base.settle(mail) }

    func isWaiting(mail id: String) async throws(StoreError) -> Bool {
        try await base.isWaiting(mail: id)
    }

    func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts {
        try await base.mailCounts(of: tenant)
    }

    func setPaused(_ isPaused: Bool, of tenant: TenantID) async throws(StoreError) {
        try await base.setPaused(isPaused, of: tenant)
    }

    func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await base.forgetMails(before: before, limit: limit)
    }
}

private struct HastyRedeemer: ForwardingCredentials {
    let base = MemoryStore()

    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        let found = try await base.token(digest: digest, at: at)
        await Task.yield()
        _ = try await base.redeem(digest: digest, for: hash, telling: mail, at: at)
        return found?.account
    }
}

private final class LenientDoor: ForwardingCredentials {
    let base = MemoryStore()
    private let links = Mutex<[[UInt8]: PasswordToken]>([:])

    func issue(_ token: PasswordToken, in mail: OutboxMail) async throws(StoreError) -> Bool {
        let isMade = try await base.issue(token, in: mail)
        if isMade { links.withLock { $0[token.digest] = token } }
        return isMade
    }

    func token(digest: [UInt8], at: Timestamp) async throws(StoreError) -> PasswordToken? {
        links.withLock { $0[digest] }.flatMap { at < $0.expiresAt ? $0 : nil }
    }
}

private struct SilentStore: ForwardingCredentials {
    let base = MemoryStore()

    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        try await base.redeem(digest: digest, for: hash, telling: nil, at: at)
    }
}

private final class CachingStore: ForwardingCredentials {
    let base = MemoryStore()
    private let links = Mutex<[AccountID: StoredPassword]>([:])

    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        let owner = try await base.redeem(digest: digest, for: hash, telling: mail, at: at)
        if let owner, let hash {
            let password = StoredPassword(account: owner, hash: hash, setAt: at)
            links.withLock { $0[owner] = password }
        }
        return owner
    }

    func password(of account: AccountID) async throws(StoreError) -> StoredPassword? {
        links.withLock { $0[account] }
    }
}

private struct PatientStore: ForwardingCredentials {
    let base = MemoryStore()

    func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError) {}
}

private struct CrowdedOutbox: ForwardingCredentials {
    let base = MemoryStore()

    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        try await base.takeMails(dueAt: at, until: at, limit: limit)
    }
}

private struct LosingOutbox: ForwardingCredentials {
    let base = MemoryStore()

    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        let never = Timestamp(milliseconds: .max)
        return try await base.takeMails(dueAt: at, until: never, limit: limit)
    }
}

private struct RestlessOutbox: ForwardingCredentials {
    let base = MemoryStore()

    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        let isPaused = try await base.mailCounts(of: .standard).isPaused
        try await base.setPaused(false, of: .standard)
        let mails = try await base.takeMails(dueAt: at, until: until, limit: limit)
        try await base.setPaused(isPaused, of: .standard)
        return mails
    }
}

private struct TellingStore: ForwardingCredentials {
    let base = MemoryStore()

    func add(_ request: ResetRequest) async throws(StoreError) {
        var wanted = ViewRequest(tenant: request.tenant)
        wanted.emails = [request.email]
        guard try await !base.view(wanted).holders.isEmpty else { return }
        try await base.add(request)
    }
}

private struct CountingOutbox: ForwardingCredentials {
    let base = MemoryStore()

    func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts {
        try await base.mailCounts(of: .standard)
    }
}

private struct ForgetfulOutbox: ForwardingCredentials {
    let base = MemoryStore()

    func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await base.forgetMails(before: before, limit: 99)
    }
}

private struct FirstPageStore: ForwardingCredentials {
    let base = MemoryStore()

    func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account] {
        try await base.uninvited(in: school, of: tenant, after: nil, limit: limit, at: at)
    }
}
