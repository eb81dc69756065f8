/// One setting of the process: its key in a settings file, its default and why it is there.
struct Setting: Sendable {
    /// What it may be set to.
    enum Value: Sendable, Hashable {
        case number(Int, range: ClosedRange<Int>)
        case text(String)
    }

    let key: String
    let value: Value
    let why: String

    /// The variable that beats the settings file: `MUSTER_LOGIN_BUDGET_MS` for `login.budgetMS`.
    var variable: String {
        var name = "MUSTER_"
        var previous: Character = " "
        for character in key {
            if previous.isLowercase, character.isUppercase { name += "_" }
            name += character == "." ? "_" : character.uppercased()
            previous = character
        }
        return name
    }

    /// The default as a settings file writes it.
    var defaultText: String {
        switch value {
        case .number(let number, _): String(number)
        case .text(let text): text
        }
    }
}

// Every setting there is. Schools, tokens and policies are not settings: they live in the store.
extension Setting {
    static let store = Setting(
        key: "store",
        value: .text("muster.sqlite"),
        why: "The store's file; --store beats it."
    )
    static let storeWaitSeconds = Setting(
        key: "storeWaitSeconds",
        value: .number(5, range: 0...600),
        why: "How long a write waits for another process before it gives up."
    )
    static let keyFile = Setting(
        key: "keyFile",
        value: .text("~/.config/muster/key"),
        why: "The key that seals tokens; keep it away from the store and its backups."
    )
    static let loginBudgetMS = Setting(
        key: "login.budgetMS",
        value: .number(800, range: 0...600_000),
        why: "The time a login may take in all; 0: sources are not asked."
    )
    static let loginFreshSeconds = Setting(
        key: "login.freshSeconds",
        value: .number(600, range: 0...31_536_000),
        why: "How long a login's look-up serves later logins; 0: always ask."
    )
    static let loginLookUpSeconds = Setting(
        key: "login.lookUpSeconds",
        value: .number(30, range: 1...600),
        why: "The longest a look-up goes on behind a login that was answered without it."
    )
    static let loginFormerEmailDays = Setting(
        key: "login.formerEmailDays",
        value: .number(90, range: 0...3650),
        why: "How long an address that a person gave up still finds her at login."
    )
    static let loginRetries = Setting(
        key: "login.retries",
        value: .number(3, range: 0...1000),
        why: "How often a look-up promised behind a login is made again when the MIS is back."
    )
    static let loginUnknownSeconds = Setting(
        key: "login.unknownSeconds",
        value: .number(60, range: 0...86_400),
        why: "How long a name that the MIS does not know is not looked for again."
    )
    static let loginUnknownNames = Setting(
        key: "login.unknownNames",
        value: .number(10_000, range: 0...10_000_000),
        why: "How many such names are remembered."
    )
    static let loginStrangersPerMinute = Setting(
        key: "login.strangersPerMinute",
        value: .number(60, range: 0...100_000),
        why: "Ids nobody has heard of that may lead to nobody, per school and minute."
    )
    static let loginDiscoverySeconds = Setting(
        key: "login.discoverySeconds",
        value: .number(30, range: 1...86_400),
        why: "The time between two reads of who is new at a school, for people nobody knows."
    )
    static let loginDiscoveryPages = Setting(
        key: "login.discoveryPages",
        value: .number(5, range: 0...1000),
        why: "The most pages that such a read takes; 0: newcomers wait for a sync."
    )
    static let loginConcurrent = Setting(
        key: "login.concurrent",
        value: .number(10_000, range: 1...1_000_000),
        why: "Logins that may go on at once, with what is finished behind them."
    )
    static let loginRecalled = Setting(
        key: "login.recalled",
        value: .number(10_000, range: 0...1_000_000),
        why: "Logins whose local data stays in memory while nothing changes in the store."
    )
    static let sourceInFlight = Setting(
        key: "source.inFlight",
        value: .number(8, range: 1...1000),
        why: "Questions on their way to one connection at once."
    )
    static let sourceWaiting = Setting(
        key: "source.waiting",
        value: .number(1000, range: 0...1_000_000),
        why: "Look-ups that may wait for their turn at one connection."
    )
    static let sourceFailures = Setting(
        key: "source.failures",
        value: .number(5, range: 1...1000),
        why: "Failures one after the other after which a connection is left alone."
    )
    static let sourceSlowMS = Setting(
        key: "source.slowMS",
        value: .number(2000, range: 1...600_000),
        why: "From when a look-up without an answer counts as a failure."
    )
    static let sourceProbeSeconds = Setting(
        key: "source.probeSeconds",
        value: .number(5, range: 1...86_400),
        why: "How long it is left alone at first; doubled after each probe that fails."
    )
    static let sourceLongestProbeSeconds = Setting(
        key: "source.longestProbeSeconds",
        value: .number(300, range: 1...86_400),
        why: "The longest it is left alone between two probes."
    )
    static let sourceLongestPauseSeconds = Setting(
        key: "source.longestPauseSeconds",
        value: .number(300, range: 0...86_400),
        why: "The longest wait that an MIS may ask for."
    )
    static let syncPageSeconds = Setting(
        key: "sync.pageSeconds",
        value: .number(60, range: 1...3600),
        why: "The longest one page of a sync may take."
    )
    static let syncAttempts = Setting(
        key: "sync.attempts",
        value: .number(3, range: 1...10),
        why: "How often a page is asked for before the sync fails."
    )
    static let syncBackOffMS = Setting(
        key: "sync.backOffMS",
        value: .number(1000, range: 0...600_000),
        why: "The wait before the second attempt; twice as long before each further one."
    )
    static let syncChunk = Setting(
        key: "sync.chunk",
        value: .number(200, range: 1...10_000),
        why:
            "The most people applied in one transaction; 50 at most beside logins of the same process."
    )
    static let historyKeep = Setting(
        key: "history.keep",
        value: .number(730, range: 0...36_500),
        why: "Days that history and runs are kept, forgotten after a complete sync; 0: for ever."
    )
    static let httpCAFile = Setting(
        key: "http.caFile",
        value: .text(""),
        why: "A PEM file of the only authorities to trust; empty: the system's."
    )
    static let httpConnectSeconds = Setting(
        key: "http.connectSeconds",
        value: .number(5, range: 1...600),
        why: "The longest that name look-up, connection and TLS may take together."
    )
    static let httpConnectionsPerHost = Setting(
        key: "http.connectionsPerHost",
        value: .number(8, range: 1...1000),
        why: "Connections open at once to one host."
    )

