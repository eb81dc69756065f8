import Synchronization

/// The faults that wait for a request, in the order they were set.
final class FaultBook: Sendable {
    private struct State {
        var faults: [Fault] = []
        /// Opened when the faults are cleared, so that nobody waits any longer.
        var gate = Gate()
    }

    private let state = Mutex(State())

    var faults: [Fault] { state.withLock { $0.faults } }

    func add(_ fault: Fault) {
        state.withLock { $0.faults.append(fault) }
    }

    /// Forgets every fault and lets go of every request that one of them holds.
    func clear() {
        let gate = state.withLock { state in
            defer { state = State() }
            return state.gate
        }
        gate.open()
    }

    /// The fault that strikes this request, counted off, and the gate it may wait at.
    func take(for target: String) -> (fault: Fault, gate: Gate)? {
        state.withLock { state in
            for place in state.faults.indices {
                var fault = state.faults[place]
                if let part = fault.pathContains, !target.contains(part) { continue }
                if let skip = fault.skip, skip > 0 {
                    state.faults[place].skip = skip - 1
                    continue
                }
                guard fault.times != 0 else { continue }
                if let times = fault.times {
                    fault.times = times - 1
                    state.faults[place] = fault
                    if times == 1 { state.faults.remove(at: place) }
                }
                return (fault, state.gate)
            }
            return nil
        }
    }
}
