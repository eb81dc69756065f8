import Accounts
public import Roster

/// How the source of one connection does, as one process sees it.
public struct SourceHealth: Sendable, Hashable {
    /// The connection.
    public var connection: ConnectionID
    /// Its name.
    public var name: String
    /// Whether it is asked at all: false while the breaker is open.
    public var isAsked: Bool
    /// Whether it asked to be left alone for a while.
    public var isPaused: Bool
    /// Questions on their way.
    public var inFlight: Int
    /// Questions that wait for their turn.
    public var waiting: Int
    /// What was wrong with the last answer, in one sentence for operators; nil for nothing.
    public var trouble: String?

    /// The health of a connection that is asked for the first time.
    init(of connection: Connection) {
        self.connection = connection.id
        name = connection.name
        isAsked = true
        isPaused = false
        inFlight = 0
        waiting = 0
    }
}