    static let serveHost = Setting(
        key: "serve.host",
        value: .text("127.0.0.1"),
        why: "The address that the daemon listens on; --host beats it."
    )
    static let servePort = Setting(
        key: "serve.port",
        value: .number(8080, range: 0...65_535),
        why: "The port that the daemon listens on; 0: any free one; --port beats it."
    )
    static let serveTLSCertificateFile = Setting(
        key: "serve.tlsCertificateFile",
        value: .text(""),
        why: "A PEM file of the daemon's certificate and its chain; empty: plain HTTP."
    )
    static let serveTLSKeyFile = Setting(
        key: "serve.tlsKeyFile",
        value: .text(""),
        why: "A PEM file of the certificate's private key."
    )
    static let serveBehindProxy = Setting(
        key: "serve.behindProxy",
        value: .number(0, range: 0...1),
        why: "1: a proxy does TLS, so plain HTTP may leave the machine and nobody counts as local."
    )
    static let serveConnections = Setting(
        key: "serve.connections",
        value: .number(1000, range: 1...100_000),
        why: "Connections open at once; for one more, the longest idle is closed."
    )
    static let serveConnectionsPerPeer = Setting(
        key: "serve.connectionsPerPeer",
        value: .number(500, range: 1...100_000),
        why: "The same from one address; with serve.behindProxy it is not looked at."
    )
    static let serveBodyBytes = Setting(
        key: "serve.bodyBytes",
        value: .number(65_536, range: 1024...16_777_216),
        why: "The largest body of a request."
    )
    static let serveHeaderBytes = Setting(
        key: "serve.headerBytes",
        value: .number(16_384, range: 1024...1_048_576),
        why: "The largest head of a request."
    )
    static let serveHeaderSeconds = Setting(
        key: "serve.headerSeconds",
        value: .number(10, range: 1...600),
        why: "The longest from a new connection to its first request, TLS included."
    )
    static let serveBodySeconds = Setting(
        key: "serve.bodySeconds",
        value: .number(10, range: 1...600),
        why: "The longest that the body of a request may take."
    )
    static let serveIdleSeconds = Setting(
        key: "serve.idleSeconds",
        value: .number(75, range: 1...3600),
        why: "How long a connection may lie idle, or an answer lie unread."
    )
    static let serveStrangerIdleSeconds = Setting(
        key: "serve.strangerIdleSeconds",
        value: .number(5, range: 1...3600),
        why: "The same for a connection on which nobody has shown a valid key yet."
    )
    static let serveLogLevel = Setting(
        key: "serve.logLevel",
        value: .text("info"),
        why: "The least level that is logged: debug, info, notice, warning or error."
    )
    static let serveSchedules = Setting(
        key: "serve.schedules",
        value: .number(1, range: 0...1),
        why: "1: the daemon begins the syncs that are due; 0: something else does."
    )
    static let serveDrainSeconds = Setting(
        key: "serve.drainSeconds",
        value: .number(0, range: 0...600),
        why: "How long requests are still taken after a signal, while /readyz says no."
    )
    static let serveStopSeconds = Setting(
        key: "serve.stopSeconds",
        value: .number(30, range: 0...600),
        why: "The longest that work behind answered logins, and syncs, may take after a signal."
    )
    static let passwordsMinimum = Setting(
        key: "passwords.minimum",
        value: .number(15, range: 8...64),
        why: "The fewest characters of a new password."
    )
    static let passwordsBreachFile = Setting(
        key: "passwords.breachFile",
        value: .text(""),
        why: "A file of passwords that became known, or of their SHA-1; empty: none."
    )
    static let passwordsResetMinutes = Setting(
        key: "passwords.resetMinutes",
        value: .number(60, range: 5...1440),
        why: "How long a link counts that somebody asked for."
    )
    static let passwordsInvitationHours = Setting(
        key: "passwords.invitationHours",
        value: .number(24, range: 1...168),
        why: "How long a link in an invitation counts; more than 24 is against NIST's advice."
    )
    static let pagesURL = Setting(
        key: "pages.url",
        value: .text(""),
        why: "Where people reach the daemon's pages, https://…; empty: no pages and no mails."
    )
    static let mailHost = Setting(
        key: "mail.host",
        value: .text(""),
        why: "The server that mails are handed to; empty: no mail is sent."
    )
    static let mailPort = Setting(
        key: "mail.port",
        value: .number(0, range: 0...65_535),
        why: "Its port; 0: the usual one."
    )
    static let mailSecurity = Setting(
        key: "mail.security",
        value: .text("starttls"),
        why: "starttls or tls; none is for a server on this machine only."
    )
    static let mailUser = Setting(
        key: "mail.user",
        value: .text(""),
        why: "The name to sign in to it with; empty: without."
    )
    static let mailPasswordFile = Setting(
        key: "mail.passwordFile",
        value: .text(""),
        why: "The file with the password for that name."
    )
    static let mailFrom = Setting(
        key: "mail.from",
        value: .text(""),
        why: "The address that mails come from."
    )
    static let mailCAFile = Setting(
        key: "mail.caFile",
        value: .text(""),
        why: "A PEM file of the only authorities to trust for mail; empty: the system's."
    )
    static let mailTemplates = Setting(
        key: "mail.templates",
        value: .text(""),
        why: "A folder of templates that take the place of the built-in ones; empty: none."
    )
    static let mailInvitationsPerMinute = Setting(
        key: "mail.invitationsPerMinute",
        value: .number(30, range: 1...6000),
        why: "The pace at which people are invited."
    )

