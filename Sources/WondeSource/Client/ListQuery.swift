internal import Roster

/// The query of a list's page, and which page that is.
struct ListQuery: Sendable, Hashable {
    /// The text behind the question mark.
    let text: String

    /// The first page, of everybody or of those whose record changed at `changedSince` or later.
    init(parts: Set<IncludePart>, pageSize: Int, changedSince: Timestamp? = nil) {
        let changes = changedSince.map { "&\(Self.changes)\(WireMoment.before($0))" } ?? ""
        let include = parts.isEmpty ? "" : "include=\(parts.parameter)&"
        text = "\(include)per_page=\(pageSize)\(changes)"
    }

    /// The first page of which people of `kind` were deleted, or came back, at `moment` or later.
    init(deletionsOf kind: PersonKind, since moment: Timestamp, pageSize: Int) {
        text =
            "type=\(kind.wondeDeletionType)&per_page=\(pageSize)"
            + "&\(Self.changes)\(WireMoment.before(moment))"
    }

    private static let changes = "updated_after="

    /// Whether people are left out whose record has not changed.
    var listsOnlyChanges: Bool {
        text.split(separator: "&").contains { $0.hasPrefix(Self.changes) }
    }

    /// A text that was once the query of a `next`; nil where it cannot be one.
    init?(_ text: String) {
        let allowed = UInt8(ascii: "!")...UInt8(ascii: "~")
        guard !text.isEmpty, text.utf8.count <= 8_192,
            text.utf8.allSatisfy({ allowed.contains($0) && $0 != UInt8(ascii: "#") })
        else { return nil }
        self.text = text
    }

    /// The same page with another list of parts.
    func including(_ parts: Set<IncludePart>) -> ListQuery {
        var pairs = text.split(separator: "&").filter { !$0.hasPrefix("include=") }
        pairs.insert("include=\(parts.parameter)", at: 0)
        return ListQuery(unchecked: pairs.joined(separator: "&"))
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// The number of the page, 1 where none is written; nil where pages go by a cursor.
    var page: Int? {
        let pairs = text.split(separator: "&")
        if let pair = pairs.last(where: { $0.hasPrefix("page=") }) { return Int(pair.dropFirst(5)) }
        return pairs.contains { $0.hasPrefix("cursor=") } ? nil : 1
    }

    /// Whether `next` may come after this page: a list neither repeats nor passes over a page, and
    /// one of everybody does not go on with a few.
    func mayLead(to next: ListQuery) -> Bool {
        guard next.text != text, listsOnlyChanges || !next.listsOnlyChanges else { return false }
        guard let page, let nextPage = next.page else { return true }
        return nextPage == page + 1
    }
}
