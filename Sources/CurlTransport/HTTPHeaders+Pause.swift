extension HTTPHeaders {
    /// For how long the sender asks not to be asked again, a day at most; nil where it asks nothing.
    ///
    /// What `Retry-After` says counts before anything else. Otherwise the sender asks to wait until
    /// every limit that has nothing remaining is set anew, in either style of rate-limit headers.
    /// A header that cannot be read is as if it were not there. `now` is the present moment in
    /// seconds since 1970; the answer's own `Date` is taken instead where it has one, so that two
    /// clocks need not agree.
    public func pause(at now: Int64) -> Duration? {
        let now = self["Date"].flatMap { HTTPDate.seconds(of: $0, near: now) } ?? max(0, now)
        if let seconds = retryAfter(now) { return Self.pause(seconds) }
        let limits =
            RateLimit.limits(inField: joined("RateLimit"))
            + ["RateLimit", "X-RateLimit"].compactMap { plainLimit($0, now) }
        return limits.filter { $0.remaining == 0 }.compactMap(\.reset).max().flatMap { seconds in
            seconds == 0 ? nil : Self.pause(seconds)
        }
    }

    /// When the answer was given by its sender's own clock, in seconds since 1970.
    ///
    /// Nil where it does not say. `now` is the present moment, for years of two digits.
    public func date(near now: Int64) -> Int64? {
        self["Date"].flatMap { HTTPDate.seconds(of: $0, near: now) }
    }

    /// A wait beyond this says no more than this.
    private static let longestPauseSeconds: Int64 = 86_400

    private static func pause(_ seconds: Int64) -> Duration {
        .seconds(min(max(0, seconds), longestPauseSeconds))
    }

    private func retryAfter(_ now: Int64) -> Int64? {
        guard let text = self["Retry-After"] else { return nil }
        if let seconds = RateLimit.wholeNumber(text) { return seconds }
        return HTTPDate.seconds(of: text, near: now).map { $0 - now }
    }

    /// The limit that `…-Remaining` and `…-Reset` describe, each in a header of its own.
    private func plainLimit(_ prefix: String, _ now: Int64) -> RateLimit? {
        guard let remaining = self["\(prefix)-Remaining"].flatMap(RateLimit.wholeNumber),
            let reset = self["\(prefix)-Reset"].flatMap(RateLimit.wholeNumber)
        else { return nil }
        return RateLimit(remaining: remaining, reset: RateLimit.wait(untilReset: reset, at: now))
    }

    /// The values of every line with this name as one list.
    private func joined(_ name: String) -> String {
        lines.filter { equalsIgnoringCase($0.name, name) }.map(\.value).joined(separator: ", ")
    }
}

/// One limit of a service: how much of it is left, and when it is set anew.
struct RateLimit: Sendable, Hashable {
    /// Requests, or whatever else is counted, that are left.
    var remaining: Int64
    /// Seconds until the limit is set anew, where that is said.
    var reset: Int64?

    /// The limits in a `RateLimit` field, `"burst";r=0;t=20, "day";r=100;t=3600`; none where the
    /// field is malformed.
    static func limits(inField text: String) -> [RateLimit] {
        guard let items = StructuredList.items(of: text) else { return [] }
        return items.compactMap { item in
            guard case .name = item.value, case .integer(let remaining)? = item.parameters["r"],
                remaining >= 0
            else { return nil }
            guard case .integer(let reset)? = item.parameters["t"], reset >= 0 else {
                return RateLimit(remaining: remaining, reset: nil)
            }
            return RateLimit(remaining: remaining, reset: reset)
        }
    }

    /// A number that is not negative, rounded up; nil for anything else.
    static func wholeNumber(_ text: String) -> Int64? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let words = text.split(separator: " ")
        guard words.count == 1 else { return nil }
        let parts = words[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(digits.contains) }) else {
            return nil
        }
        // A number too long to hold is a very long time.
        let whole = Int64(parts[0]) ?? Int64.max
        let hasFraction = parts.count == 2 && parts[1].contains { $0 != "0" }
        return hasFraction && whole < Int64.max ? whole + 1 : whole
    }

    /// The seconds until a `…-Reset`, which some write as a wait and others as a moment, in seconds
    /// or milliseconds since 1970.
    static func wait(untilReset reset: Int64, at now: Int64) -> Int64 {
        switch reset {
        case ..<1_000_000_000: reset
        case ..<100_000_000_000: max(0, reset - now)
        default: max(0, (reset - 1) / 1_000 + 1 - now)
        }
    }
}
