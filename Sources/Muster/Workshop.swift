public import Accounts

/// Everything that a login refresh and a batch sync work with.
public struct Workshop: Sendable {
    /// Where accounts, runs and connections are kept.
    public let store: any MusterStore
    /// Where sources come from.
    public let sources: any SourceDirectory
    /// The time.
    public let clock: any MusterClock
    /// New numbers.
    public let identifiers: Identifiers

    /// The tools of one process.
    public init(
        store: any MusterStore,
        sources: any SourceDirectory,
        clock: any MusterClock,
        identifiers: Identifiers
    ) {
        self.store = store
        self.sources = sources
        self.clock = clock
        self.identifiers = identifiers
    }
}

/// A store that keeps all that Muster has.
public typealias MusterStore = AccountStore & ConnectionStore & RunStore
