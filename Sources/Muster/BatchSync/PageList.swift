import Accounts
import Roster

/// One list of a source, of which pages are asked for.
struct PageList {
    let source: any RosterSource
    let connection: Connection
    let kind: PersonKind
    let key: SchoolKey
    let capabilities: Capabilities
    /// From when on changes are listed; nil for everybody, which alone tells who is absent.
    var changedSince: Timestamp?
    /// How many people the source counts, for those who watch; nil where it does not say.
    var total: Int?
}

/// A page with the number of the request that it answers.
struct NumberedPage {
    let page: RosterPage
    let sequence: Int64
    /// Which page of its list it is, from 1 on.
    var number = 1
}

extension BatchSync {
    /// Reads `list` page by page to its end, or until `take` says why everybody must be read
    /// instead.
    ///
    /// The next page is on its way while one is taken, and never another after it: what is held in
    /// memory does not grow with the list.
    func readPages(
        of list: PageList,
        _ run: inout Run,
        _ result: inout SyncResult,
        take: (NumberedPage, inout SyncResult) async throws(SyncFailure) -> FullReason?
    ) async throws(SyncFailure) -> FullReason? {
        let earlier = result.seen
        let total = list.total.map { earlier + $0 }
        var pages = 0
        var read: NumberedPage? = try await page(of: list, at: nil)
        while let answer = read {
            pages += 1
            let current = NumberedPage(
                page: answer.page,
                sequence: answer.sequence,
                number: pages
            )
            clocks.note(current.page, of: list.kind, in: list.key)
            async let following = next(after: current.page, of: list)
            if let why = try await take(current, &result) { return why }
            run.aliveAt = workshop.clock.now()
            run.counts = result.counts
            let alive = run
            try await stored { () throws(StoreError) in try await workshop.store.update(alive) }
            pulse?.told(alive)
            try await endWhereAsked(isNow: true)
            progress(result.progress(.reading, result.seen, of: total))
            guard pages < 100_000 else { throw .endless(pages: pages) }
            read = try await following.get()
        }
        return nil
    }

    /// The page after `page`; nil where that was the last.
    private func next(
        after page: RosterPage,
        of list: PageList
    ) async -> Result<NumberedPage?, SyncFailure> {
        guard let cursor = page.next else { return .success(nil) }
        do throws(SyncFailure) {
            return .success(try await self.page(of: list, at: cursor))
        } catch {
            return .failure(error)
        }
    }

    private func page(
        of list: PageList,
        at cursor: PageCursor?
    ) async throws(SyncFailure) -> NumberedPage {
        let sequence = try await stored { () throws(StoreError) in
            try await workshop.store.nextSequence()
        }
        let page = try await patiently(list.connection) { () throws(SourceError) in
            try await list.source.page(
                of: list.kind,
                in: list.key,
                at: cursor,
                changedSince: list.changedSince,
                knowing: list.capabilities,
                sequence: sequence,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
        return NumberedPage(page: page, sequence: sequence)
    }
}
