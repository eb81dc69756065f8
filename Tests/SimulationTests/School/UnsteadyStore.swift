import Accounts
import Muster
import Roster

@testable import MusterTesting

/// A store that sometimes keeps its callers waiting, and sometimes is locked by somebody else.
final class UnsteadyStore: MusterStore, @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let disk: Disk
    private let clock: OwnedClock
    private let watch: WriteWatch
    /// An operation of this process failed.
    var failed: () -> Void = {}

    init(_ disk: Disk, _ watch: WriteWatch, process: Int) {
        self.disk = disk
        self.watch = watch
        clock = OwnedClock(clock: disk.clock, owner: process)
    }

    var memory: MemoryStore { disk.memory }

    /// Notes that a login was to take something from an account: a guard may hold it.
    func weighed(_ account: AccountID) {
        watch.lossy.formUnion(memory.read { $0.linksOfAccount[account] })
    }

    /// Keeps the caller waiting, or fails, as the disk has it.
    func weather() async throws(StoreError) {
        switch disk.weather {
        case .still: return
        case .brisk:
            disk.underWay += 1
            let wait = Int.random(in: 0...3, using: &disk.chance)
            if wait > 0 { try? await clock.sleep(for: .milliseconds(wait)) }
            disk.underWay -= 1
        case .slow, .busy:
            let isBusy = disk.weather == .busy && disk.chance.oneIn(3)
            disk.stuck += 1
            let wait = Int.random(in: 5...(disk.chance.oneIn(4) ? 900 : 60), using: &disk.chance)
            try? await clock.sleep(for: .milliseconds(wait))
            disk.stuck -= 1
            disk.chronicle.cover(isBusy ? "store busy" : "store slow")
            if isBusy {
                failed()
                throw .busy
            }
        }
    }

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        try await weather()
        let before = memory.read { WriteWatch.Before(changes, $0) }
        do throws(StoreError) {
            try await memory.apply(changes)
        } catch {
            disk.chronicle.cover("store \(error == .stale ? "stale" : "refuses")")
            throw error
        }
        memory.read { watch.wrote(changes, before, $0) }
    }

    func update(_ run: Run) async throws(StoreError) {
        try await weather()
        try await memory.update(run)
        watch.updated(run)
    }
}
