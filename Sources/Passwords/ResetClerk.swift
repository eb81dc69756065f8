import Accounts
import Credentials
import Muster
import Roster
import Sealing

/// Answers the requests for links behind everybody's back, so that no answer tells who exists.
struct ResetClerk: Sendable {
    let store: any CredentialStore
    let workshop: Workshop
    let seal: SecretSeal
    let settings: PasswordSettings

    /// Answers what waits.
    /// - Returns: How many requests were answered.
    func answerAll(limit: Int = 100) async throws(PasswordTrouble) -> Int {
        let requests = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.requests(limit: limit)
        }
        for request in requests {
            try await answer(request)
            try await PasswordTrouble.kept { () throws(StoreError) in
                try await store.forget(request: request.id)
            }
        }
        return requests.count
    }

    private func answer(_ request: ResetRequest) async throws(PasswordTrouble) {
        // Whoever asked while no mails were sent has given up, or asked again.
        guard workshop.clock.now().since(request.at) <= settings.resetLifetime else { return }
        let (account, policy) = try await PasswordTrouble.kept { () throws(StoreError) in
            var wanted = ViewRequest(tenant: request.tenant)
            wanted.emails = [request.email]
            let view = try await workshop.store.view(wanted)
            let policy = try await workshop.connections.policy(of: request.tenant)
            return (view.holders[request.email].flatMap { view.accounts[$0] }, policy)
        }
        guard let account, account.status == .active else { return }
        guard policy.passwords != .never else { return try await pointToSchool(account) }
        guard try await mayHaveLink(account), try await mayTrustAddress(of: account, policy) else {
            return
        }
        try await send(account)
    }

    /// Whoever can change an address in the MIS could take an administrator's account over: for a
    /// day after the change, while both addresses are told, she gets no link.
    private func mayTrustAddress(
        of account: Account,
        _ policy: Policy
    ) async throws(PasswordTrouble) -> Bool {
        guard !policy.administrators.isDisjoint(with: account.privileges.map(\.name)) else {
            return true
        }
        let dayAgo = workshop.clock.now().advanced(by: .zero - settings.addressDelay)
        let history = try await PasswordTrouble.kept { () throws(StoreError) in
            try await workshop.store.history(of: account.id)
        }
        // One from none counts too: whoever came back may have lost hers to a newcomer. That of a
        // new account is no row of its own.
        return !history.contains { $0.entry.field == .email && $0.at > dayAgo }
    }

    /// One link in five minutes and five in a day, whoever asks for them.
    private func mayHaveLink(_ account: Account) async throws(PasswordTrouble) -> Bool {
        let now = workshop.clock.now()
        let issues = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.issues(
                of: .reset,
                for: account.id,
                since: now.advanced(by: .seconds(-86_400))
            )
        }
        guard issues.count < settings.resetsPerDay else { return false }
        return issues.last.map { now.since($0) >= settings.resetPause } ?? true
    }

    private func send(_ account: Account) async throws(PasswordTrouble) {
        let now = workshop.clock.now()
        let letter = try Letter(
            .reset,
            to: account,
            id: "reset-\(workshop.identifiers.next())",
            dueAt: now,
            writtenAt: now,
            lifetime: settings.resetLifetime,
            seal: seal
        )
        // Where she left or has another address by now, there is nothing to send.
        _ = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.issue(letter.token, in: letter.mail)
        }
    }

    /// Who never has a password here is told so, once a day.
    private func pointToSchool(_ account: Account) async throws(PasswordTrouble) {
        guard let email = account.email else { return }
        let now = workshop.clock.now()
        let day = now.milliseconds / 86_400_000
        let mail = OutboxMail(
            id: "school-\(account.id.value)-\(day)",
            tenant: account.tenant,
            account: account.id,
            kind: .signInThroughSchool,
            address: email,
            writtenAt: now
        )
        // Whose name is known, who was told today, is not told again.
        try await PasswordTrouble.kept { () throws(StoreError) in try await store.add(mail) }
    }
}
