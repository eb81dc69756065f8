internal import JSON
public import Roster

extension WondeSource {
    /// The people of whom Wonde lists a deletion since a moment, those included who came back: a row
    /// may stay in the list after that.
    ///
    /// Nobody where the school does not let the application read deletions.
    public func removals(
        of kind: PersonKind,
        in school: SchoolKey,
        since moment: Timestamp,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Set<SourceKey> {
        guard school == self.school else { return [] }
        let origin = origin
        let list = WireList(kind: kind, path: "\(schoolPath)/deletions")
        var removed: Set<SourceKey> = []
        var asked: Set<ListQuery> = []
        var toll = Toll()
        var query = ListQuery(deletionsOf: kind, since: moment, pageSize: settings.pageSize)
        while true {
            guard asked.insert(query).inserted else { throw .strayList(of: kind, from: origin) }
            let reply = try await client.get(
                "\(list.path)?\(query.text)",
                from: origin,
                limit: Self.pageLimit,
                by: deadline,
                &toll
            )
            guard case .answered(let body) = reply else { return [] }
            let page = try deletions(body, of: kind, from: origin)
            for id in page.ids {
                removed.insert(SourceKey(school: school, kind: kind, id: id))
            }
            guard
                let next = try next(
                    after: query,
                    page.pagination,
                    rows: page.rows,
                    of: list,
                    from: origin
                )
            else { return removed }
            query = next
        }
    }

    private func deletions(
        _ body: [UInt8],
        of kind: PersonKind,
        from origin: Origin
    ) throws(SourceError) -> DeletionList {
        do throws(JSONError) {
            if let list = try DeletionList.read(body) { return list }
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
        throw .noList(of: kind, from: origin)
    }
}

/// One page of deletions as it was read.
private struct DeletionList {
    var ids: [String] = []
    var rows = 0
    var pagination: Pagination?

    /// Reads a whole page; nil where it has no list of rows.
    static func read(_ body: [UInt8]) throws(JSONError) -> DeletionList? {
        var list = DeletionList()
        var hasData = false
        try JSONReader.read(body) { document throws(JSONError) in
            try document.object { key, value throws(JSONError) in
                switch key {
                case "data":
                    hasData = true
                    try value.array { row throws(JSONError) in
                        list.rows += 1
                        if let id = try row.idAlone() { list.ids.append(id) }
                    }
                case "meta": list.pagination = try Pagination.read(meta: &value)
                default: break
                }
            }
        }
        return hasData ? list : nil
    }
}
