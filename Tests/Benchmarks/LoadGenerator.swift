import Glibc

/// Sends prepared requests over some connections, each as soon as the one before was answered.
///
/// One thread polls raw sockets; nothing is allocated while it runs, so that next to nothing of what
/// it measures is its own.
final class LoadGenerator {
    /// What came of one run.
    struct Outcome {
        var seconds: Double
        /// Nanoseconds from each request to the end of its answer.
        var latencies: [UInt32]
        /// Answers in which the expected text stood.
        var expected: Int
        /// CPU of the generator's own thread, in seconds.
        var ownCPU: Double
        /// The first answer, as it came.
        var example: [UInt8]

        var rate: Double { Double(latencies.count) / seconds }
    }

    private struct Line {
        var socket: Int32
        var filled = 0
        var sentAt: UInt64 = 0
    }

    private static let room = 65_536
    private static let mostLines = 64
    private let requests: UnsafeMutableRawBufferPointer
    private var places: [(start: Int, length: Int)] = []
    private let expected: StaticString
    private let incoming: UnsafeMutableRawBufferPointer
    private let latencies: UnsafeMutableBufferPointer<UInt32>
    private var lines: [Line] = []
    private var answered = 0
    private var met = 0
    private var next = 0
    private var example: [UInt8] = []

    /// A generator of `requests`, sent in turn, whose answers should hold `expected`.
    init(_ requests: [[UInt8]], expecting expected: StaticString, atMost limit: Int = 2_000_000) {
        self.requests = .allocate(byteCount: requests.map(\.count).reduce(0, +), alignment: 1)
        self.expected = expected
        incoming = .allocate(byteCount: Self.mostLines * Self.room, alignment: 16)
        latencies = .allocate(capacity: limit)
        var start = 0
        for request in requests {
            self.requests[start..<(start + request.count)].copyBytes(from: request)
            places.append((start, request.count))
            start += request.count
        }
    }

    deinit {
        requests.deallocate()
        incoming.deallocate()
        latencies.deallocate()
    }

    /// Loads `port` of this machine over `connections` until `seconds` have passed or `count`
    /// requests were sent.
    func run(
        _ port: UInt16,
        connections: Int,
        seconds: Double = .infinity,
        count: Int = .max
    ) throws(BenchTrouble) -> Outcome {
        (lines, answered, met, next) = ([], 0, 0, 0)
        defer { for line in lines { close(line.socket) } }
        for _ in 0..<min(connections, Self.mostLines) {
            lines.append(Line(socket: try Loopback.connect(to: port)))
        }
        let cpu = usedCPU(by: thisThread)
        let start = Loopback.now()
        let end = seconds.isFinite ? start + UInt64(seconds * 1e9) : .max
        try exchange(until: end, limit: min(count, latencies.count))
        return Outcome(
            seconds: Double(Loopback.now() - start) / 1e9,
            latencies: Array(latencies[..<answered]),
            expected: met,
            ownCPU: usedCPU(by: thisThread) - cpu,
            example: example
        )
    }

    private func exchange(until end: UInt64, limit: Int) throws(BenchTrouble) {
        var watched = lines.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        var open = 0
        for index in lines.indices where next < limit {
            try send(index, at: Loopback.now())
            open += 1
        }
        while open > 0 {
            guard poll(&watched, nfds_t(watched.count), 10_000) > 0 else {
                throw BenchTrouble("The server under load was silent for ten seconds.")
            }
            for index in watched.indices where watched[index].revents != 0 {
                guard try takeAnswer(index) else { continue }
                let now = Loopback.now()
                latencies[answered] = UInt32(clamping: now - lines[index].sentAt)
                answered += 1
                if now < end, next < limit {
                    try send(index, at: now)
                } else {
                    open -= 1
                }
            }
        }
    }

    private func send(_ index: Int, at now: UInt64) throws(BenchTrouble) {
        let (start, length) = places[next % places.count]
        next += 1
        lines[index].sentAt = now
        lines[index].filled = 0
        let sent = Glibc.send(
            lines[index].socket,
            requests.baseAddress?.advanced(by: start),
            length,
            Int32(MSG_NOSIGNAL)
        )
        guard sent == length else { throw BenchTrouble("The server under load took no request.") }
    }

    /// Reads what has come; whether the whole answer is there.
    private func takeAnswer(_ index: Int) throws(BenchTrouble) -> Bool {
        let filled = lines[index].filled
        let place = incoming.baseAddress?.advanced(by: index * Self.room)
        guard let place, filled < Self.room,
            case let count = recv(lines[index].socket, place + filled, Self.room - filled, 0),
            count > 0
        else { throw BenchTrouble("The server under load closed a connection.") }
        lines[index].filled += count
        let answer = UnsafeRawBufferPointer(start: place, count: filled + count)
        guard let length = Loopback.messageLength(answer) else { return false }
        guard answer.count >= length else { return false }
        if example.isEmpty { example = Array(answer) }
        if Loopback.place(of: expected, in: answer) != nil { met += 1 }
        return true
    }
}
