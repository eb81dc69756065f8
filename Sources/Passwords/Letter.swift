import Accounts
import Credentials
import Roster
import Sealing

/// A new link and the mail that carries it, which go into the store together.
struct Letter {
    let token: PasswordToken
    let mail: OutboxMail

    /// A link for `account` that counts for `lifetime` from `dueAt` on, in a mail of `kind`.
    /// - Throws: `PasswordTrouble.seal` where the link's text cannot be sealed.
    init(
        _ kind: MailKind,
        to account: Account,
        id: String,
        dueAt: Timestamp,
        writtenAt: Timestamp,
        lifetime: Duration,
        seal: SecretSeal
    ) throws(PasswordTrouble) {
        let secret = Token()
        token = PasswordToken(
            digest: secret.digest,
            account: account.id,
            purpose: kind == .invitation ? .firstLogin : .reset,
            issuedAt: writtenAt,
            expiresAt: dueAt.advanced(by: lifetime)
        )
        var mail = OutboxMail(
            id: id,
            tenant: account.tenant,
            account: account.id,
            kind: kind,
            address: account.email ?? "",
            writtenAt: writtenAt
        )
        mail.dueAt = dueAt
        mail.token = secret.digest
        do throws(SealError) {
            mail.sealed = try seal.seal(
                Secret(secret.revealed()),
                tenant: account.tenant,
                mail: id
            )
        } catch {
            throw .seal(error)
        }
        self.mail = mail
    }
}
