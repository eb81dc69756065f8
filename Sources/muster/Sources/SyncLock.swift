import Foundation
import Roster

/// Says which connection of a store this machine is syncing, as long as the process lives.
///
/// The kernel lets go of the lock when the process ends, however it ends. So whoever holds it knows
/// that a run which the store has as going on was cut off, and need not wait until it falls silent.
final class SyncLock: Sendable {
    /// `F_OFD_SETLK` of Linux, a macro that Swift does not see.
    private static let setOwnedByDescriptor: Int32 = 37
    /// `F_OFD_GETLK`, likewise.
    private static let askedByDescriptor: Int32 = 36
    private let descriptor: Int32

    /// Takes the lock on `connection` of the store at `path`; nil where another process has it, or
    /// where the machine has no such locks there.
    init?(store path: String, connection: ConnectionID) {
        guard let path = Self.ownPath(of: path) else { return nil }
        descriptor = open("\(path)-sync", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        var range = Self.range(of: connection)
        guard fcntl(descriptor, Self.setOwnedByDescriptor, &range) == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// The path without links: whichever way a process reached the store, it meets the same lock.
    private static func ownPath(of path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether some process holds the lock on `connection` of the store at `path` now; nil where none
    /// ever asked for it there, or where the machine has no such locks.
    static func isHeld(store path: String, connection: ConnectionID) -> Bool? {
        guard let path = ownPath(of: path) else { return nil }
        let descriptor = open("\(path)-sync", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var range = range(of: connection)
        guard fcntl(descriptor, askedByDescriptor, &range) == 0 else { return nil }
        return range.l_type != Int16(F_UNLCK)
    }

    /// One byte for each connection: the file stays empty.
    private static func range(of connection: ConnectionID) -> flock {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(connection.value)
        range.l_len = 1
        return range
    }

    /// Lets go of the lock; called once, when the sync is over.
    func release() { close(descriptor) }
}
