public import Accounts
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore: CredentialStore {
    public func password(of account: AccountID) async throws(StoreError) -> StoredPassword? {
        read { $0.credentials.passwords[account] }
    }

    public func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError) {
        try write { state in
            guard var password = state.credentials.passwords[account] else { return }
            password.failures += 1
            password.failedAt = max(at, password.failedAt ?? at)
            state.credentials.passwords[account] = password
        }
    }

    public func noteSuccess(
        of account: AccountID,
        replacing old: String,
        by hash: String?
    ) async throws(StoreError) {
        let isNews = read { $0.credentials.isNews(of: account, old, hash) }
        guard isNews else { return }
        try write { $0.credentials.noteSuccess(of: account, old, hash) }
    }

    public func issue(
        _ token: PasswordToken,
        in mail: OutboxMail
    ) async throws(StoreError) -> Bool {
        try write { (state) throws(StoreError) in try state.issue(token, in: mail) }
    }

    public func token(
        digest: [UInt8],
        at: Timestamp
    ) async throws(StoreError) -> PasswordToken? {
        read { $0.token(digest, at: at) }
    }

    public func issues(
        of purpose: TokenPurpose,
        for account: AccountID,
        since: Timestamp
    ) async throws(StoreError) -> [Timestamp] {
        read { state in
            state.credentials.tokens.values.map(\.token).filter {
                $0.account == account && $0.purpose == purpose && $0.issuedAt >= since
            }.map(\.issuedAt).sorted()
        }
    }

    public func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        try write { $0.redeem(digest, for: hash, telling: mail, at: at) }
    }

    public func add(_ request: ResetRequest) async throws(StoreError) {
        try write { state in
            var request = request
            state.credentials.lastRequest += 1
            request.id = state.credentials.lastRequest
            state.credentials.requests.append(request)
        }
    }

    public func requests(limit: Int) async throws(StoreError) -> [ResetRequest] {
        read { Array($0.credentials.requests.prefix(max(0, limit))) }
    }

    public func forget(request: Int64) async throws(StoreError) {
        try write { $0.credentials.requests.removeAll { $0.id == request } }
    }

    public func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account] {
        read { $0.uninvited(in: school, of: tenant, after: after, limit: limit, at: at) }
    }
}

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore {
    public func add(_ mail: OutboxMail) async throws(StoreError) {
        try write { (state) throws(StoreError) in
            guard state.accounts[mail.account] != nil else { throw .stale }
            state.credentials.add(mail)
        }
    }

    public func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        try write { $0.credentials.takeMails(dueAt: at, until: until, limit: limit) }
    }

    public func settle(_ mail: OutboxMail) async throws(StoreError) {
        try write { $0.credentials.settle(mail) }
    }

    public func isWaiting(mail id: String) async throws(StoreError) -> Bool {
        read { $0.credentials.mails[id]?.mail.state == .waiting }
    }

    public func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts {
        read { $0.credentials.mailCounts(of: tenant) }
    }

    public func setPaused(_ isPaused: Bool, of tenant: TenantID) async throws(StoreError) {
        try write { state in
            if isPaused {
                state.credentials.pausedTenants.insert(tenant)
            } else {
                state.credentials.pausedTenants.remove(tenant)
            }
        }
    }

    public func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try write { $0.credentials.forgetMails(before: before, limit: limit) }
    }
}
