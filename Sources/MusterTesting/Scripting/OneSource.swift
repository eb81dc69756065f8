public import Accounts
public import Muster
public import Roster

/// One source for every connection, or an error for each.
public struct OneSource: SourceDirectory {
    private let source: any RosterSource
    private let error: SourceError?

    /// A directory with `source` alone, which cannot be had where there is an `error`.
    public init(source: any RosterSource, error: SourceError? = nil) {
        self.source = source
        self.error = error
    }

    /// The source, whichever connection asks.
    public func source(
        of connection: Connection
    ) async throws(SourceError) -> any RosterSource {
        if let error { throw error }
        return source
    }
}
