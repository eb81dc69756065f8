internal import CCurl
internal import Glibc

/// Starts the driver's thread.
enum DriverThread {
    /// What the new thread is given.
    private final class Start: Sendable {
        let settings: CurlTransport.Settings
        let mailbox: Mailbox

        init(settings: CurlTransport.Settings, mailbox: Mailbox) {
            self.settings = settings
            self.mailbox = mailbox
        }
    }

    /// curl wants this once in a process, before anything else.
    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// The new thread, or nil if the system has none to give.
    static func start(settings: CurlTransport.Settings, mailbox: Mailbox) -> pthread_t? {
        guard isCurlReady else { return nil }
        let start = unsafe Unmanaged.passRetained(Start(settings: settings, mailbox: mailbox))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                // Balances the retain above; the thread owns what it was given.
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                DriverThread.main(start)
                return nil
            },
            start.toOpaque()
        )
        guard status == 0 else {
            unsafe start.release()
            return nil
        }
        return thread
    }

    private static func main(_ start: Start) {
        blockSignals()
        if let driver = Driver(settings: start.settings, mailbox: start.mailbox) { driver.run() }
        for case .start(let exchange) in start.mailbox.close() {
            exchange.reply.settle(.failure(.stopped))
        }
    }

    /// Keeps signals away from this thread: they are the application's business.
    ///
    /// So a write to a closed socket cannot end the process. Those that report a fault of this very thread stay open.
    private static func blockSignals() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] {
            unsafe sigdelset(&signals, fault)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
