/// Where a daemon listens, and the limits of what it takes from its clients.
package struct ServerSettings: Sendable, Hashable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 for any free one.
    package var port = 8080
    /// The files of its own certificate; nil: it speaks plain HTTP.
    package var tls: TLSFiles?
    /// Whether a proxy in front of it does TLS, so that plain HTTP may leave the machine.
    ///
    /// Nobody counts as local then: the proxy's own requests come from everywhere.
    package var isBehindProxy = false
    /// Connections open at once; for one more, the one that has been idle longest is closed.
    package var connections = 1000
    /// Connections open at once from one address; behind a proxy, where all come from one, this is
    /// not looked at.
    package var connectionsPerPeer = 500
    /// The largest body, in bytes.
    package var bodyBytes = 65_536
    /// The largest head of a request, in bytes.
    package var headerBytes = 16_384
    /// The longest that a new connection may take to its first request, TLS included.
    package var headerTimeout = Duration.seconds(10)
    /// The longest that a request's body may take.
    package var bodyTimeout = Duration.seconds(10)
    /// How long a connection may lie idle, or an answer lie unread.
    package var idleTimeout = Duration.seconds(75)
    /// The same for a connection on which nobody has shown a valid key.
    package var strangerIdleTimeout = Duration.seconds(5)
    /// The silence after which an event stream says that it is still there.
    package var keepAlive = Duration.seconds(15)
    /// Whether it begins the syncs that are due by the schedules of the connections.
    package var keepsSchedules = false
    /// How long it goes on after it was told to stop, while it says that it is not ready.
    package var drain = Duration.zero
    /// The longest that work behind answered logins, and syncs, may take after that.
    package var stop = Duration.seconds(30)

    /// The default limits.
    package init() {}

    /// Whether nobody outside this machine can reach the address.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }
}

/// The PEM files by which a server shows who it is.
package struct TLSFiles: Sendable, Hashable {
    /// The certificate, followed by those that vouch for it.
    package var certificates: String
    /// Its private key.
    package var key: String

    /// The certificate in `certificates` with the key in `key`.
    package init(certificates: String, key: String) {
        self.certificates = certificates
        self.key = key
    }
}

/// Why a daemon could not begin.
package enum ServerError: Error, Sendable, Hashable {
    /// Plain HTTP was asked for on an address that others can reach.
    case plainOutside(host: String)
    /// A file of the certificate cannot be used.
    case certificate(path: String, why: String)
    /// The address cannot be listened on.
    case address(host: String, port: Int, why: String)

    /// One sentence for people: what happened, to what, what to do.
    package var sentence: String {
        switch self {
        case .plainOutside(let host):
            "Keys and names must not travel readable, so plain HTTP is served on loopback only and"
                + " not on \(host); set serve.tlsCertificateFile and serve.tlsKeyFile, or"
                + " serve.behindProxy=1 where a proxy does TLS."
        case .certificate(let path, let why):
            "The certificate or key in \(path) cannot be used (\(why)); name PEM files with"
                + " serve.tlsCertificateFile and serve.tlsKeyFile."
        case .address(let host, let port, let why):
            "Nothing can listen on \(host):\(port) (\(why)); stop what does, or choose another"
                + " --host or --port."
        }
    }
}
