internal import JSON
internal import Roster
internal import Synchronization

extension WondeSource {
    /// Who manages whom for the page at `cursor` of a list of everybody.
    ///
    /// Only where the hierarchy lists reports: it is read once, to its end, at the beginning of
    /// each list, and held for the pages that follow. Nil where nobody here has read it.
    func lines(
        at cursor: PageCursor?,
        knowing capabilities: Capabilities,
        from origin: Origin,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> ReportingLines? {
        guard settings.hierarchy == .reports, settings.fields.contains(.managers) else {
            return nil
        }
        guard cursor == nil else { return reportingLines.withLock(\.self) }
        hold(nil)
        if capabilities[.staff, in: school.school].refusedParts.contains(
            IncludePart.hierarchy.rawValue
        ) {
            hold(.refused)
            return .refused
        }
        let gathered = try await gatherLines(from: origin, by: deadline, &toll)
        hold(gathered)
        return gathered
    }

    private func hold(_ lines: ReportingLines?) {
        reportingLines.withLock { $0 = lines }
    }

    /// Reads the reports of everybody, page by page.
    private func gatherLines(
        from origin: Origin,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> ReportingLines {
        var lines = ReportingLines()
        var query = ListQuery(parts: [.hierarchy], pageSize: settings.pageSize)
        var asked: Set<ListQuery> = []
        let list = list(of: .staff)
        while true {
            guard asked.insert(query).inserted else { throw .strayList(of: .staff, from: origin) }
            guard let body = try await page(query, of: list, from: origin, by: deadline, &toll)
            else {
                return .refused
            }
            let end = try add(body, to: &lines, from: origin)
            guard
                let next = try next(
                    after: query,
                    end.pagination,
                    rows: end.rows,
                    of: list,
                    from: origin
                )
            else { return lines }
            query = next
        }
    }

    private func add(
        _ body: [UInt8],
        to lines: inout ReportingLines,
        from origin: Origin
    ) throws(SourceError) -> (rows: Int, pagination: Pagination?) {
        do throws(JSONError) {
            if let end = try lines.add(page: body, of: school) { return end }
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
        throw .noList(of: .staff, from: origin)
    }
}
