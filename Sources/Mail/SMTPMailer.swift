internal import Dispatch
internal import Glibc

/// Hands mails over to one SMTP server, each over a connection of its own.
///
/// The work blocks, so each mail has a thread beside those that Swift's tasks share. How many go
/// at once is the caller's choice.
package final class SMTPMailer: Sendable {
    private let settings: SMTPSettings
    /// How long the server may take to say goodbye, once the mail is settled.
    private let farewell: Duration

    /// A mailer; nothing is connected before the first mail.
    package convenience init(settings: SMTPSettings) throws(SMTPSettingsError) {
        try self.init(settings: settings, farewell: .seconds(2))
    }

    init(settings: SMTPSettings, farewell: Duration) throws(SMTPSettingsError) {
        try settings.check()
        self.settings = settings
        self.farewell = farewell
    }

    /// Hands one mail over, and says what became of it.
    ///
    /// Cancelling the task ends the attempt within about a second; if the server had the mail by
    /// then, the outcome is `uncertain`.
    package func send(_ message: MailMessage) async -> MailOutcome {
        let delivery = Delivery()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                delivery.wait(continuation)
                // A serial queue of its own has a thread of its own; concurrent queues share
                // theirs with whatever else the process gives to Dispatch.
                DispatchQueue(label: "muster.mail").async { [settings, farewell] in
                    Self.ignoreBrokenPipes()
                    let transfer = SMTPTransfer(message, settings, farewell, delivery)
                    delivery.settle(transfer.run())
                }
            }
        } onCancel: {
            delivery.cancel()
        }
    }

    /// Keeps a write to a connection that the server has closed from ending the process.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
