/// Why an exchange gave no answer: facts only, never a path, a query, a header or a body.
///
/// A host reads `school.example`, with `:port` where the port is not the scheme's own.
public enum TransportError: Error, Sendable, Equatable {
    /// No connection came about.
    case unreachable(host: String, reason: String)
    /// The host's name has no address.
    case nameNotFound(host: String)
    /// The secure connection failed, or the certificate was not accepted.
    case tls(host: String, reason: String)
    /// The request's deadline passed.
    case timedOut(host: String)
    /// The task that waited was cancelled.
    case cancelled
    /// The body, or the length it announced, went over the request's limit.
    case tooLarge(limitBytes: Int)
    /// The connection ended before the answer was complete.
    case cut(host: String)
    /// The answer was a redirect to another scheme, host or port.
    case redirected(toHost: String)
    /// Plain HTTP to a host beyond loopback.
    case insecureOrigin(host: String)
    /// The request itself cannot be sent as it is.
    case invalidRequest(reason: String)
    /// The answer breaks the rules of HTTP or of its compression.
    case `protocol`(host: String, reason: String)
    /// The transport was stopped.
    case stopped
}

extension TransportError: CustomStringConvertible {
    /// The same as `sentence`.
    public var description: String { sentence }

    /// One sentence: what happened, to which host, what to do.
    public var sentence: String {
        switch self {
        case .unreachable(let host, let reason):
            "\(host) could not be reached (\(reason)); check the address, network and firewall."
        case .nameNotFound(let host):
            "The name \(host) has no address; check its spelling and the name server."
        case .tls(let host, let reason):
            "No secure connection to \(host) (\(reason)); check its certificate and the CA file."
        case .timedOut(let host):
            "\(host) did not answer in time; try again, or allow more time."
        case .cancelled:
            "The request was cancelled by its caller; send it again if it is still wanted."
        case .tooLarge(let limitBytes):
            "The answer is larger than \(limitBytes) bytes; ask for less, or raise the limit."
        case .cut(let host):
            "The connection to \(host) broke before the answer was complete; try again."
        case .redirected(let toHost):
            "The answer points to \(toHost), which was not followed; correct the configured address."
        case .insecureOrigin(let host):
            "Plain HTTP to \(host) is refused, it would show credentials; use https."
        case .invalidRequest(let reason):
            "The request cannot be sent because \(reason); correct the request."
        case .protocol(let host, let reason):
            "The answer of \(host) cannot be used because \(reason); ask the operator of the host."
        case .stopped:
            "The transport was stopped; start a new one to send requests."
        }
    }
}
