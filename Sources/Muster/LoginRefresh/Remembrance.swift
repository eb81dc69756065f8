/// Things remembered for a while, in bounded memory: the oldest are forgotten first.
struct Remembrance<Thing: Hashable & Sendable>: Sendable {
    private var ends: [Thing: ContinuousClock.Instant] = [:]
    private var order: [Thing] = []
    private var forgotten = 0

    var count: Int { ends.count }

    func holds(_ thing: Thing, at now: ContinuousClock.Instant) -> Bool {
        ends[thing].map { now < $0 } ?? false
    }

    mutating func add(
        _ thing: Thing,
        until end: ContinuousClock.Instant,
        atMost limit: Int,
        at now: ContinuousClock.Instant
    ) {
        if ends.updateValue(end, forKey: thing) == nil { order.append(thing) }
        while let oldest = first, ends.count > limit || ends[oldest].map({ $0 <= now }) ?? true {
            forgotten += 1
            ends[oldest] = nil
        }
        // Only now and then, so that forgetting costs the same however much is remembered.
        if forgotten > 64, forgotten * 2 > order.count {
            order.removeFirst(forgotten)
            forgotten = 0
        }
    }

    mutating func remove(_ thing: Thing) { ends[thing] = nil }

    private var first: Thing? { forgotten < order.count ? order[forgotten] : nil }
}

/// So many in a time, then no more until that is over.
struct Allowance: Sendable {
    private var taken = 0
    private var since: ContinuousClock.Instant?

    /// Whether one of `limit` is left.
    func isLeft(of limit: Int, per time: Duration, at now: ContinuousClock.Instant) -> Bool {
        guard let since, now < since + time else { return limit > 0 }
        return taken < limit
    }

    /// Takes one.
    mutating func take(per time: Duration, at now: ContinuousClock.Instant) {
        if since.map({ $0 + time <= now }) ?? true {
            since = now
            taken = 0
        }
        taken += 1
    }
}
