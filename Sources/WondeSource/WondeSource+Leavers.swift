internal import JSON
internal import Roster

// Those who left, where Wonde lists them apart.
extension WondeSource {
    /// How far back a list of everybody looks for pupils who left: a school year, and the summer
    /// before it.
    ///
    /// Whoever left earlier and is still known here is missing from the list of those on roll.
    private static let leaversWindow = Duration.seconds(400 * 86_400)

    /// The list of those who left; nil where there is none.
    func listOfLeavers(of kind: PersonKind) -> WireList? {
        kind.wondeLeaversPath.map {
            WireList(kind: kind, path: "\(schoolPath)/\($0)", isOfLeavers: true)
        }
    }

    /// Where the list of those who left begins; nil where there is none.
    func firstOfLeavers(of kind: PersonKind, changedSince: Timestamp?) -> PageCursor? {
        guard kind.wondeLeaversPath != nil else { return nil }
        let query = ListQuery(
            parts: [],
            pageSize: settings.pageSize,
            changedSince: changedSince
                ?? client.now().advanced(by: .zero - Self.leaversWindow)
        )
        return PageCursor(ListPlace(query, isOfLeavers: true).text)
    }

    /// One page of those who left; an empty last one where the school does not show them.
    ///
    /// No part of them is asked for: that they are listed here is all that is wanted.
    func leavers(
        _ query: ListQuery,
        of kind: PersonKind,
        _ sequence: Int64,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> RosterPage {
        guard let list = listOfLeavers(of: kind) else { throw .foreignSchool(school.school) }
        let origin = origin
        let reply = try await client.get(
            "\(list.path)?\(query.text)",
            from: origin,
            limit: Self.pageLimit,
            by: deadline,
            &toll
        )
        guard case .answered(let body) = reply else {
            return RosterPage(observations: [], next: nil, listsLeavers: true)
        }
        let people = try people(body, mapping(ofLeavers: kind, sequence: sequence), from: origin)
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
            next: next.map { PageCursor(ListPlace($0, isOfLeavers: true).text) },
            listsLeavers: true
        )
    }
}
