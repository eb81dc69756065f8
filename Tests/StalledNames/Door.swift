import Glibc
import Synchronization

/// Holds threads back until it is opened; for servers and resolvers of the tests, never for tasks.
package final class Door: Sendable {
    private let read: Int32
    private let write: Int32

    package init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "The tests need a pipe.")
        (read, write) = (ends[0], ends[1])
    }

    deinit {
        close(read)
        if !isOpen.load(ordering: .relaxed) { close(write) }
    }

    private let isOpen = Atomic(false)

    /// Lets everybody through, from now on; a closed pipe is readable for all.
    package func open() {
        if !isOpen.exchange(true, ordering: .relaxed) { close(write) }
    }

    package func wait() {
        var entry = pollfd(fd: read, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) < 0 {}
    }
}
