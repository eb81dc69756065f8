public import Roster

/// What a plan went by of the graph of line managers.
///
/// A line manager follows from records that the plan does not write. Two logins at once, hers and
/// that of somebody who names her, would each see the other's record missing; so a store looks at
/// all of it again before it does the change.
public struct ManagerGraph: Sendable, Hashable {
    /// A record with a link, as far as line managers depend on it.
    public struct Node: Sendable, Hashable {
        /// The account that the record stands for.
        public var account: AccountID
        /// The version of that account, whose status and home count.
        public var version: Int64
        /// The record of the line manager it names.
        public var manager: SourceKey?
        /// Whether it speaks for somebody who belongs to the school.
        public var isPresent: Bool

        /// The record behind `link`, which is of `account`.
        public init(_ link: Link, of account: Account) {
            self.account = account.id
            version = account.version
            manager = link.manager
            isPresent = link.state.isPresent
        }
    }

    /// Records that had a link.
    public var nodes: [SourceKey: Node] = [:]
    /// Records that had none.
    public var missing: Set<SourceKey> = []
    /// Who named a record as the manager, everybody of them, for the records where that counted.
    public var dependents: [SourceKey: Set<SourceKey>] = [:]

    /// A graph of which nothing was seen.
    public init() {}

    /// Whether nothing was seen of it.
    public var isEmpty: Bool { nodes.isEmpty && missing.isEmpty && dependents.isEmpty }
}
