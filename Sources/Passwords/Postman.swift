import Accounts
import Foundation
import Logging
import Mail
import Muster
import Roster
import Sealing

/// Sends the mails of the outbox, each until the mail server took or refused it.
struct Postman: Sendable {
    let store: any CredentialStore
    let workshop: Workshop
    let seal: SecretSeal
    let mailer: SMTPMailer
    let writing: MailWriting
    let logger: Logger

    /// How long a mail is nobody else's while it is handed over: longer than that may take.
    private static let lease = Duration.seconds(300)
    /// How often a mail is tried before it counts as failed: with the waits between, two days.
    private static let attempts = 16
    private static let atOnce = 4
    private static let firstWait = Duration.seconds(60)
    private static let longestWait = Duration.seconds(6 * 3600)

    /// Tries every mail that is due, one after the other, a few at a time: no more than a lease is
    /// long for.
    /// - Returns: How many were tried.
    func sendDue(limit: Int = 20) async throws(PasswordTrouble) -> Int {
        var tried = 0
        while tried < limit, !Task.isCancelled {
            let round = try await sendSome(Self.atOnce)
            tried += round
            if round < Self.atOnce { break }
        }
        return tried
    }

    private func sendSome(_ limit: Int) async throws(PasswordTrouble) -> Int {
        let now = workshop.clock.now()
        let mails = try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.takeMails(
                dueAt: now,
                until: now.advanced(by: Self.lease),
                limit: limit
            )
        }
        for mail in mails where !Task.isCancelled {
            // What was dropped since it was taken carries a link that counts no more.
            let isWanted = try await PasswordTrouble.kept { () throws(StoreError) in
                try await store.isWaiting(mail: mail.id)
            }
            guard isWanted else { continue }
            let settled = try await isLate(mail) ? Self.tooLate(mail) : await send(mail)
            try await PasswordTrouble.kept { () throws(StoreError) in
                try await store.settle(settled)
            }
            tell(settled)
        }
        return mails.count
    }

    /// Says what keeps a mail from its reader; neither who that is nor what it says.
    private func tell(_ mail: OutboxMail) {
        guard mail.state != .sent, let trouble = mail.trouble else { return }
        let metadata: Logger.Metadata = [
            "mail": "\(mail.id)", "kind": "\(mail.kind.rawValue)",
            "tenant": "\(mail.tenant.name)", "reason": "\(trouble)",
        ]
        if mail.state == .failed {
            logger.warning("A mail was not sent", metadata: metadata)
        } else {
            logger.warning("A mail is tried again later", metadata: metadata)
        }
    }

    /// Whether its link has expired while it waited: nobody needs such a mail.
    private func isLate(_ mail: OutboxMail) async throws(PasswordTrouble) -> Bool {
        guard let digest = mail.token else { return false }
        return try await PasswordTrouble.kept { () throws(StoreError) in
            try await store.token(digest: digest, at: workshop.clock.now()) == nil
        }
    }

    private static func tooLate(_ mail: OutboxMail) -> OutboxMail {
        var late = mail
        late.state = .failed
        // What kept it waiting says more than that it waited.
        late.trouble = mail.trouble ?? "The link expired before its mail could be sent; ask again."
        return late
    }

    /// The mail as it stands after one attempt.
    private func send(_ mail: OutboxMail) async -> OutboxMail {
        var settled = mail
        let message: MailMessage
        do throws(PasswordTrouble) {
            message = try await self.message(of: mail)
        } catch {
            // The store and the key may be there again later; a mail that cannot be written never is.
            settled.trouble = error.sentence
            if case .unwritable = error { settled.state = .failed } else { postpone(&settled) }
            return settled
        }
        switch await mailer.send(message) {
        case .sent:
            settled.state = .sent
            settled.trouble = nil
        case .permanent(_, let sentence):
            settled.state = .failed
            settled.trouble = sentence
        case .temporary(_, let sentence), .uncertain(let sentence):
            settled.trouble = sentence
            postpone(&settled)
        }
        return settled
    }

    private func postpone(_ mail: inout OutboxMail) {
        guard mail.attempts < Self.attempts else {
            mail.state = .failed
            return
        }
        let wait = Self.firstWait * (1 << min(mail.attempts, 12))
        mail.dueAt = workshop.clock.now().advanced(by: min(wait, Self.longestWait))
    }

    private func message(of mail: OutboxMail) async throws(PasswordTrouble) -> MailMessage {
        var link: String?
        if let sealed = mail.sealed {
            do throws(SealError) {
                link = try seal.open(sealed, tenant: mail.tenant, mail: mail.id).revealed()
            } catch {
                throw .seal(error)
            }
        }
        let (summary, connections, policy) = try await PasswordTrouble.kept {
            () throws(StoreError) in
            (
                try await workshop.store.summary(of: mail.account),
                try await workshop.connections.connections(),
                try await workshop.connections.policy(of: mail.tenant)
            )
        }
        let own = connections.filter { $0.tenant == mail.tenant }
        let schools = own.flatMap { connection in
            connection.schools.map { ConnectedSchool(connection: connection, school: $0) }
        }
        let home = schools.first { $0.key == summary?.account.home?.school } ?? schools.first
        return try writing.message(
            of: mail,
            to: summary?.account,
            link: link,
            at: home,
            by: policy
        )
    }
}
