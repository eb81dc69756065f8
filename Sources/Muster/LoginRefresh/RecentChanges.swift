import Accounts
import Reconciliation
import Roster

/// Who changed at a school since its last complete run, as far as one bounded read told.
struct RecentChanges: Sendable {
    var people: [Observation] = []
    /// The kinds of whom more changed than were read.
    var cutKinds: Set<PersonKind> = []
}

extension RefreshStep {
    /// Whether so many people of `kind` are new that a sync would leave all of them to a person, as
    /// it does after a change of MIS.
    func areTooManyNew(
        of kind: PersonKind,
        in changes: RecentChanges
    ) async throws(StoreError) -> Bool {
        try await influx(of: kind, in: changes).isTooMany
    }

    /// Who of `kind` is new, and what that says of the others.
    func influx(
        of kind: PersonKind,
        in changes: RecentChanges
    ) async throws(StoreError) -> Influx.Answer {
        var answer = Influx.Answer()
        guard try await workshop.wasLoaded(school.connection.id) else { return answer }
        let peers = changes.people.filter { $0.key.kind == kind }
        let known = try await workshop.store.marks(of: peers.map(\.key))
        answer.newcomers = peers.filter { known[$0.key] == nil && $0.claimedEmail != nil }
        // Of a list that was cut short nobody knows how many more are new.
        let isCut = changes.cutKinds.contains(kind)
        answer.isTooMany = try await areTooMany(
            answer.newcomers,
            besides: isCut ? known.count : .max
        )
        let leavers = peers.filter { known[$0.key] != nil && $0.statesLeaving }.map(\.key)
        let leaving = try await present(among: leavers)
        let people =
            isCut
            ? known.count - (leavers.count - leaving)
            : try await workshop.store.tally(question(of: kind)).peopleAtSchool
        answer.areTooManyLeaving = LossGuard.isTooMany(leaving, of: people, .access, kind)
        return answer
    }

    /// How many of `records` have a link that did not end: a list may have who left years ago.
    private func present(among records: [SourceKey]) async throws(StoreError) -> Int {
        guard !records.isEmpty else { return 0 }
        var request = ViewRequest(tenant: school.connection.tenant)
        request.keys = Set(records)
        return try await workshop.store.view(request).links.values.count(where: \.state.isPresent)
    }

    private func question(of kind: PersonKind) -> LossQuestion {
        question(
            SourceKey(school: school.key, kind: kind, id: ""),
            AccountID(0),
            workshop.clock.now()
        )
    }
}

/// Reads who changed at a school, in some pages of each kind at the most.
struct ChangesReader {
    let workshop: Workshop
    let school: ConnectedSchool
    let settings: LoginSettings

    /// Changes are read from this long before the last run began: clocks differ, and a source may
    /// show a change late.
    private static let overlap = Duration.seconds(3600)

    /// Reads who of `kinds` changed, and adds what was sent for it to `requests`.
    ///
    /// Of a source that cannot list changes nobody is read, or, with `orSome`, the first page of
    /// everybody: after a change of MIS all of it is new.
    func read(
        _ kinds: some Sequence<PersonKind>,
        orSome: Bool = false,
        _ requests: inout Int
    ) async throws(DiscoveryFailure) -> RecentChanges {
        let deadline = workshop.clock.instant() + settings.lookUpTimeout
        let source: any RosterSource
        do throws(SourceError) {
            source = try await workshop.sources.source(of: school.connection)
        } catch {
            throw .source(error)
        }
        guard source.readsChanges || orSome else { return RecentChanges() }
        let since = source.readsChanges ? try await lastRun() : nil
        let pages = source.readsChanges ? settings.discoveryPages : 1
        var changes = RecentChanges()
        for kind in kinds {
            var cursor: PageCursor?
            for _ in 0..<pages {
                let page = try await page(of: kind, at: cursor, since, source, deadline)
                requests += page.requests
                changes.people += page.observations
                cursor = page.next
                if cursor == nil { break }
            }
            if cursor != nil { changes.cutKinds.insert(kind) }
        }
        workshop.telemetry.discovered(
            changes.people.count,
            from: school.connection,
            requests: requests
        )
        return changes
    }

    /// From when on changes are read; nil where no run was ever complete.
    private func lastRun() async throws(DiscoveryFailure) -> Timestamp? {
        do throws(StoreError) {
            return try await workshop.store.newestRun(of: school.connection.id, .complete)?
                .startedAt.advanced(by: .zero - Self.overlap)
        } catch {
            throw .store(error)
        }
    }

    private func page(
        of kind: PersonKind,
        at cursor: PageCursor?,
        _ since: Timestamp?,
        _ source: any RosterSource,
        _ deadline: ContinuousClock.Instant
    ) async throws(DiscoveryFailure) -> RosterPage {
        let answer: Result<RosterPage, DiscoveryFailure>
        do throws(TurnedAway) {
            answer = try await workshop.traffic.pass(to: school.connection, as: .login) {
                do throws(StoreError) {
                    let sequence = try await workshop.store.nextSequence()
                    do throws(SourceError) {
                        let page = try await source.page(
                            of: kind,
                            in: school.key,
                            at: cursor,
                            changedSince: since,
                            knowing: school.connection.capabilities,
                            sequence: sequence,
                            by: deadline
                        )
                        return (.success(page), .answered(pause: page.pause))
                    } catch {
                        return (.failure(.source(error)), SourceGate.Verdict(error))
                    }
                } catch {
                    return (.failure(.store(error)), .givenUp)
                }
            }
        } catch {
            throw .turnedAway(error)
        }
        return try answer.get()
    }
}

/// Why who changed could not be read.
enum DiscoveryFailure: Error {
    case source(SourceError)
    case store(StoreError)
    case turnedAway(TurnedAway)

    var result: FlightResult {
        var result = FlightResult(outcome: .sourceUnavailable)
        switch self {
        case .source(let error): result.trouble = error.sentence
        case .store(let error): result.trouble = error.sentence
        case .turnedAway(let error):
            result.trouble = error.sentence
            result.retryAfter = error.wait
        }
        return result
    }
}
