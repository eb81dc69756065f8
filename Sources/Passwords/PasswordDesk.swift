package import Accounts
package import Credentials
package import Muster
import Roster

/// Checks passwords and lets people set them: everything that a person does with hers.
///
/// Nothing here tells a stranger whether an account exists: not an answer, and not the time it takes.
package struct PasswordDesk: Sendable {
    let store: any CredentialStore
    let workshop: Workshop
    let login: LoginRefresh
    let hasher: PasswordHasher
    let rules: PasswordRules
    let settings: PasswordSettings
    private let decoy = Decoy()

    /// A desk over the accounts of `workshop`, whose passwords `store` keeps.
    package init(
        store: any CredentialStore,
        workshop: Workshop,
        login: LoginRefresh,
        hasher: PasswordHasher = PasswordHasher(),
        rules: PasswordRules = PasswordRules(),
        settings: PasswordSettings = PasswordSettings()
    ) {
        self.store = store
        self.workshop = workshop
        self.login = login
        self.hasher = hasher
        self.rules = rules
        self.settings = settings
    }

    /// The fewest characters of a new password.
    package var leastLength: Int { rules.minimum }

    // MARK: A password is given

    /// Checks a password and, only where it is right, refreshes the person as a login does.
    ///
    /// A wrong one, an account without one and a name that nobody has get the same answer after the
    /// same work. Trouble with the source is never counted as a wrong password.
    /// - Throws: `PasswordTrouble` where it cannot be checked now.
    package func verify(
        _ typed: String,
        of event: LoginEvent
    ) async throws(PasswordTrouble) -> LoginRefreshResult {
        let password = try? Password(typed)
        let stored = try await PasswordTrouble.kept { () throws(StoreError) in
            try await passwordInUse(by: event)
        }
        // Reading the text of a hash takes its time too.
        let text = (stored ?? decoy.stored)?.hash ?? ""
        let parsed = try? PasswordHash(parsing: text)
        let hash = stored == nil ? nil : parsed
        // What is no password is hashed all the same: an answer at once would tell it apart.
        let verdict = try await hashed { () throws(HashingError) in
            let candidate = if let password { password } else { try Password.standIn }
            return try await hasher.verify(candidate, against: hash)
        }
        let now = workshop.clock.now()
        let isOpen = try await isOpen(stored, at: now)
        guard let stored, let password, isOpen, verdict.isRight else {
            // An account that takes no password now is not kept waiting longer by more of them, and
            // a write about nobody is one too.
            let account = isOpen ? stored?.account : nil
            try await PasswordTrouble.kept { () throws(StoreError) in
                try await store.noteFailure(of: account ?? AccountID(0), at: now)
            }
            return LoginRefreshResult(.deny, .wrongPassword)
        }
        try await keepSuccess(stored, password, verdict)
        var event = event
        event.method = .password
        let result = await login.refresh(event)
        // The school may have given her address to somebody else, whose password it was not.
        guard result.account.map({ $0.account.id == stored.account }) ?? true else {
            return LoginRefreshResult(.deny, .wrongPassword)
        }
        return result
    }

    /// Whether the password that was read counts now, after the hash: guesses that come at once
    /// wait in line for it, and what became of those before counts for those behind.
    private func isOpen(
        _ stored: StoredPassword?,
        at now: Timestamp
    ) async throws(PasswordTrouble) -> Bool {
        let current = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.password(of: stored?.account ?? AccountID(0))
        }
        guard let stored, let current, current.setAt == stored.setAt else { return false }
        return takesPasswords(current, at: now)
    }

    /// The password that counts for whoever is named, if there is one.
    ///
    /// Whoever that is, one person and one password are found, and one of each is not.
    private func passwordInUse(by event: LoginEvent) async throws(StoreError) -> StoredPassword? {
        let person = try await person(event)
        let nobody = LoginEvent(school: event.school, key: .email("nobody"), method: .password)
        _ = try await self.person(person == nil ? decoy.event ?? nobody : nobody)
        let stored = try await store.password(of: person?.account.id ?? AccountID(0))
        let other = stored == nil ? decoy.stored?.account : nil
        _ = try await store.password(of: other ?? AccountID(0))
        let tenant = event.school.connection.tenant
        let rule = try await workshop.connections.policy(of: tenant).passwords
        guard let person else { return nil }
        decoy.note(event, stored)
        guard rule == .muster, person.account.status != .suspended(by: .administrator),
            [.set, .resetRequired].contains(person.account.credential)
        else { return nil }
        return stored
    }

    private func person(_ event: LoginEvent) async throws(StoreError) -> KnownPerson? {
        try await workshop.store.person(
            event.key,
            in: event.school.key,
            of: event.school.connection.tenant,
            // A former address is nobody's name here.
            formerSince: workshop.clock.now().advanced(by: .seconds(86_400))
        )
    }

    private func takesPasswords(_ stored: StoredPassword, at now: Timestamp) -> Bool {
        if let since = stored.suspendedAt, now.since(since) > StoredPassword.returnersLimit {
            return false
        }
        guard stored.failures < settings.mostFailures else { return false }
        guard let failedAt = stored.failedAt else { return true }
        return now.since(failedAt) >= settings.wait(after: stored.failures)
    }

    private func keepSuccess(
        _ stored: StoredPassword,
        _ password: Password,
        _ verdict: PasswordHasher.Verdict
    ) async throws(PasswordTrouble) {
        // That it could not be made stronger now is no reason to keep her out.
        let stronger = verdict.needsRehash ? try? await hasher.hash(password).text : nil
        try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.noteSuccess(of: stored.account, replacing: stored.hash, by: stronger)
        }
    }

    // MARK: A link is asked for

    /// Takes a request for a link, whoever is named; nothing else happens before the answer.
    /// - Throws: `PasswordTrouble` where nobody's request can be kept.
    package func request(_ email: String, of tenant: TenantID) async throws(PasswordTrouble) {
        let text = EmailAddress.compared(String(email.prefix(320))) ?? ""
        let request = ResetRequest(tenant: tenant, email: text, at: workshop.clock.now())
        try await PasswordTrouble.kept { () throws(StoreError) in try await store.add(request) }
    }

    // MARK: A link is used

    /// Whose link it is, without using it up; nil where it counts no more, for whatever reason.
    package func holder(of link: String) async throws(PasswordTrouble) -> AccountSummary? {
        guard let token = Token(parsing: link) else { return nil }
        let now = workshop.clock.now()
        return try await PasswordTrouble.kept { () throws(StoreError) in
            guard let found = try await store.token(digest: token.digest, at: now) else {
                return nil
            }
            return try await workshop.store.summary(of: found.account)
        }
    }

    /// Sets the password of whoever holds `link`, which is used up then and not before.
    /// - Returns: Her account.
    /// - Throws: `PasswordTrouble`: a password that is refused leaves the link as it is.
    package func set(_ typed: String, by link: String) async throws(PasswordTrouble) -> AccountID {
        guard let token = Token(parsing: link), let summary = try await holder(of: link) else {
            throw .linkNotValid
        }
        let rule = try await self.rule(of: summary.account.tenant)
        guard rule == .muster else { throw .keptElsewhere }
        let context = try await context(of: summary)
        let password: Password
        do throws(PasswordRefusal) {
            password = try Password(typed)
            try rules.check(password, context: context)
        } catch {
            throw .refused(error)
        }
        let hash = try await hashed { () throws(HashingError) in try await hasher.hash(password) }
        return try await redeem(token, for: hash.text)
    }

    /// Uses a link up for a host that keeps the password itself, and sets it then.
    /// - Throws: `PasswordTrouble.keptElsewhere` where Muster keeps the tenant's passwords.
    package func redeemForHost(_ link: String) async throws(PasswordTrouble) -> AccountID {
        guard let token = Token(parsing: link), let summary = try await holder(of: link) else {
            throw .linkNotValid
        }
        guard try await rule(of: summary.account.tenant) == .host else { throw .keptElsewhere }
        return try await redeem(token, for: nil)
    }

    private func redeem(
        _ token: Token,
        for hash: String?
    ) async throws(PasswordTrouble) -> AccountID {
        let now = workshop.clock.now()
        let id = "changed-\(workshop.identifiers.next())"
        let redeemed = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.redeem(
                digest: token.digest,
                for: hash,
                telling: { account in
                    OutboxMail(
                        id: id,
                        tenant: account.tenant,
                        account: account.id,
                        kind: .passwordChanged,
                        address: account.email ?? "",
                        writtenAt: now
                    )
                },
                at: now
            )
        }
        guard let redeemed else { throw .linkNotValid }
        return redeemed
    }

    private func rule(of tenant: TenantID) async throws(PasswordTrouble) -> PasswordRule {
        try await PasswordTrouble.kept { () throws(StoreError) in
            try await workshop.connections.policy(of: tenant).passwords
        }
    }

    /// What her password must not be made of.
    private func context(
        of summary: AccountSummary
    ) async throws(PasswordTrouble) -> PasswordContext {
        let account = summary.account
        let (schools, policy) = try await PasswordTrouble.kept { () throws(StoreError) in
            let connections = try await workshop.connections.connections()
            let own = connections.filter { $0.tenant == account.tenant }
            return (
                own.flatMap(\.schools).map(\.name),
                try await workshop.connections.policy(of: account.tenant)
            )
        }
        return PasswordContext(
            places: schools + [policy.displayName].compactMap(\.self) + ["Muster"],
            own: [account.forename, account.surname, account.email, account.initials]
                .compactMap(\.self),
            others: summary.classes.values.compactMap(\.teachingClass.subject)
        )
    }

    // MARK: Trouble

    private func hashed<Value>(
        _ work: () async throws(HashingError) -> Value
    ) async throws(PasswordTrouble) -> Value {
        do { return try await work() } catch { throw .hashing(error) }
    }
}

extension Password {
    /// Takes the place of what is no password, so that it costs the same.
    fileprivate static var standIn: Password {
        get throws(HashingError) {
            do { return try Password("no password at all") } catch { throw .failed }
        }
    }
}
