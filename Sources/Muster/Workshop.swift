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

    /// The tools of one process that keeps everything in one store.
    public init(
        store: any MusterStore,
        sources: any SourceDirectory,
        clock: any MusterClock,
        identifiers: Identifiers
    ) {
        self.init(
            accounts: store,
            connections: store,
            sources: sources,
            clock: clock,
            identifiers: identifiers
        )
    }

    /// The tools of one process whose host keeps the accounts itself.
    public init(
        accounts: any AccountStore & RunStore,
        connections: any ConnectionStore,
        sources: any SourceDirectory,
        clock: any MusterClock,
        identifiers: Identifiers
    ) {
        store = accounts
        self.connections = connections
        self.sources = sources
        self.clock = clock
        self.identifiers = identifiers
    }
}

/// A store that keeps all that Muster has.
public typealias MusterStore = AccountStore & ConnectionStore & RunStore & AccessStore