    /// All of them, in the order of `Config/muster.yaml`.
    static let all = [
        store, storeWaitSeconds, keyFile, loginBudgetMS, loginFreshSeconds, loginLookUpSeconds,
        loginRetries, loginFormerEmailDays, loginUnknownSeconds, loginUnknownNames,
        loginStrangersPerMinute, loginDiscoverySeconds, loginDiscoveryPages, loginConcurrent,
        loginRecalled,
        sourceInFlight, sourceWaiting, sourceFailures, sourceSlowMS, sourceProbeSeconds,
        sourceLongestProbeSeconds, sourceLongestPauseSeconds, syncPageSeconds, syncAttempts,
        syncBackOffMS, syncChunk, historyKeep, httpCAFile, httpConnectSeconds,
        httpConnectionsPerHost,
        serveHost, servePort, serveTLSCertificateFile, serveTLSKeyFile, serveBehindProxy,
        serveConnections, serveConnectionsPerPeer, serveBodyBytes, serveHeaderBytes,
        serveHeaderSeconds, serveBodySeconds,
        serveIdleSeconds, serveStrangerIdleSeconds, serveLogLevel, serveSchedules,
        serveDrainSeconds,
        serveStopSeconds,
        passwordsMinimum, passwordsBreachFile, passwordsResetMinutes, passwordsInvitationHours,
        pagesURL, mailHost, mailPort, mailSecurity, mailUser, mailPasswordFile, mailFrom,
        mailCAFile, mailTemplates, mailInvitationsPerMinute,
    ]
}
