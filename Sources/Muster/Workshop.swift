public import Accounts

/// Everything that a login refresh and a batch sync work with.
public struct Workshop: Sendable {
    /// Where accounts and runs are kept: Muster's own store, or the host's.
    public let store: any AccountStore & RunStore
    /// Where connections and policies are kept.
    public let connections: any ConnectionStore
    /// Where sources come from.
    public let sources: any SourceDirectory
    /// The time.
    public let clock: any MusterClock
    /// New numbers.
    public let identifiers: Identifiers
    /// What is told to the operator.
    public let telemetry: Telemetry
    /// The way to the sources, one for logins and batches.
    public let traffic: Traffic

    /// The tools of one process that keeps everything in one store.
    public init(
        store: any MusterStore,
        sources: any SourceDirectory,
        clock: any MusterClock,
        identifiers: Identifiers,
        limits: TrafficLimits = TrafficLimits(),
        telemetry: Telemetry? = nil
    ) {
        self.init(
            accounts: store,
            connections: store,
            sources: sources,
            clock: clock,
            identifiers: identifiers,
            limits: limits,
            telemetry: telemetry
        )
    }

    /// The tools of one process whose host keeps the accounts itself.
    public init(
        accounts: any AccountStore & RunStore,
        connections: any ConnectionStore,
        sources: any SourceDirectory,
        clock: any MusterClock,
        identifiers: Identifiers,
        limits: TrafficLimits = TrafficLimits(),
        telemetry: Telemetry? = nil
    ) {
        store = accounts
        self.connections = connections
        self.sources = sources
        self.clock = clock
        self.identifiers = identifiers
        let seed = UInt64(bitPattern: identifiers.next())
        let telemetry = telemetry ?? Telemetry(logger: .silent, seed: seed)
        self.telemetry = telemetry
        traffic = Traffic(
            clock: clock,
            sources: sources,
            limits: limits,
            telemetry: telemetry,
            seed: seed
        )
    }
}

/// A store that keeps all that Muster has.
public typealias MusterStore = AccountStore & ConnectionStore & RunStore & AccessStore
