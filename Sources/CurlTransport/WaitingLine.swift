/// Who may go now and who waits, host by host: a host that hangs delays nobody else's requests.
///
/// Urgent requests go before ordinary ones, and one place in four is for them alone, so that long
/// answers that nobody waits for cannot take all.
///
/// Pure: arrivals and departures in, admitted ids out. Waiting here and not inside curl keeps
/// curl's own list short, which it walks on every turn.
struct WaitingLine {
    private struct Queue {
        private var ids: [UInt64] = []
        /// Where the line begins; what lies before it has gone.
        private var head = 0

        var isEmpty: Bool { head == ids.count }

        mutating func append(_ id: UInt64) { ids.append(id) }

        mutating func next() -> UInt64? {
            guard head < ids.count else { return nil }
            defer {
                head += 1
                if head > 64, head * 2 > ids.count {
                    ids.removeFirst(head)
                    head = 0
                }
            }
            return ids[head]
        }
    }

    private struct Host {
        var running = 0
        var capacity: Int
        var urgent = Queue()
        var ordinary = Queue()

        /// So many may run at once for an ordinary request to be begun.
        var ordinaryCapacity: Int { capacity - capacity / 4 }

        func hasPlace(for priority: HTTPRequest.Priority) -> Bool {
            running < (priority == .urgent ? capacity : ordinaryCapacity)
        }

        mutating func next() -> UInt64? {
            if hasPlace(for: .urgent), let id = urgent.next() { return id }
            return hasPlace(for: .ordinary) ? ordinary.next() : nil
        }
    }

    /// Streams that one host gets once it has spoken HTTP/2; servers commonly allow this many.
    static let streamsPerHost = 100

    private let connectionsPerHost: Int
    private var hosts: [Origin: Host] = [:]
    private var absent: Set<UInt64> = []

    init(connectionsPerHost: Int) {
        self.connectionsPerHost = max(1, connectionsPerHost)
    }

    /// True means the id may run now; false means it waits until `departed` names it.
    mutating func arrived(
        _ id: UInt64,
        for origin: Origin,
        _ priority: HTTPRequest.Priority
    ) -> Bool {
        var host = hosts[origin] ?? Host(capacity: connectionsPerHost)
        defer { hosts[origin] = host }
        guard host.hasPlace(for: priority) else {
            switch priority {
            case .urgent: host.urgent.append(id)
            case .ordinary: host.ordinary.append(id)
            }
            return false
        }
        host.running += 1
        return true
    }

    /// Forgets an id that waited.
    mutating func withdrew(_ id: UInt64) {
        absent.insert(id)
    }

    /// Notes that a running id has ended, and how the host speaks; the ids returned run now.
    mutating func departed(from origin: Origin, multiplexed: Bool?) -> [UInt64] {
        guard var host = hosts[origin] else { return [] }
        host.running -= 1
        if let multiplexed {
            host.capacity =
                multiplexed
                ? max(Self.streamsPerHost, connectionsPerHost) : connectionsPerHost
        }
        var admitted: [UInt64] = []
        while let id = host.next() {
            guard absent.remove(id) == nil else { continue }
            host.running += 1
            admitted.append(id)
        }
        let isQuiet = host.running == 0 && host.urgent.isEmpty && host.ordinary.isEmpty
        // A quiet host is forgotten, unless it is worth knowing that it takes many streams.
        hosts[origin] = isQuiet && host.capacity == connectionsPerHost ? nil : host
        return admitted
    }
}
