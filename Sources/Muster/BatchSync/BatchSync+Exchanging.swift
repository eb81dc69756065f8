import Accounts
import Reconciliation
import Roster

// Approved exchanges: two records, or more in a ring, that changed places.
extension BatchSync {
    /// Gives each account of a planned exchange the record that speaks of its person now, so that
    /// passwords and names at identity providers stay with their people.
    ///
    /// An exchange of which not all stands any more is not carried out, nor is a part of it.
    func exchange(
        _ changes: [SourceKey: ChangeOfPlace],
        _ parts: [SyncPart],
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let standing = changes.filter(\.value.stands)
        var done: Set<SourceKey> = []
        for var exchange in Exchange.all(in: standing.mapValues(\.place)) {
            exchange.sequences = standing.mapValues(\.sequence)
            guard let key = exchange.ring.first,
                let part = parts.first(where: { $0.holds(key) })
            else { continue }
            let ring = exchange.ring
            var isDone = false
            try await reconcile(
                ring.compactMap { changes[$0]?.observation },
                exchanged: exchange,
                part,
                &result
            ) { step, result in
                // Somebody was erased, merged or looked up meanwhile: then none of it is done.
                isDone = !step.plans.isEmpty
                guard isDone else { return }
                result.seen += ring.count
                result.changed += ring.count
                result.followed += step.followers
            }
            if isDone { done.formUnion(ring) }
        }
        for key in changes.keys.filter({ !done.contains($0) }).sorted(by: { $0.id < $1.id }) {
            result.seen += 1
            result.skipped += 1
            result.remark(key, Self.isNoExchange)
        }
    }

    private static let isNoExchange =
        "The plan no longer holds for this record, which says the names and the address of somebody with an account of her own: the other one does not, either was read since, or the MIS does not say the same now, so nothing was done; see that both are right in the MIS and sync again."

    /// A planned record that takes the place of another one.
    struct ChangeOfPlace {
        fileprivate var observation: Observation
        fileprivate var place: SourceKey
        /// The sequence of the last answer about it.
        fileprivate var sequence: Int64
        /// Whether nothing contradicts it since it was planned.
        fileprivate var stands: Bool
    }

    /// The records of a plan that take the place of others.
    func changesOfPlace(
        _ planned: Run,
        _ parts: [SyncPart]
    ) async throws(SyncFailure) -> [SourceKey: ChangeOfPlace] {
        var changes: [SourceKey: ChangeOfPlace] = [:]
        try await forEachPlanned(by: planned.id) { records throws(SyncFailure) in
            for part in parts {
                let own = records.filter { !$0.isAbsent && part.holds($0.observation.key) }
                if own.isEmpty { continue }
                let view = try await view(around: own, of: part)
                for record in own {
                    let said = record.observation
                    guard let place = LossGuard.place(takenBy: said, on: view) else { continue }
                    let isRead = try await isRead(said.key, since: planned.startedAt, part)
                    changes[said.key] = ChangeOfPlace(
                        observation: said,
                        place: place,
                        sequence: view.links[said.key]?.sequence ?? 0,
                        stands: record.stands(in: view) && part.holds(place) && !isRead
                    )
                    if changes[said.key]?.stands == true {
                        changes[said.key]?.stands = try await isSaidStill(said, part)
                    }
                }
            }
        }
        return changes
    }

    /// Whether the source says of the record what the plan says: one half of an exchange may have been
    /// put right in the MIS, and nobody has read it since.
    ///
    /// Nothing of the answer is taken; where there is none, the plan is not known to hold.
    private func isSaidStill(
        _ said: Observation,
        _ part: SyncPart
    ) async throws(SyncFailure) -> Bool {
        let connection = part.connection
        let sequence = try await stored { () throws(StoreError) in
            try await workshop.store.nextSequence()
        }
        let answer: LookUpAnswer
        do throws(SourceError) {
            let source = try await workshop.sources.source(of: connection)
            answer = try await inTurn(connection) { () throws(SourceError) in
                await source.lookUp(
                    said.key,
                    knowing: connection.capabilities,
                    sequence: sequence,
                    by: workshop.clock.instant() + settings.pageTimeout
                ).answer
            }
        } catch {
            if error == .cancelled { throw .cancelled }
            return false
        }
        guard case .found(let now) = answer else { return false }
        return now.tellsTheSame(as: said)
    }

    /// Whether a login took an answer about the record since: one that says what the plan says
    /// would have waited.
    private func isRead(
        _ key: SourceKey,
        since start: Timestamp,
        _ part: SyncPart
    ) async throws(SyncFailure) -> Bool {
        let tenant = part.connection.tenant
        let now = workshop.clock.now()
        let person = try await stored { () throws(StoreError) in
            try await workshop.store.person(
                .sourceID(key.id, kind: key.kind),
                in: key.school,
                of: tenant,
                formerSince: now
            )
        }
        guard let person, person.links.contains(where: { $0.key == key }) else { return false }
        return person.checkedAt.map { $0 > start } ?? false
    }
}
