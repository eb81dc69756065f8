extension Duration {
    /// Rounded up, so that a wait is never short; for durations of days at most.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let attosecondsPerMillisecond: Int64 = 1_000_000_000_000_000
        let rest = (attoseconds + attosecondsPerMillisecond - 1) / attosecondsPerMillisecond
        return Int(seconds) * 1000 + Int(rest)
    }
}
