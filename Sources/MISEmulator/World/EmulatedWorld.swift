import Synchronization

/// One school and the lock that guards it.
final class EmulatedSchool: Sendable {
    let id: ObjectID
    private let state: Mutex<SchoolState>

    init(_ state: SchoolState) {
        id = state.profile.id
        self.state = Mutex(state)
    }

    func withState<Result: Sendable, Failure: Error>(
        _ body: (inout SchoolState) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) in try body(&state) }
    }
}

/// Everything an emulator holds; the service and the control endpoints work on it.
final class EmulatedWorld: Sendable {
    let schools: [EmulatedSchool]
    let ids: IDSource
    let token: String
    let faults = FaultBook()
    let log = RequestLog()
    let silentPorts = SilentPorts()
    private let byID: [ObjectID: EmulatedSchool]

    init(_ configuration: EmulatorConfiguration) throws(EmulatorError) {
        let today = try configuration.checkedToday()
        let ids = IDSource(seed: configuration.seed)
        schools = (0..<configuration.schools).map { index in
            EmulatedSchool(
                SchoolGenerator.generate(configuration, today: today, index: index, ids: ids)
            )
        }
        self.ids = ids
        token = configuration.token
        byID = Dictionary(uniqueKeysWithValues: schools.map { ($0.id, $0) })
    }

    func school(_ id: String) -> EmulatedSchool? {
        ObjectID(id).flatMap { byID[$0] }
    }
}
