internal import JSON
public import Roster

extension WondeSource {
    /// Reads one page of staff; the cursor is the query of the address that Wonde gave for it.
    ///
    /// Wonde repeats the whole query in that address, so a list of changes stays one to its end.
    public func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage {
        guard kind == .staff else { throw .kindNotRead(kind) }
        guard school == self.school else { throw .foreignSchool(school.school) }
        var parts = parts(knowing: capabilities)
        var query = try query(at: cursor, changedSince: changedSince, parts)
        let origin = origin
        var toll = Toll()
        // A list of changes is too short to read everybody's line managers for it.
        let lines =
            changedSince == nil
            ? try await lines(at: cursor, knowing: capabilities, from: origin, by: deadline, &toll)
            : nil
        var body = try await page(query, from: origin, by: deadline, &toll)
        if body == nil, parts != parts.required {
            parts = parts.required
            query = query.including(parts)
            body = try await page(query, from: origin, by: deadline, &toll)
        }
        guard let body else { throw .contactDetailsRefused }
        let mapping = mapping(
            of: parts,
            knowing: capabilities,
            lines: lines,
            sequence: sequence
        )
        let list = try list(body, mapping, from: origin)
        let next = try next(after: query, list.pagination, rows: list.rows, from: origin)
        return RosterPage(
            observations: list.observations,
            unreadable: list.unreadable,
            next: next.map { PageCursor($0.text) },
            requests: toll.requests,
            pause: toll.pause,
            statedAt: toll.statedAt
        )
    }

    private func query(
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        _ parts: Set<IncludePart>
    ) throws(SourceError)
        -> ListQuery
    {
        guard let cursor else {
            return ListQuery(
                parts: parts,
                pageSize: settings.pageSize,
                changedSince: changedSince
            )
        }
        // In the middle of a list of changes no list of everybody can go on.
        guard let query = ListQuery(cursor.text),
            changedSince != nil || !query.listsOnlyChanges
        else {
            throw .malformed(reason: "The place to go on reading is not valid; start a new sync.")
        }
        return query
    }

    /// Sends one request for a page; nil where a part of it is refused.
    func page(
        _ query: ListQuery,
        from origin: Origin,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> [UInt8]? {
        let reply = try await client.get(
            "\(employeesPath)?\(query.text)",
            from: origin,
            limit: Self.pageLimit,
            by: deadline,
            &toll
        )
        switch reply {
        case .answered(let body): return body
        case .includeRefused: return nil
        case .forbidden: throw .staffForbidden(school.school)
        case .notFound: throw .schoolUnknown(school.school)
        }
    }

    var employeesPath: String { "\(schoolPath)/employees" }

    private func list(
        _ body: [UInt8],
        _ mapping: EmployeeMapping,
        from origin: Origin
    ) throws(SourceError) -> EmployeeList {
        do throws(JSONError) {
            if let list = try EmployeeList.read(body, mapping: mapping) { return list }
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
        throw .noList(from: origin)
    }

    /// Where the list goes on; nil at its end.
    ///
    /// A list that only seems to end would make people absent, so doubt is an error.
    func next(
        after query: ListQuery,
        _ pagination: Pagination?,
        rows: Int,
        of path: String? = nil,
        from origin: Origin
    ) throws(SourceError) -> ListQuery? {
        guard let pagination else {
            guard rows < settings.pageSize else { throw .endlessList("not say whether") }
            return nil
        }
        if pagination.more == false { return nil }
        guard let link = pagination.next else {
            guard pagination.more != true else { throw .endlessList("say that, but not where,") }
            return nil
        }
        guard let address = WebAddress(link), address.origin == origin,
            address.path.droppingLastSlash == "/v1.0/\(path ?? employeesPath)",
            let next = address.query.flatMap({ ListQuery($0) })
        else {
            throw .malformed(
                reason: "A page of staff from \(origin.name) says that the list goes on at an"
                    + " address other than its own, which was not followed; check the base URL."
            )
        }
        guard query.mayLead(to: next) else { throw .strayList(from: origin) }
        return next
    }
}

extension String {
    fileprivate var droppingLastSlash: Substring { hasSuffix("/") ? dropLast() : self[...] }
}

extension SourceError {
    fileprivate static func endlessList(_ doubt: String) -> SourceError {
        .malformed(
            reason: "A full page of staff does \(doubt) more follow, so the list may not be"
                + " complete; try again, or ask Wonde."
        )
    }

    /// The page leads back, or passes over one.
    static func strayList(from origin: Origin) -> SourceError {
        .malformed(
            reason: "A page of staff from \(origin.name) leads to another page than the one after"
                + " it; try again, and if it stays ask Wonde."
        )
    }

    /// The page is not one of a list.
    static func noList(from origin: Origin) -> SourceError {
        .malformed(
            reason: "A page of staff from \(origin.name) has no list of records; try again, and if"
                + " it stays ask Wonde."
        )
    }

    /// The token may not read staff.
    static func staffForbidden(_ school: String) -> SourceError {
        .refused(
            reason: "The token may not read the staff of \(school) (403); ask the school to"
                + " approve employees in Wonde."
        )
    }

    /// The service has no such school for this token.
    static func schoolUnknown(_ school: String) -> SourceError {
        .unknown(
            reason: "Wonde knows no school \(school) for this token (404); check the school id"
                + " and that the school has approved the application."
        )
    }
}
