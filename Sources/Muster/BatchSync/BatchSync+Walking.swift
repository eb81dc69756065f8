import Accounts
import Roster

// Looking at all of something that the store keeps, without holding all of it at once.
extension BatchSync {
    /// Present links of a part, read whole.
    func forEachPresent(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let (kind, school) = (part.kind, part.key)
        try await forEachPage(
            { after throws(StoreError) in
                try await workshop.store
                    .presentLinks(of: kind, in: school, after: after, limit: 500)
            },
            by: \.key,
            body
        )
    }

    /// The marks of present links of a part.
    func forEachMark(
        _ part: SyncPart,
        _ body: ([PresenceMark]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let (kind, school) = (part.kind, part.key)
        try await forEachPage(
            { after throws(StoreError) in
                try await workshop.store
                    .presenceMarks(of: kind, in: school, after: after, limit: 500)
            },
            by: \.key,
            body
        )
    }

    /// Records of a part without an account.
    func forEachUnlinked(
        _ part: SyncPart,
        _ body: ([SourceKey]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let (kind, school) = (part.kind, part.key)
        try await forEachPage(
            { after throws(StoreError) in
                try await workshop.store
                    .unlinkedKeys(of: kind, in: school, after: after, limit: 500)
            },
            by: \.self,
            body
        )
    }

    /// What a run staged and has not applied; nothing is taken.
    func forEachStaged(
        in run: RunID,
        _ body: ([StagedObservation]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachPage(
            { after throws(StoreError) in
                try await workshop.store.staged(in: run, after: after, limit: settings.chunk)
            },
            by: \.observation.key,
            body
        )
    }

    /// The same of one part.
    func forEachStaged(
        of part: SyncPart,
        _ body: ([StagedObservation]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachStaged(in: part.run) { rows throws(SyncFailure) in
            let own = rows.filter { part.holds($0.observation.key) }
            if !own.isEmpty { try await body(own) }
        }
    }

    /// What a run left to a person.
    func forEachPlanned(
        by run: RunID,
        _ body: ([PlannedRecord]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachPage(
            { after throws(StoreError) in
                try await workshop.store.planned(by: run, after: after, limit: settings.chunk)
            },
            by: \.observation.key,
            body
        )
    }

    /// Reads page after page, each after the `key` of the last row of the one before, until one is
    /// empty.
    private func forEachPage<Row>(
        _ read: (_ after: SourceKey?) async throws(StoreError) -> [Row],
        by key: (Row) -> SourceKey,
        _ body: ([Row]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        repeat {
            let last = after
            let rows = try await stored { () throws(StoreError) in try await read(last) }
            after = rows.last.map(key)
            if !rows.isEmpty { try await body(rows) }
        } while after != nil
    }
}
