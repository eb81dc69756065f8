import Accounts
import Muster
import Roster
import SQLiteStore
import Synchronization

/// A write to the store, by what a run does with it.
enum Checkpoint: String, Hashable {
    case begin
    case number
    case stage
    case hasten
    case update
    case capabilities
    /// From when on changes are to be read.
    case mark
    case keep
    /// Records without an account are forgotten.
    case unlist
    /// Some of what was staged, or approved, is applied.
    case apply
    /// Absence is noted or inferred.
    case absence
    case undo
    case forget

    init(of changes: ChangeSet) {
        if changes.cause == .undo {
            self = .undo
        } else if !changes.unstaged.isEmpty {
            self = .apply
        } else if changes.links.contains(where: { $0.after.missingSince != nil }) {
            self = .absence
        } else if changes.links.isEmpty {
            self = .unlist
        } else {
            self = .apply
        }
    }
}

/// A store that a process reaches until one of its writes: before that, the process is gone.
final class CutStore: MusterStore {
    /// How the process ends.
    enum End: Hashable, CaseIterable {
        /// Nothing reaches the store any more, as after SIGKILL.
        case killed
        /// That one write fails, and the process goes on.
        case refused
    }

    let base: SQLiteStore
    private let end: End
    /// The write before which it ends, counted from 1; nil: none.
    private let cut: Int?
    private let state = Mutex((writes: [Checkpoint](), isCut: false))

    init(_ base: SQLiteStore, before cut: Int? = nil, _ end: End = .killed) {
        self.base = base
        self.cut = cut
        self.end = end
    }

    /// What was written, in order; the last of them was not, where the process was cut.
    var writes: [Checkpoint] { state.withLock { $0.writes } }

    /// Whether the write that was to be cut came.
    var wasCut: Bool { state.withLock { $0.isCut } }

    private static let trouble = StoreError.unavailable(reason: "The store was cut off here.")

    func reading() throws(StoreError) -> SQLiteStore {
        if end == .killed, wasCut { throw Self.trouble }
        return base
    }

    func writing(_ checkpoint: Checkpoint) throws(StoreError) -> SQLiteStore {
        let isHere = state.withLock { state in
            if state.isCut { return end == .killed }
            state.writes.append(checkpoint)
            state.isCut = state.writes.count == cut
            return state.isCut
        }
        if isHere { throw Self.trouble }
        return base
    }
}
