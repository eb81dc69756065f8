import Accounts
import MusterTesting
import Roster

@testable import Muster

/// One process of the application: its own login path and traffic over the store of all.
final class Host: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    /// Different for each start of a process.
    let number: Int
    let settings: LoginSettings
    let door: SourceDoor
    let store: UnsteadyStore
    let workshop: Workshop
    let login: LoginRefresh
    private let clock: SteppedClock
    private let chronicle: Chronicle
    /// Syncs that go on.
    var syncs: [Int: Task<Void, Never>] = [:]
    /// Logins and syncs that were begun and have not ended.
    var going = 0
    /// Administrators' acts without an end.
    var edits = 0
    /// Look-ups that were answered with the truth, and what number they have.
    private(set) var owed: [SourceKey: Int64] = [:]
    private var breaker = "closed"
    private var oldestWaiting: Int?

    init(
        _ number: Int,
        _ mis: SimulatedMIS,
        _ disk: Disk,
        _ watch: WriteWatch,
        _ settings: LoginSettings,
        _ limits: TrafficLimits
    ) {
        self.number = number
        self.settings = settings
        clock = mis.clock
        chronicle = mis.chronicle
        door = SourceDoor(mis, process: number, cap: limits.inFlight)
        store = UnsteadyStore(disk, watch, process: number)
        workshop = Workshop(
            store: store,
            sources: door,
            clock: OwnedClock(clock: mis.clock, owner: number),
            identifiers: Identifiers(at: mis.clock.manual.now(), salt: UInt64(number) * 7919),
            limits: limits
        )
        login = LoginRefresh(workshop, settings: settings)
        door.gate = { [unowned self] in
            SourceGateView(
                waitedBefore: oldestWaiting,
                waitsNow: workshop.traffic.gate(of: .example)?.logins.first
            )
        }
        door.isStoreStill = { disk.isStill }
        door.answered = { [unowned self] in owed[$0] = $1 }
        store.failed = { [unowned self] in owed = [:] }
    }

    /// Looks at the gate when nothing more happens at this moment.
    func look() {
        let gate = workshop.traffic.gate(of: .example)
        oldestWaiting = gate?.logins.first
        let now =
            switch gate?.breaker {
            case .open: "open"
            case .probing: "probing"
            case .closed, nil: "closed"
            }
        if now != breaker {
            chronicle.cover("breaker \(breaker) > \(now)")
            chronicle.happen("p\(number) breaker \(breaker) > \(now)")
            breaker = now
        }
    }

    /// Ends what the process does by itself; its syncs find no way to the source any more, or are
    /// given up.
    func stop(givingUp: Bool) {
        workshop.traffic.close()
        if givingUp { for sync in syncs.values { sync.cancel() } }
    }

    /// Whatever is left of a process that has ended, in words; nil for nothing.
    var remains: String? {
        var left: [String] = []
        if going > 0 { left.append("\(going) logins or syncs without an end") }
        if edits > 0 { left.append("\(edits) administrators' acts without an end") }
        if door.inFlight > 0 { left.append("\(door.inFlight) questions in flight") }
        if clock.sleepers(of: number) > 0 {
            left.append("\(clock.sleepers(of: number)) sleepers")
        }
        if !login.isAtRest { left.append("the desk knows of logins") }
        return left.isEmpty ? nil : left.joined(separator: ", ")
    }
}
