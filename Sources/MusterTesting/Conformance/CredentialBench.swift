import Accounts
import Roster

/// A bench whose store keeps passwords too, with the verbs that their laws use.
struct CredentialBench: Sendable {
    let bench: Bench
    let store: any CredentialStore

    /// When a law's day ends: links that a law makes count until then.
    static let expiry: Int64 = 1000

    /// Makes account `id`, active, with the address `ID@school.example`.
    func open(_ id: Int64 = 1) async throws {
        try await bench.open(.named("Amara", "Abdi", id: id))
    }

    func link(
        _ number: UInt8,
        of account: Int64 = 1,
        _ purpose: TokenPurpose = .firstLogin,
        at: Int64 = 0
    ) -> PasswordToken {
        PasswordToken(
            digest: [number, 0, 255],
            account: AccountID(account),
            purpose: purpose,
            issuedAt: Timestamp(milliseconds: at),
            expiresAt: Timestamp(milliseconds: Self.expiry)
        )
    }

    /// The mail called `id`, to `ID@school.example` where nothing else is said.
    func mail(
        _ id: String,
        to account: Int64 = 1,
        _ kind: MailKind = .passwordChanged,
        dueAt: Int64 = 0,
        tenant: TenantID = .standard
    ) -> OutboxMail {
        var mail = OutboxMail(
            id: id,
            tenant: tenant,
            account: AccountID(account),
            kind: kind,
            address: "\(account)@school.example",
            writtenAt: Timestamp(milliseconds: 0)
        )
        mail.dueAt = Timestamp(milliseconds: dueAt)
        return mail
    }

    /// The mail that carries `link`; it is called by the first number of the digest.
    func carrying(_ link: PasswordToken) -> OutboxMail {
        let kind = link.purpose == .reset ? MailKind.reset : .invitation
        var mail = mail("\(link.digest[0])", to: link.account.value, kind)
        mail.token = link.digest
        mail.sealed = [7, link.digest[0]]
        return mail
    }

    /// Makes a link, in a mail of its own.
    func issue(_ link: PasswordToken, line: UInt = #line) async throws {
        let isMade = try await store.issue(link, in: carrying(link))
        try require(isMade, "link \(link.digest[0]) was not made", line: line)
    }

    func redeem(
        _ link: PasswordToken,
        for hash: String? = "$one$",
        at: Int64 = 1
    ) async throws -> Int64? {
        try await store.redeem(
            digest: link.digest,
            for: hash,
            telling: nil,
            at: Timestamp(milliseconds: at)
        )?.value
    }

    /// Gives an account a password by way of a link; `number` is one of its own.
    func setPassword(
        _ number: UInt8,
        of account: Int64 = 1,
        to hash: String = "$one$",
        at: Int64 = 1
    ) async throws {
        let link = link(number, of: account)
        try await issue(link)
        let owner = try await redeem(link, for: hash, at: at)
        try requireEqual(owner, account, "whose password was set")
        _ = try await taken()
    }

    func counts(_ link: PasswordToken, at: Int64 = 1) async throws -> Bool {
        try await store.token(digest: link.digest, at: Timestamp(milliseconds: at)) != nil
    }

    func password(of account: Int64 = 1) async throws -> StoredPassword? {
        try await store.password(of: AccountID(account))
    }

    /// What the account's credential is, in every way in which the store tells of it.
    func credential(of id: Int64 = 1, line: UInt = #line) async throws -> Credential {
        let seen = try await bench.account(id)
        let summary = try await bench.store.summary(of: AccountID(id))
        let person = try await bench.store.person(
            .email(seen.email ?? ""),
            in: bench.school,
            of: seen.tenant,
            formerSince: Timestamp(milliseconds: 0)
        )
        let dossier = try await bench.store.dossier(of: AccountID(id))
        let others = [summary?.account, person?.account, dossier?.summary.account]
        for other in others {
            try requireEqual(other?.credential, seen.credential, "a credential", line: line)
        }
        return seen.credential
    }

    /// Takes mails at `at`, for a while; the answer names them.
    func taken(at: Int64 = 1, until: Int64 = 1, limit: Int = 99) async throws -> [String] {
        try await take(at: at, until: until, limit: limit).map(\.id)
    }

    func take(at: Int64 = 1, until: Int64 = 1, limit: Int = 99) async throws -> [OutboxMail] {
        try await store.takeMails(
            dueAt: Timestamp(milliseconds: at),
            until: Timestamp(milliseconds: until),
            limit: limit
        )
    }

    /// Keeps that a mail which was taken has come as far as `state`.
    func settle(
        _ mail: OutboxMail,
        _ state: MailState,
        dueAt: Int64? = nil,
        trouble: String? = nil
    ) async throws {
        var mail = mail
        mail.state = state
        mail.trouble = trouble
        if let dueAt { mail.dueAt = Timestamp(milliseconds: dueAt) }
        try await store.settle(mail)
    }

    func states(of tenant: TenantID = .standard) async throws -> [MailState: Int] {
        try await store.mailCounts(of: tenant).states
    }

    func change(
        _ id: Int64 = 1,
        at: Int64 = 1,
        _ change: (inout Account) -> Void
    ) async throws {
        let before = try await bench.account(id)
        try await bench.apply(at: at) {
            $0.accounts = [AccountWrite(after: before.with(change), before: before)]
        }
    }

    func setRule(_ rule: PasswordRule, of tenant: TenantID = .standard) async throws {
        var policy = Policy()
        policy.passwords = rule
        try await bench.connections.setPolicy(policy, of: tenant)
    }

    func request(_ email: String, tenant: TenantID = .standard) async throws {
        let at = Timestamp(milliseconds: 5)
        try await store.add(ResetRequest(tenant: tenant, email: email, at: at))
    }

    func rowsOfCredentials(_ id: Int64 = 1) async throws -> [DatedHistoryEntry] {
        try await bench.store.history(of: AccountID(id)).filter { $0.entry.field == .credential }
    }
}

extension ConformanceLaw {
    /// A law for stores that keep passwords beside everything else.
    init(
        credentials name: String,
        _ body: @escaping @Sendable (CredentialBench) async throws -> Void
    ) {
        self.init(name, needsConnections: true) { bench in
            let store = try requirePresent(bench.credentials, "a store that keeps passwords")
            try await body(CredentialBench(bench: bench, store: store))
        }
    }
}
