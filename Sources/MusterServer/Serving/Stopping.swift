import Synchronization

/// Whether the server was told to stop.
final class Stopping: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Whether it was.
    var isOn: Bool { flag.load(ordering: .acquiring) }

    /// Notes that it was.
    func begin() { flag.store(true, ordering: .releasing) }
}
