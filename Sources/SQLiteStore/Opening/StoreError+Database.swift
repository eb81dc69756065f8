import Accounts
import Foundation
import GRDB

/// A row that says something it cannot say.
struct DamagedRow: Error {
    /// What the row is about, for people.
    let subject: String
}

extension StoreError {
    /// What `error` of the database at `path` means to whoever uses the store.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DamagedRow:
            self = .unavailable(
                reason: "The store \(path) is damaged at \(error.subject); "
                    + "restore it from a backup."
            )
        case let error as DatabaseError: self.init(error, path: path)
        default:
            self = .unavailable(
                reason: "The store \(path) cannot be read (\(error)); restore it from a backup."
            )
        }
    }

    private init(_ error: DatabaseError, path: String) {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY,
            .SQLITE_CONSTRAINT_FOREIGNKEY, .SQLITE_CONSTRAINT_ROWID:
            self = .stale
            return
        default: break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_FULL: self = .full(path)
        // The files beside the store fail otherwise where there is no room for them.
        case .SQLITE_IOERR where Self.isFull(path): self = .full(path)
        case .SQLITE_NOTADB:
            self = .unavailable(
                reason: "\(path) is not a store of Muster; name another file with --store."
            )
        case .SQLITE_CORRUPT:
            self = .unavailable(
                reason: "The store \(path) is damaged; restore it from a backup."
            )
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self = .unavailable(
                reason: "The store \(path) cannot be opened for writing; "
                    + "check who may write to it and to its folder."
            )
        default:
            self = .unavailable(
                reason: "The store \(path) failed (\(error.message ?? "\(error.resultCode)")); "
                    + "check its disk and try again."
            )
        }
    }

    private static func full(_ path: String) -> StoreError {
        .full(
            reason:
                "There is no room left for the store \(path), and what was to be written was not; "
                + "make room on its disk and try again."
        )
    }

    /// Whether the disk has not even room for what a store writes at least.
    private static func isFull(_ path: String) -> Bool {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { return false }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize) < 1 << 20
    }
}
