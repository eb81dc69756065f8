import Accounts
import Roster

/// What a memory store holds of passwords, links to set them and mails: tables.
struct MemoryCredentials: Sendable {
    var passwords: [AccountID: StoredPassword] = [:]
    var tokens: [[UInt8]: TokenRow] = [:]
    var mails: [String: MailRow] = [:]
    /// In the order in which they came.
    var requests: [ResetRequest] = []
    var lastRequest: Int64 = 0
    var pausedTenants: Set<TenantID> = []

    /// A link, and what became of it.
    struct TokenRow {
        var token: PasswordToken
        var usedAt: Timestamp?
        var voidedAt: Timestamp?

        /// Whether it counts, or would if it had not expired.
        var isAlive: Bool { usedAt == nil && voidedAt == nil }
    }

    /// A mail, and who has it in hand.
    struct MailRow {
        var mail: OutboxMail
        var takenAt: Timestamp?
        /// Until when nobody else takes it.
        var leasedUntil: Timestamp?
        var settledAt: Timestamp?
    }
}

extension MemoryCredentials {
    /// Whether a link for a first password was made, however old it is.
    func awaitsFirstLogin(_ account: AccountID) -> Bool {
        tokens.values.contains {
            $0.token.account == account && $0.token.purpose == .firstLogin && $0.isAlive
        }
    }

    /// Makes links of an account void, and drops the mails that carry one.
    mutating func void(of account: AccountID, purpose: TokenPurpose? = nil, at: Timestamp) {
        for (digest, row) in tokens where row.token.account == account && row.isAlive {
            guard purpose == nil || purpose == row.token.purpose else { continue }
            tokens[digest]?.voidedAt = at
        }
        dropMails(of: account, at: at)
    }

    /// Drops the waiting mails of an account whose links count no more.
    mutating func dropMails(of account: AccountID, at: Timestamp) {
        for (id, row) in mails where row.mail.account == account && row.mail.state == .waiting {
            guard let digest = row.mail.token, tokens[digest]?.isAlive != true else { continue }
            mails[id]?.mail.state = .dropped
            mails[id]?.mail.sealed = nil
            mails[id]?.settledAt = at
        }
    }

    /// Keeps a mail, unless one of that name is kept.
    mutating func add(_ mail: OutboxMail) {
        mails[mail.id] = mails[mail.id] ?? MailRow(mail: mail)
    }

    /// Notes since when an account is suspended, or what follows from how long it was.
    mutating func note(_ status: AccountStatus, of account: AccountID, at: Timestamp) {
        guard var password = passwords[account] else { return }
        if status != .active {
            password.suspendedAt = password.suspendedAt ?? at
        } else if let since = password.suspendedAt {
            password.suspendedAt = nil
            if at.since(since) > StoredPassword.returnersLimit { password.mustReset = true }
        }
        passwords[account] = password
    }

    /// Whether there are failures to forget, or another hash to keep in place of `old`.
    func isNews(of account: AccountID, _ old: String, _ hash: String?) -> Bool {
        guard let password = passwords[account], password.hash == old else { return false }
        return password.failures > 0 || hash ?? old != old
    }

    mutating func noteSuccess(of account: AccountID, _ old: String, _ hash: String?) {
        guard isNews(of: account, old, hash) else { return }
        passwords[account]?.failures = 0
        passwords[account]?.failedAt = nil
        passwords[account]?.hash = hash ?? old
    }

    /// Forgets the password and the links of an account that is another one's now.
    mutating func giveUp(_ account: AccountID, at: Timestamp) {
        void(of: account, at: at)
        passwords[account] = nil
        tokens = tokens.filter { $0.value.token.account != account }
    }

    /// Forgets everything of a person who had `addresses` in `tenant`.
    mutating func erase(_ account: AccountID, _ addresses: Set<String>, of tenant: TenantID) {
        passwords[account] = nil
        tokens = tokens.filter { $0.value.token.account != account }
        mails = mails.filter { $0.value.mail.account != account }
        requests.removeAll { $0.tenant == tenant && addresses.contains($0.email) }
    }
}

extension MemoryCredentials {
    mutating func takeMails(dueAt at: Timestamp, until: Timestamp, limit: Int) -> [OutboxMail] {
        let due = mails.values.filter { row in
            row.mail.state == .waiting && row.mail.dueAt <= at
                && row.leasedUntil.map { $0 <= at } ?? true
                && (row.mail.kind != .invitation || !pausedTenants.contains(row.mail.tenant))
        }.sorted { ($0.mail.dueAt, $0.mail.id) < ($1.mail.dueAt, $1.mail.id) }
        return due.prefix(max(0, limit)).map { row in
            var row = row
            row.mail.attempts += 1
            row.takenAt = at
            row.leasedUntil = until
            mails[row.mail.id] = row
            return row.mail
        }
    }

    /// What whoever took a mail before somebody else took it again says of it counts only if it was
    /// sent.
    mutating func settle(_ mail: OutboxMail) {
        guard var row = mails[mail.id], row.mail.state != .sent else { return }
        let isInHand = row.mail.state == .waiting && row.mail.attempts == mail.attempts
        guard isInHand || mail.state == .sent else { return }
        row.mail.state = mail.state
        row.mail.trouble = mail.trouble
        if mail.state == .waiting {
            row.mail.dueAt = mail.dueAt
            row.leasedUntil = nil
        } else {
            row.mail.sealed = nil
            row.settledAt = row.settledAt ?? row.takenAt ?? row.mail.dueAt
        }
        mails[mail.id] = row
    }

    func mailCounts(of tenant: TenantID) -> MailCounts {
        let rows = mails.values.filter { $0.mail.tenant == tenant }
        var counts = MailCounts()
        counts.states = Dictionary(grouping: rows, by: \.mail.state).mapValues(\.count)
        counts.oldestDue = rows.filter { $0.mail.state == .waiting }.map(\.mail.dueAt).min()
        counts.trouble =
            rows.filter { $0.mail.trouble != nil && $0.takenAt != nil }
            .max { ($0.takenAt ?? .never, $0.mail.id) < ($1.takenAt ?? .never, $1.mail.id) }?
            .mail.trouble
        counts.isPaused = pausedTenants.contains(tenant)
        return counts
    }

    mutating func forgetMails(before: Timestamp, limit: Int) -> Int {
        let oldMails = mails.values.compactMap { row in row.settledAt.map { ($0, row.mail.id) } }
            .filter { $0.0 < before }.sorted(by: <).prefix(max(0, limit))
        for (_, id) in oldMails { mails[id] = nil }
        let oldTokens = tokens.values.compactMap { row in
            (row.usedAt ?? row.voidedAt).map { ($0, row.token.digest) }
        }.filter { $0.0 < before }.sorted { left, right in
            left.0 == right.0 ? left.1.lexicographicallyPrecedes(right.1) : left.0 < right.0
        }.prefix(max(0, limit - oldMails.count))
        for (_, digest) in oldTokens { tokens[digest] = nil }
        return oldMails.count + oldTokens.count
    }
}

extension Timestamp {
    /// Before every other moment.
    fileprivate static let never = Timestamp(milliseconds: .min)
}
