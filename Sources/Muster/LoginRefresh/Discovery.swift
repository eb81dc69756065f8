import Accounts
import Roster

/// One bounded read of who changed at a school since its last complete run, to find the people
/// who log in and whom nobody here knows.
struct Discovery {
    let workshop: Workshop
    let school: SchoolKey
    let settings: LoginSettings
    let login: LoginID

    /// What a discovery came to.
    struct Outcome: Sendable {
        /// What became of each newcomer who was listed.
        var found: [Newcomer: FlightResult] = [:]
        /// Who was looked for in what was read.
        var served: Set<Newcomer> = []
        /// What to answer everybody where the source could not be read.
        var failure: FlightResult?
    }

    /// Changes are read from this long before the last run began: clocks differ, and a source may
    /// show a change late.
    private static let overlap = Duration.seconds(3600)

    /// Reads who changed, and lets in whoever is `wanted` by then.
    func run(_ wanted: () -> Set<Newcomer>) async -> Outcome {
        let start = workshop.clock.instant()
        var outcome = Outcome()
        var requests = 0
        do throws(DiscoveryFailure) {
            let (school, policy) = try await place()
            let listed = try await read(school, by: start + settings.lookUpTimeout, &requests)
            workshop.telemetry.discovered(
                listed.people.count,
                from: school.connection,
                requests: requests
            )
            let time = start.duration(to: workshop.clock.instant())
            // Whoever may be given an account comes first, so that her other logins find it; and
            // whoever came while others were served is served too.
            while let newcomer = wanted().subtracting(outcome.served)
                .max(by: { !$0.mayCreate && $1.mayCreate })
            {
                outcome.served.insert(newcomer)
                let matches = listed.people.filter { $0.claimedEmail == newcomer.email }
                guard !matches.isEmpty else { continue }
                var result = try await take(matches, of: listed, as: newcomer, at: school, policy)
                result.requests = requests
                result.lookUpTime = time
                outcome.found[newcomer] = result
            }
        } catch {
            outcome.failure = error.result
            outcome.failure?.requests = requests
        }
        return outcome
    }

    private func place() async throws(DiscoveryFailure) -> (ConnectedSchool, Policy) {
        do throws(StoreError) {
            guard let school = try await workshop.connections.connected(school) else {
                throw .unavailable(reason: "The school is connected no more.")
            }
            let policy = try await workshop.connections.policy(of: school.connection.tenant)
            return (school, policy)
        } catch {
            throw .store(error)
        }
    }

    private func take(
        _ matches: [Observation],
        of listed: Listing,
        as newcomer: Newcomer,
        at school: ConnectedSchool,
        _ policy: Policy
    ) async throws(DiscoveryFailure) -> FlightResult {
        var step = RefreshStep(
            workshop: workshop,
            school: school,
            policy: policy,
            mayCreate: false,
            login: login
        )
        do throws(StoreError) {
            // Two newcomers with one address are neither made: a person decides.
            if newcomer.mayCreate, matches.count == 1, let only = matches.first {
                step.isPutOff = try await step.isOneOfTooMany(only, in: listed)
                let mayBeNew = try await workshop.mayBeNew(only.key)
                step.mayCreate = mayBeNew && !step.isPutOff
            }
            return try await step.take(matches, knowing: nil)
        } catch {
            throw .store(error)
        }
    }
}

/// Who changed, as far as one read told.
private struct Listing {
    var people: [Observation] = []
    /// The kinds of whom more changed than were read.
    var cutKinds: Set<PersonKind> = []
}

extension RefreshStep {
    /// Whether so many are new that a sync would leave `person` and all of them to a person, as it
    /// does after a change of MIS.
    fileprivate func isOneOfTooMany(
        _ person: Observation,
        in listed: Listing
    ) async throws(StoreError) -> Bool {
        guard try await workshop.wasLoaded(school.connection.id) else { return false }
        let kind = person.key.kind
        let peers = listed.people.filter { $0.key.kind == kind }
        let known = try await workshop.store.marks(of: peers.map(\.key))
        // Of a list that was cut short nobody knows how many more are new.
        return try await areTooMany(
            peers.filter { known[$0.key] == nil && $0.claimedEmail != nil },
            besides: listed.cutKinds.contains(kind) ? known.count : .max
        )
    }
}

// Reading.
extension Discovery {
    private func read(
        _ school: ConnectedSchool,
        by deadline: ContinuousClock.Instant,
        _ requests: inout Int
    ) async throws(DiscoveryFailure) -> Listing {
        let source: any RosterSource
        do throws(SourceError) {
            source = try await workshop.sources.source(of: school.connection)
        } catch {
            throw .source(error)
        }
        guard source.readsChanges else { return Listing() }
        let since = try await lastRun(of: school.connection)
        var listed = Listing()
        for kind in school.connection.kinds {
            var cursor: PageCursor?
            for _ in 0..<settings.discoveryPages {
                let page = try await page(of: kind, at: cursor, since, school, source, deadline)
                requests += page.requests
                listed.people += page.observations
                cursor = page.next
                if cursor == nil { break }
            }
            if cursor != nil { listed.cutKinds.insert(kind) }
        }
        return listed
    }

    /// From when on changes are read; nil where no run was ever complete.
    private func lastRun(
        of connection: Connection
    ) async throws(DiscoveryFailure) -> Timestamp? {
        do throws(StoreError) {
            return try await workshop.store.newestRun(of: connection.id, .complete)?
                .startedAt.advanced(by: .zero - Self.overlap)
        } catch {
            throw .store(error)
        }
    }

    private func page(
        of kind: PersonKind,
        at cursor: PageCursor?,
        _ since: Timestamp?,
        _ school: ConnectedSchool,
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
private enum DiscoveryFailure: Error {
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
