/// Something that goes wrong on purpose.
package struct Fault: Codable, Hashable, Sendable {
    /// What goes wrong.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// The answer comes late, by `milliseconds`.
        case delay
        /// The answer waits until the faults are cleared, then comes as it should.
        case hold
        /// A refusal with `status` and, if given, a `Retry-After` of `retryAfter` seconds.
        case status
        /// The body ends in the middle and the connection closes.
        case truncate
        /// The body ends in the middle and the connection is reset.
        case resetBody
        /// The body stops in the middle and the connection stays open.
        case stall
        /// Nothing is answered at all and the connection stays open.
        case hang
        /// The body comes in small pieces, `milliseconds` apart.
        case trickle
        /// The connection is reset instead of an answer.
        case reset
        /// A page for people instead of JSON.
        case html
        /// The right body under a `contentType` that is not JSON's, `text/plain` if not given.
        case contentType
        /// The answer as it should be, with headers that say that nothing remains for `resetAfter`.
        case exhausted
        /// JSON that breaks off, in a body that is complete.
        case malformed
        /// A body of `bytes` bytes, 2 GB if not given.
        case hugeBody
        /// Half of the page's people, and word that there are no more pages.
        case halfList
        /// Nobody, and word that there are no more pages.
        case emptyList
        /// The first record of the page comes twice.
        case duplicateID
        /// The first record of the page has no id.
        case missingID
        /// The link to the next page leads to the same page again.
        case repeatPage
        /// The link to the next page passes over one page.
        case missingPage
    }

    /// How headers tell what remains of a limit.
    package enum LimitStyle: String, Codable, CaseIterable, Sendable {
        /// `RateLimit: "minute";r=0;t=20`, with a `RateLimit-Policy`.
        case rateLimit
        /// `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`.
        case rateLimitFields
        /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`.
        case xRateLimit
        /// The same with the moment in seconds since 1970 as reset.
        case xRateLimitEpoch
    }

    package var kind: Kind
    /// Only requests whose path and query contain this text; nil for every request.
    package var pathContains: String?
    /// So many matching requests pass unharmed first.
    package var skip: Int?
    /// So many requests are harmed; nil until the faults are cleared.
    package var times: Int?
    package var milliseconds: Int?
    package var status: Int?
    /// Seconds for the `Retry-After` header.
    package var retryAfter: Int?
    package var bytes: Int?
    package var contentType: String?
    /// How headers of a refusal or an exhausted answer tell that nothing remains.
    package var style: LimitStyle?
    /// Seconds until the limit is set anew; 20 if not given.
    package var resetAfter: Int?
    /// Sends the body in chunks, without saying its length in advance.
    package var chunked: Bool?

    package init(
        _ kind: Kind,
        pathContains: String? = nil,
        skip: Int? = nil,
        times: Int? = nil,
        milliseconds: Int? = nil,
        status: Int? = nil,
        retryAfter: Int? = nil,
        bytes: Int? = nil,
        contentType: String? = nil,
        style: LimitStyle? = nil,
        resetAfter: Int? = nil,
        chunked: Bool? = nil
    ) {
        self.kind = kind
        self.pathContains = pathContains
        self.skip = skip
        self.times = times
        self.milliseconds = milliseconds
        self.status = status
        self.retryAfter = retryAfter
        self.bytes = bytes
        self.contentType = contentType
        self.style = style
        self.resetAfter = resetAfter
        self.chunked = chunked
    }

    static let memberNames: Set<String> = [
        "kind", "pathContains", "skip", "times", "milliseconds", "status", "retryAfter", "bytes",
        "contentType", "style", "resetAfter", "chunked",
    ]

    func check() throws(ControlError) {
        for (name, number) in [
            ("skip", skip), ("times", times), ("milliseconds", milliseconds),
            ("retryAfter", retryAfter), ("bytes", bytes), ("resetAfter", resetAfter),
        ] {
            if let number, number < 0 {
                throw .badInput("'\(name)' is \(number); it must not be negative.")
            }
        }
        if let status, !(200...599).contains(status) {
            throw .badInput("'status' is \(status); it must lie between 200 and 599.")
        }
        if let contentType, !contentType.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            throw .badInput("'contentType' holds a character that no header can carry.")
        }
        if kind == .delay, milliseconds == nil {
            throw .badInput("A delay needs 'milliseconds'.")
        }
    }

    /// How a list is spoilt, if this fault is of that sort.
    var alteration: PageAlteration? {
        switch kind {
        case .halfList: .half
        case .emptyList: .empty
        case .duplicateID: .duplicateFirst
        case .missingID: .firstWithoutID
        case .repeatPage: .sameAgain
        case .missingPage: .skipNext
        default: nil
        }
    }
}
