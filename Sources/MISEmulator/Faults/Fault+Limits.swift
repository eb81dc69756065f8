extension Fault {
    /// The headers that say that nothing remains, in the style of this fault; none without one.
    ///
    /// Besides the limit with nothing left there is another with plenty, as services have it.
    func limitHeaders(now: Timestamp) -> [(name: String, value: String)] {
        guard let style = style ?? (kind == .exhausted ? .rateLimit : nil) else { return [] }
        let reset = resetAfter ?? 20
        switch style {
        case .rateLimit:
            return [
                ("RateLimit-Policy", #""minute";q=100;w=60, "day";q=5000;w=86400"#),
                ("RateLimit", #""minute";r=0;t=\#(reset), "day";r=4000;t=43200"#),
            ]
        case .rateLimitFields: return Self.fields("RateLimit", reset)
        case .xRateLimit: return Self.fields("X-RateLimit", reset)
        case .xRateLimitEpoch:
            // Rounded up, as a moment that has come would ask for no wait.
            let moment = Int((now.microseconds + 999_999) / 1_000_000) + reset
            return Self.fields("X-RateLimit", moment)
        }
    }

    private static func fields(_ prefix: String, _ reset: Int) -> [(name: String, value: String)] {
        [
            ("\(prefix)-Limit", "100"), ("\(prefix)-Remaining", "0"),
            ("\(prefix)-Reset", String(reset)),
        ]
    }
}
