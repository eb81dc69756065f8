package import Accounts
import Credentials
package import Logging
package import Mail
package import Muster
import Roster
package import Sealing

/// Answers requests for links and sends mails, for as long as the daemon runs.
package struct Mailroom: Sendable {
    private let clerk: ResetClerk
    private let postman: Postman
    private let clock: any MusterClock
    private let logger: Logger

    /// How often it looks; whoever asked for a link waits that long at the most.
    private static let interval = Duration.seconds(2)

    /// A mail room over `store`, which writes as `writing` says and hands over to `mailer`.
    package init(
        store: any CredentialStore,
        workshop: Workshop,
        seal: SecretSeal,
        mailer: SMTPMailer,
        writing: MailWriting,
        settings: PasswordSettings = PasswordSettings(),
        logger: Logger
    ) {
        clerk = ResetClerk(store: store, workshop: workshop, seal: seal, settings: settings)
        postman = Postman(
            store: store,
            workshop: workshop,
            seal: seal,
            mailer: mailer,
            writing: writing
        )
        clock = workshop.clock
        self.logger = logger
    }

    /// Works until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            if await work() == 0 {
                guard (try? await clock.sleep(for: Self.interval)) != nil else { return }
            }
        }
    }

    /// Does what there is to do now.
    /// - Returns: How many requests and mails that were; none where it failed, which is logged.
    package func work() async -> Int {
        do throws(PasswordTrouble) {
            let answered = try await clerk.answerAll()
            return answered + (try await postman.sendDue())
        } catch {
            logger.error("Mails cannot be sent now", metadata: ["reason": "\(error.sentence)"])
            return 0
        }
    }
}
