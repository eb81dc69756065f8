/// Where mails are handed over, and how.
package struct SMTPSettings: Sendable {
    /// How the connection is kept from other people's eyes.
    package enum Security: Sendable, Hashable {
        /// Begins in the clear and must turn to TLS before anything else is said.
        case startTLS
        /// TLS from the first byte.
        case tls
        /// None, which is for a mail server on this machine.
        case none
    }

    /// A name and a secret for the server, which nothing prints.
    package struct SignIn: Sendable {
        let name: String
        let secret: String

        /// What the server knows this sender by.
        package init(name: String, secret: String) {
            self.name = name
            self.secret = secret
        }
    }

    /// The server's name or address.
    package var host: String
    /// Its port; nil is the usual one.
    package var port: Int?
    /// STARTTLS unless said otherwise.
    package var security: Security
    /// Who we are to the server, where it asks.
    package var signIn: SignIn?
    /// A PEM file of the only certificate authorities to trust, instead of the system's.
    package var caFile: String?
    /// What we call ourselves in EHLO.
    package var helloName: String
    /// The longest that name look-up and connection may take.
    package var connectTimeout: Duration
    /// The longest that handing over one mail may take, from the look-up to the last answer.
    package var timeout: Duration

    /// Settings; each but the host has a safe default.
    package init(
        host: String,
        port: Int? = nil,
        security: Security = .startTLS,
        signIn: SignIn? = nil,
        caFile: String? = nil,
        helloName: String = "localhost",
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60)
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.signIn = signIn
        self.caFile = caFile
        self.helloName = helloName
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }
}

extension SMTPSettings.SignIn: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Never the secret.
    package var description: String { "a sign-in" }
    /// Never the secret.
    package var debugDescription: String { description }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why no mail can be sent with the settings as they are.
package enum SMTPSettingsError: Error, Sendable, Hashable {
    /// The host is no name and no address.
    case host
    /// The port is none.
    case port
    /// Mail beyond this machine without TLS.
    case insecure(host: String)
    /// The CA file is not there or may not be read.
    case caFile(path: String)
    /// The name for EHLO is no host name.
    case helloName
    /// The sign-in holds a control character, or has an empty half.
    case signIn
    /// A timeout that is not positive.
    case timeout

    /// One sentence for the operator.
    package var sentence: String {
        switch self {
        case .host:
            "The mail server's host is not a name or an address; write it as mail.school.example."
        case .port:
            "The mail server's port is not between 1 and 65535; correct it."
        case .insecure(let host):
            "Mail to \(host) without TLS is refused because others could read the links in it; use"
                + " starttls or tls."
        case .caFile(let path):
            "The mail server's CA file \(path) cannot be read; correct its path or its mode."
        case .helloName:
            "The name to greet the mail server with is not a host name; correct it."
        case .signIn:
            "The mail server's user name or secret is empty or holds a control character; correct"
                + " it."
        case .timeout:
            "The mail server's timeouts must be longer than nothing; correct them."
        }
    }
}
