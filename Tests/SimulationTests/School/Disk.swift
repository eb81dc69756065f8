import MusterTesting

/// The weather of the disk below the store, the same for all processes.
final class Disk: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let memory = MemoryStore()
    let clock: SteppedClock
    let chronicle: Chronicle
    var chance: SeededGenerator
    var weather = StoreWeather.still {
        didSet { if !oldValue.isSteady || !weather.isSteady { unsteadyAt = clock.elapsed } }
    }
    /// Operations that began in foul weather and go on.
    var stuck = 0 {
        didSet { unsteadyAt = clock.elapsed }
    }
    private var unsteadyAt: Duration?
    /// Operations of milliseconds that go on.
    var underWay = 0 {
        didSet { underWayAt = clock.elapsed }
    }
    private var underWayAt: Duration?

    /// Whether every operation is done at once, and none went on at this moment.
    var isStill: Bool {
        weather == .still && wasSteady(since: clock.elapsed) && underWay == 0
            && underWayAt.map { $0 < clock.elapsed } ?? true
    }

    init(_ clock: SteppedClock, _ chronicle: Chronicle, seed: UInt64) {
        self.clock = clock
        self.chronicle = chronicle
        chance = SeededGenerator(seed: seed)
    }

    /// Whether every operation since `moment` was done within milliseconds.
    func wasSteady(since moment: Duration) -> Bool {
        weather.isSteady && stuck == 0 && unsteadyAt.map { $0 < moment } ?? true
    }
}
