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
        value: .number(50, range: 1...10_000),
        why: "People applied in one transaction; smaller lets logins in sooner."
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
        why:
            "A PEM file of the daemon's certificate and those that vouch for it; empty: plain HTTP."
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
        why: "Connections open at once; further ones wait."
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

    /// All of them, in the order of `Config/muster.yaml`.
    static let all = [
        store, storeWaitSeconds, keyFile, loginBudgetMS, loginFreshSeconds, loginLookUpSeconds,
        loginFormerEmailDays, syncPageSeconds, syncAttempts, syncBackOffMS, syncChunk, httpCAFile,
        httpConnectSeconds, httpConnectionsPerHost, serveHost, servePort, serveTLSCertificateFile,
        serveTLSKeyFile, serveBehindProxy, serveConnections, serveBodyBytes, serveHeaderBytes,
        serveHeaderSeconds, serveBodySeconds, serveIdleSeconds, serveDrainSeconds, serveStopSeconds,
    ]
}
