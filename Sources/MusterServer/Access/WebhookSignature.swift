import HTTPTypes

/// What the headers of a signed request say, in the form of Standard Webhooks.
struct WebhookSignature: Sendable, Hashable {
    /// How far the clocks of sender and receiver may differ, either way.
    static let tolerance: Int64 = 300

    /// The message's name, which its sender gives to no other.
    let id: String
    /// When it was signed, in seconds.
    let timestamp: Int64
    private let timestampText: String
    private let candidates: [[UInt8]]

    /// The signature in `headers`; nil where there is none, or one that cannot be read.
    init?(_ headers: HTTPFields) {
        guard let id = headers.only(.webhookID), (1...256).contains(id.utf8.count),
            !id.utf8.contains(UInt8(ascii: ".")),
            let text = headers.only(.webhookTimestamp), text.utf8.count <= 12,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let timestamp = Int64(text), let list = headers.only(.webhookSignature)
        else { return nil }
        self.id = id
        self.timestamp = timestamp
        timestampText = text
        // Other versions, and elements that are malformed, just do not match.
        candidates = list.split(separator: " ").prefix(16).compactMap { element in
            element.hasPrefix("v1,") ? Array(element.dropFirst(3).utf8) : nil
        }
    }

    /// Whether it was made about now, `seconds` after 1970.
    func isCurrent(at seconds: Int64) -> Bool { abs(seconds - timestamp) <= Self.tolerance }

    /// Whether one of its elements was made with `secret` over `body`.
    func holds(for body: some Sequence<UInt8>, with secret: WebhookSecret) -> Bool {
        guard !candidates.isEmpty else { return false }
        let expected = secret.signature(id: id, timestamp: timestampText, body: body)
        var holds = false
        // Every element is compared, so that the time does not tell which one matched.
        for candidate in candidates where areEqualInConstantTime(candidate, expected) {
            holds = true
        }
        return holds
    }
}

extension HTTPField.Name {
    static let webhookID = known("webhook-id")
    static let webhookTimestamp = known("webhook-timestamp")
    static let webhookSignature = known("webhook-signature")

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("\(text) is a name of a header.")
        }
        return name
    }
}

extension HTTPFields {
    /// The value of a header that was sent exactly once.
    func only(_ name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count == 1 ? values[0] : nil
    }
}
