public import Accounts
public import Roster

/// Where the source of a connection comes from; the host decides which adapters it has.
public protocol SourceDirectory: Sendable {
    /// The source behind `connection`, ready to be asked.
    /// - Throws: `SourceError` where the connection's credential is missing or cannot be read.
    func source(of connection: Connection) async throws(SourceError) -> any RosterSource
}
