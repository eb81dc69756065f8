package import Accounts
import Credentials
package import Logging
package import Mail
package import Muster
import Roster
package import Sealing

/// Answers requests for links and sends mails, for as long as the daemon runs.
package struct Mailroom: Sendable {
    private let store: any CredentialStore
    private let clerk: ResetClerk
    private let postman: Postman
    private let clock: any MusterClock
    private let logger: Logger

    /// How often it looks; whoever asked for a link waits that long at the most.
    private static let interval = Duration.seconds(2)
    /// How long it is kept what became of a mail, and whose it was.
    private static let memory = Duration.seconds(30 * 86_400)
    /// How often what is older is forgotten, and how much of it in one transaction.
    private static let tidyingInterval = Duration.seconds(3600)
    private static let forgottenAtOnce = 500

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
        self.store = store
        clerk = ResetClerk(store: store, workshop: workshop, seal: seal, settings: settings)
        postman = Postman(
            store: store,
            workshop: workshop,
            seal: seal,
            mailer: mailer,
            writing: writing,
            logger: logger
        )
        clock = workshop.clock
        self.logger = logger
    }

    /// Works until the task is cancelled.
    package func run() async {
        var tidiedAt: Timestamp?
        while !Task.isCancelled {
            let now = clock.now()
            if tidiedAt.map({ now.since($0) >= Self.tidyingInterval }) ?? true {
                await forgetOld()
                tidiedAt = now
            }
            if await work() == 0 {
                guard (try? await clock.sleep(for: Self.interval)) != nil else { return }
            }
        }
    }

    /// Does what there is to do now.
    /// - Returns: How many requests and mails that were; none where it failed, which is logged.
    package func work() async -> Int {
        // What is wrong with the requests keeps no mail from going.
        let answered = await attempt { () throws(PasswordTrouble) in try await clerk.answerAll() }
        return await answered
            + attempt { () throws(PasswordTrouble) in try await postman.sendDue() }
    }

    private func attempt(_ work: () async throws(PasswordTrouble) -> Int) async -> Int {
        do throws(PasswordTrouble) {
            return try await work()
        } catch {
            logger.error("Mails cannot be sent now", metadata: ["reason": "\(error.sentence)"])
            return 0
        }
    }

    /// Forgets mails and links that were done with a month ago.
    func forgetOld() async {
        let before = clock.now().advanced(by: .zero - Self.memory)
        do throws(StoreError) {
            while try await store.forgetMails(before: before, limit: Self.forgottenAtOnce)
                == Self.forgottenAtOnce
            {}
        } catch {
            logger.error("Old mails are kept", metadata: ["reason": "\(error.sentence)"])
        }
    }
}
