internal import Roster

/// A list of the service that is read page by page.
struct WireList: Sendable, Hashable {
    /// Of whom it is.
    let kind: PersonKind
    /// Where it is, below `/v1.0`.
    let path: String
    /// Whether it is of those who have left, and nothing but that is to be learnt of them.
    var isOfLeavers = false
}

/// Where reading a list goes on, as cursors keep it.
struct ListPlace: Sendable, Hashable {
    let query: ListQuery
    let isOfLeavers: Bool

    private static let leavers = "leavers?"

    init(_ query: ListQuery, isOfLeavers: Bool) {
        self.query = query
        self.isOfLeavers = isOfLeavers
    }

    /// Reads what ``text`` wrote; nil where it cannot be that.
    init?(_ text: String) {
        isOfLeavers = text.hasPrefix(Self.leavers)
        let query = isOfLeavers ? String(text.dropFirst(Self.leavers.count)) : text
        guard let query = ListQuery(query) else { return nil }
        self.query = query
    }

    var text: String { (isOfLeavers ? Self.leavers : "") + query.text }
}
