/// A door that holds whoever comes until a test opens it.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
    }

    private let state = Watched(State())

    /// A closed gate.
    public init() {}

    /// How many came to the gate so far, held or not.
    public var arrivals: Int { state.value.arrivals }

    /// Lets everybody through, now and later.
    public func open() { state.update { $0.isOpen = true } }

    /// Comes to the gate and waits until it is open.
    /// - Throws: `CancellationError` where the task is cancelled first.
    public func pass() async throws {
        state.update { $0.arrivals += 1 }
        try await state.wait { $0.isOpen }
    }

    /// Returns once `count` have come to the gate.
    public func arrival(of count: Int = 1) async throws {
        try await state.wait { $0.arrivals >= count }
    }
}
