package import Accounts
package import Muster
package import Roster
package import Sealing

/// Invites people who have no password yet to set their first one.
package struct Invitations: Sendable {
    let store: any CredentialStore
    let workshop: Workshop
    let seal: SecretSeal
    let settings: PasswordSettings

    /// Invitations to accounts of `workshop`, kept in `store` with links sealed by `seal`.
    package init(
        store: any CredentialStore,
        workshop: Workshop,
        seal: SecretSeal,
        settings: PasswordSettings = PasswordSettings()
    ) {
        self.store = store
        self.workshop = workshop
        self.seal = seal
        self.settings = settings
    }

    /// What inviting a school came to.
    package struct Result: Sendable, Hashable {
        /// People who are invited.
        package var invited = 0
        /// When the last of them gets her mail; nil where nobody is invited.
        package var lastDue: Timestamp?
    }

    /// Invites everybody of `school` who is active, has an address, and neither a password nor a
    /// link that still counts; one after the other, at the pace of the settings.
    /// - Parameters:
    ///   - school: The school.
    ///   - isTrial: Whether they are only counted.
    /// - Returns: How many are invited, and until when.
    /// - Throws: `PasswordTrouble` where it broke off; who was invited by then stays so.
    package func invite(
        _ school: ConnectedSchool,
        isTrial: Bool = false
    ) async throws(PasswordTrouble) -> Result {
        let now = workshop.clock.now()
        let pause = Duration.seconds(60) / max(1, settings.invitationsPerMinute)
        var result = Result()
        var after: AccountID?
        repeat {
            let accounts = try await page(of: school, after: after, at: now)
            for account in accounts where account.email != nil {
                let dueAt = now.advanced(by: pause * result.invited)
                if !isTrial, try await !invite(account, dueAt: dueAt, at: now) { continue }
                result.invited += 1
                result.lastDue = dueAt
            }
            after = accounts.last?.id
        } while after != nil
        return result
    }

    private func page(
        of school: ConnectedSchool,
        after: AccountID?,
        at now: Timestamp
    ) async throws(PasswordTrouble) -> [Account] {
        try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.uninvited(
                in: school.key,
                of: school.connection.tenant,
                after: after,
                limit: 200,
                at: now
            )
        }
    }

    private func invite(
        _ account: Account,
        dueAt: Timestamp,
        at now: Timestamp
    ) async throws(PasswordTrouble) -> Bool {
        let letter = try Letter(
            .invitation,
            to: account,
            id: "invitation-\(workshop.identifiers.next())",
            dueAt: dueAt,
            writtenAt: now,
            lifetime: settings.invitationLifetime,
            seal: seal
        )
        return try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.issue(letter.token, in: letter.mail)
        }
    }
}
