internal import JSON
public import Roster

extension WondeSource {
    /// Reads one page of people; the cursor is the query of the address that Wonde gave for it.
    ///
    /// Wonde repeats the whole query in that address, so a list of changes stays one to its end.
    /// The list of pupils on roll is followed by that of those who left.
    public func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage {
        guard school == self.school else { throw .foreignSchool(school.school) }
        let place = try place(at: cursor, of: kind, changedSince, capabilities)
        var toll = Toll()
        var page: RosterPage
        if place.isOfLeavers {
            page = try await leavers(place.query, of: kind, sequence, by: deadline, &toll)
        } else {
            let known = Reading(capabilities, sequence, at: cursor, changedSince)
            page = try await roll(place.query, of: kind, known, by: deadline, &toll)
        }
        page.requests = toll.requests
        page.pause = toll.pause
        page.statedAt = toll.statedAt
        return page
    }

    /// How a page was asked for.
    private struct Reading {
        let capabilities: Capabilities
        let sequence: Int64
        let cursor: PageCursor?
        let changedSince: Timestamp?

        init(
            _ capabilities: Capabilities,
            _ sequence: Int64,
            at cursor: PageCursor?,
            _ changedSince: Timestamp?
        ) {
            self.capabilities = capabilities
            self.sequence = sequence
            self.cursor = cursor
            self.changedSince = changedSince
        }
    }

    private func place(
        at cursor: PageCursor?,
        of kind: PersonKind,
        _ changedSince: Timestamp?,
        _ capabilities: Capabilities
    ) throws(SourceError) -> ListPlace {
        guard let cursor else {
            let query = ListQuery(
                parts: parts(of: kind, knowing: capabilities),
                pageSize: settings.pageSize,
                changedSince: changedSince
            )
            return ListPlace(query, isOfLeavers: false)
        }
        // In the middle of a list of changes no list of everybody can go on.
        guard let place = ListPlace(cursor.text),
            place.isOfLeavers
                ? kind.wondeLeaversPath != nil
                : changedSince != nil || !place.query.listsOnlyChanges
        else {
            throw .malformed(reason: "The place to go on reading is not valid; start a new sync.")
        }
        return place
    }

    /// One page of those on roll.
    private func roll(
        _ first: ListQuery,
        of kind: PersonKind,
        _ reading: Reading,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> RosterPage {
        let capabilities = reading.capabilities
        let list = list(of: kind)
        let origin = origin
        var parts = parts(of: kind, knowing: capabilities)
        var query = first
        // A list of changes is too short to read everybody's line managers for it.
        let lines =
            kind == .staff && reading.changedSince == nil
            ? try await lines(
                at: reading.cursor,
                knowing: capabilities,
                from: origin,
                by: deadline,
                &toll
            )
            : nil
        var body = try await page(query, of: list, from: origin, by: deadline, &toll)
        if body == nil, parts != parts.required {
            parts = parts.required
            query = query.including(parts)
            body = try await page(query, of: list, from: origin, by: deadline, &toll)
        }
        guard let body else { throw .contactDetailsRefused(kind) }
        let mapping = mapping(
            of: kind,
            parts,
            knowing: capabilities,
            lines: lines,
            sequence: reading.sequence
        )
        let people = try people(body, mapping, from: origin)
        let next = try next(
            after: query,
            people.pagination,
            rows: people.rows,
            of: list,
            from: origin
        )
        return RosterPage(
            observations: people.observations,
            unreadable: people.unreadable,
            next: next.map { PageCursor(ListPlace($0, isOfLeavers: false).text) }
                ?? firstOfLeavers(of: kind, changedSince: reading.changedSince)
        )
    }

    func people(
        _ body: [UInt8],
        _ mapping: PersonMapping,
        from origin: Origin
    ) throws(SourceError) -> PersonList {
        do throws(JSONError) {
            if let list = try PersonList.read(body, mapping: mapping) { return list }
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
        throw .noList(of: mapping.kind, from: origin)
    }
}

// What every list has.
extension WondeSource {
    /// The list of the people of a kind whom the school has now.
    func list(of kind: PersonKind) -> WireList {
        WireList(kind: kind, path: "\(schoolPath)/\(kind.wondePath)")
    }

    /// Sends one request for a page; nil where a part of it is refused.
    func page(
        _ query: ListQuery,
        of list: WireList,
        from origin: Origin,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> [UInt8]? {
        let reply = try await client.get(
            "\(list.path)?\(query.text)",
            from: origin,
            limit: Self.pageLimit,
            by: deadline,
            &toll
        )
        switch reply {
        case .answered(let body): return body
        case .includeRefused: return nil
        case .forbidden: throw .peopleForbidden(list.kind, school.school)
        case .notFound: throw .schoolUnknown(school.school)
        }
    }

    /// Where the list goes on; nil at its end.
    ///
    /// A list that only seems to end would make people absent, so doubt is an error.
    func next(
        after query: ListQuery,
        _ pagination: Pagination?,
        rows: Int,
        of list: WireList,
        from origin: Origin
    ) throws(SourceError) -> ListQuery? {
        guard let pagination else {
            guard rows < settings.pageSize else { throw .endlessList(list.kind, "not say whether") }
            return nil
        }
        if pagination.more == false { return nil }
        guard let link = pagination.next else {
            guard pagination.more != true else {
                throw .endlessList(list.kind, "say that, but not where,")
            }
            return nil
        }
        guard let address = WebAddress(link), address.origin == origin,
            address.path.droppingLastSlash == "/v1.0/\(list.path)",
            let next = address.query.flatMap({ ListQuery($0) })
        else {
            throw .malformed(
                reason:
                    "A page of \(list.kind.people) from \(origin.name) says that the list goes on at an"
                    + " address other than its own, which was not followed; check the base URL."
            )
        }
        guard query.mayLead(to: next) else { throw .strayList(of: list.kind, from: origin) }
        return next
    }
}

extension String {
    fileprivate var droppingLastSlash: Substring { hasSuffix("/") ? dropLast() : self[...] }
}

extension SourceError {
    fileprivate static func endlessList(_ kind: PersonKind, _ doubt: String) -> SourceError {
        .malformed(
            reason:
                "A full page of \(kind.people) does \(doubt) more follow, so the list may not be"
                + " complete; try again, or ask Wonde."
        )
    }

    /// The page leads back, or passes over one.
    static func strayList(of kind: PersonKind, from origin: Origin) -> SourceError {
        .malformed(
            reason:
                "A page of \(kind.people) from \(origin.name) leads to another page than the one after"
                + " it; try again, and if it stays ask Wonde."
        )
    }

    /// The page is not one of a list.
    static func noList(of kind: PersonKind, from origin: Origin) -> SourceError {
        .malformed(
            reason:
                "A page of \(kind.people) from \(origin.name) has no list of records; try again, and if"
                + " it stays ask Wonde."
        )
    }

    /// The token may not read people of the kind.
    static func peopleForbidden(_ kind: PersonKind, _ school: String) -> SourceError {
        .refused(
            reason: "The token may not read the \(kind.people) of \(school) (403); ask the school"
                + " to approve \(kind.wondePath) in Wonde."
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
