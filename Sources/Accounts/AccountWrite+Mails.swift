public import Roster

extension AccountWrite {
    /// The mails that tell of another address, to be kept where the account has a password.
    public func addressMails(at: Timestamp) -> [OutboxMail] {
        let version = (before?.version ?? 0) + 1
        return addressesToTell.enumerated().map { place, address in
            OutboxMail(
                id: "address-\(after.id.value)-\(version)-\(place)",
                tenant: after.tenant,
                account: after.id,
                kind: .addressChanged,
                address: address,
                writtenAt: at
            )
        }
    }
}

extension HistoryEntry {
    /// The reason of rows about a password that a person set for herself.
    public static let ownPassword = "passwordSet"

    /// The row of a person who set her password.
    public static func setPassword(
        of account: AccountID,
        from: Credential,
        to: Credential
    ) -> HistoryEntry {
        HistoryEntry(
            account: account,
            field: .credential,
            from: from.rawValue,
            to: to.rawValue,
            reason: ownPassword
        )
    }
}
