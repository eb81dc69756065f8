internal import CurlTransport
internal import JSON
internal import Roster

extension SourceError {
    /// What an exchange without an answer means.
    init(_ error: TransportError, askedOf origin: Origin) {
        switch error {
        case .cancelled:
            self = .cancelled
        case .tooLarge(let limit):
            self = .malformed(
                reason: "The answer of \(origin.name) is larger than \(limit / 1_048_576) MiB and"
                    + " was not read; check the base URL, or ask Wonde what is wrong."
            )
        case .protocol, .redirected, .invalidRequest:
            self = .malformed(reason: error.sentence)
        case .insecureOrigin:
            self = .refused(reason: error.sentence)
        case .unreachable, .nameNotFound, .tls, .timedOut, .cut, .stopped:
            self = .unavailable(reason: error.sentence)
        }
    }

    /// What a status means that no request makes use of.
    init(status: Int, asking pause: Duration?, from origin: Origin) {
        switch status {
        case 401:
            self = .refused(
                reason: "\(origin.name) does not accept the token (401); give the school's"
                    + " current token."
            )
        case 429, 503:
            self = .overloaded(retryAfter: pause)
        case 408, 500...:
            self = .unavailable(
                reason: "\(origin.name) has trouble of its own (\(status)); try again later."
            )
        default:
            self = .malformed(
                reason: "\(origin.name) answers \(status), which nothing here expects; check the"
                    + " base URL and any proxy on the way."
            )
        }
    }

    /// What a body means that is not the JSON it should be.
    init(_ error: JSONError, in body: [UInt8], from origin: Origin) {
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if first == UInt8(ascii: "<") {
            self = .malformed(
                reason: "\(origin.name) answers with a web page instead of data; check the base"
                    + " URL and any proxy on the way."
            )
        } else if error.fact == .unexpectedEnd {
            self = .malformed(
                reason: "The answer of \(origin.name) breaks off after \(body.count) bytes;"
                    + " try again."
            )
        } else {
            self = .malformed(
                reason: "The answer of \(origin.name) is not what Wonde's protocol says (byte"
                    + " \(error.offset)); try again, and if it stays ask Wonde."
            )
        }
    }

    /// The required part is refused: nobody could be matched.
    static func contactDetailsRefused(_ kind: PersonKind) -> SourceError {
        .refused(
            reason: "The school has not granted contact_details of \(kind.people), and without"
                + " e-mail addresses nobody can be matched; ask it to approve them in Wonde."
        )
    }

    /// No number of people, though every school has one.
    static func noCount(of kind: PersonKind, from origin: Origin) -> SourceError {
        .malformed(
            reason: "\(origin.name) does not count the \(kind.people) of the school, as it should;"
                + " try again, and if it stays ask Wonde."
        )
    }

    /// A key of another school.
    static func foreignSchool(_ school: String) -> SourceError {
        .unknown(
            reason: "This connection does not reach the school \(school); use the connection"
                + " that was made for it."
        )
    }
}
