import Accounts
import Roster

extension MemoryState {
    /// An account as it is read: its credential follows from what is kept beside it.
    func account(_ id: AccountID) -> Account? {
        guard var account = accounts[id] else { return nil }
        account.credential = credential(of: account)
        return account
    }

    private func credential(of account: Account) -> Credential {
        if account.credential == .host { return .host }
        if neverHasPasswords(account.tenant) { return .ssoOnly }
        if let password = credentials.passwords[account.id] {
            return password.mustReset ? .resetRequired : .set
        }
        return credentials.awaitsFirstLogin(account.id) ? .firstLogin : .none
    }

    private func neverHasPasswords(_ tenant: TenantID) -> Bool {
        policies[tenant]?.passwords == .never
    }

    /// Does what follows from a write for the account's password, links and mails.
    mutating func follow(_ write: AccountWrite, at: Timestamp) {
        guard write.before != nil else { return }
        let id = write.after.id
        if write.voidsTokens { credentials.void(of: id, at: at) }
        if credentials.passwords[id] != nil {
            for mail in write.addressMails(at: at) {
                let address = TenantAddress(tenant: mail.tenant, email: mail.address)
                if holders[address].map({ $0 == id }) ?? true { credentials.add(mail) }
            }
        }
        credentials.note(write.after.status, of: id, at: at)
    }

    mutating func issue(_ token: PasswordToken, in mail: OutboxMail) throws(StoreError) -> Bool {
        guard let account = accounts[token.account], account.status == .active,
            mail.account == account.id, mail.tenant == account.tenant,
            mail.address == account.email, !neverHasPasswords(account.tenant)
        else { return false }
        guard credentials.tokens[token.digest] == nil, credentials.mails[mail.id] == nil else {
            throw .stale
        }
        credentials.void(of: account.id, purpose: token.purpose, at: token.issuedAt)
        credentials.tokens[token.digest] = .init(token: token)
        var mail = mail
        mail.token = token.digest
        credentials.add(mail)
        return true
    }

    func token(_ digest: [UInt8], at: Timestamp) -> PasswordToken? {
        guard let row = credentials.tokens[digest], row.isAlive, at < row.token.expiresAt,
            let account = accounts[row.token.account], account.status == .active,
            !neverHasPasswords(account.tenant)
        else { return nil }
        return row.token
    }

    mutating func redeem(
        _ digest: [UInt8],
        for hash: String?,
        telling mail: ((Account) -> OutboxMail)?,
        at: Timestamp
    ) -> AccountID? {
        guard let id = token(digest, at: at)?.account, let before = account(id) else { return nil }
        credentials.tokens[digest]?.usedAt = at
        credentials.void(of: id, at: at)
        credentials.passwords[id] = hash.map { StoredPassword(account: id, hash: $0, setAt: at) }
        keepsAtHost(hash == nil, of: id)
        guard let after = account(id) else { return nil }
        put(
            .setPassword(of: id, from: before.credential, to: after.credential),
            of: ChangeSet(tenant: after.tenant, run: nil, cause: .person, at: at)
        )
        if let mail, let address = after.email {
            credentials.add(mail(after).addressed(to: after, address))
        }
        return id
    }

    /// Notes whether the host keeps the password; plans from before are refused where it did not.
    private mutating func keepsAtHost(_ isAtHost: Bool, of id: AccountID) {
        guard var account = accounts[id], (account.credential == .host) != isAtHost else { return }
        account.credential = isAtHost ? .host : .none
        account.version += 1
        put([account])
    }

    func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) -> [Account] {
        guard !neverHasPasswords(tenant) else { return [] }
        let links = linksOfSchool[school].compactMap { linkRows[$0] }
        let present = Set(links.filter(\.state.isPresent).map(\.account))
        let invitable = present.sorted().filter { id in
            guard let account = accounts[id], account.tenant == tenant,
                account.status == .active, account.credential != .host
            else { return false }
            return after.map { $0 < id } ?? true && credentials.passwords[id] == nil
                && !hasLink(id, at: at)
        }
        return invitable.prefix(max(0, limit)).compactMap(account)
    }

    private func hasLink(_ account: AccountID, at: Timestamp) -> Bool {
        credentials.tokens.values.contains {
            $0.token.account == account && token($0.token.digest, at: at) != nil
        }
    }
}

extension OutboxMail {
    /// The same mail, to the person of `account`.
    fileprivate func addressed(to account: Account, _ address: String) -> OutboxMail {
        var mail = OutboxMail(
            id: id,
            tenant: account.tenant,
            account: account.id,
            kind: kind,
            address: address,
            writtenAt: writtenAt
        )
        mail.dueAt = dueAt
        return mail
    }
}
