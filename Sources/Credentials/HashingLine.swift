/// Who hashes now, who waits, and who is sent away: first come, first served.
///
/// Pure: arrivals and departures in, what follows from them out.
struct HashingLine {
    /// What becomes of one who arrives.
    enum Arrival: Equatable {
        case begins
        case waits
        case refused
    }

    private let placesAtOnce: Int
    private let placesToWait: Int
    private var running = 0
    private var waiting: [UInt64] = []

    init(atOnce: Int, waiting: Int) {
        placesAtOnce = max(1, atOnce)
        placesToWait = max(0, waiting)
    }

    mutating func arrive(_ id: UInt64) -> Arrival {
        guard running >= placesAtOnce else {
            running += 1
            return .begins
        }
        guard waiting.count < placesToWait else { return .refused }
        waiting.append(id)
        return .waits
    }

    /// Takes one out who waited; false means that she does not wait.
    mutating func leave(_ id: UInt64) -> Bool {
        guard let index = waiting.firstIndex(of: id) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Notes that one has ended; whoever is returned begins in her place.
    mutating func finish() -> UInt64? {
        precondition(running > 0, "Nobody hashes, so nobody can have ended.")
        guard !waiting.isEmpty else {
            running -= 1
            return nil
        }
        return waiting.removeFirst()
    }
}
