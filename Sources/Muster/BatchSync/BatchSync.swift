public import Accounts
import Reconciliation
import Roster

/// Keeps all accounts of a connection true to its MIS: an administrator's *Sync Data*.
///
/// Everybody is read first and kept in the store; only a list that was read to its end is planned
/// and applied, by the same reconciliation as a login's.
public struct BatchSync: Sendable {
    let workshop: Workshop
    let settings: SyncSettings

    /// A batch sync with the tools of `workshop`.
    public init(_ workshop: Workshop, settings: SyncSettings = SyncSettings()) {
        self.workshop = workshop
        self.settings = settings
    }

    /// Reads everybody behind `connection` and applies what changed.
    ///
    /// Never throws: what went wrong is in the result.
    /// - Parameters:
    ///   - connection: The connection to read.
    ///   - id: The run's identity; nil for a new one.
    ///   - isPreview: Whether nothing is applied, and all of it left to a person as a plan.
    ///   - progress: Called as the run goes on.
    /// - Returns: What it came to.
    public func run(
        _ connection: Connection,
        as id: RunID? = nil,
        isPreview: Bool = false,
        progress: @Sendable (SyncProgress) -> Void = { _ in }
    ) async -> SyncResult {
        await begin(connection, as: id) { run, result throws(SyncFailure) in
            if isPreview { result.state = .preview }
            try await carryOut(&run, connection, &result, progress)
            if run.isComplete { try await forgetOld(connection) }
        }
    }

    /// Runs `work` as the one run of its connection, from its beginning in the store to its end.
    func begin(
        _ connection: Connection,
        as id: RunID?,
        _ work: (inout Run, inout SyncResult) async throws(SyncFailure) -> Void
    ) async -> SyncResult {
        let start = workshop.clock.instant()
        let now = workshop.clock.now()
        let id = id ?? RunID(workshop.identifiers.next())
        var result = SyncResult(run: id)
        var run = Run(id: id, connection: connection.id, startedAt: now)
        do throws(SyncFailure) {
            let begun = try await stored {
                () throws(StoreError) in
                try await workshop.store.begin(
                    run,
                    aliveSince: now.advanced(by: .zero - settings.silence)
                )
            }
            if case .joined(let other) = begun { return SyncResult(run: other.id, state: .joined) }
            try await work(&run, &result)
            run.state = RunState(result.state)
            run.plan = result.waiting.id
        } catch {
            run.state = .failed
            result.state = .failed
            result.trouble = error.sentence
        }
        run.endedAt = workshop.clock.now()
        run.counts = result.counts
        run.trouble = result.trouble
        run.remarks = result.remarks
        do throws(StoreError) {
            try await workshop.store.update(run)
            result.plan = run.plan
        } catch {
            result.state = .failed
            result.trouble = result.trouble ?? error.sentence
        }
        result.time = start.duration(to: workshop.clock.instant())
        workshop.telemetry.sent(result.requests, to: connection, for: .batch)
        workshop.telemetry.synced(result, of: connection, at: workshop.clock.now())
        return result
    }

    private func carryOut(
        _ run: inout Run,
        _ connection: Connection,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        let source = try await asked { () throws(SourceError) in
            try await workshop.sources.source(of: connection)
        }
        let policy = try await stored { () throws(StoreError) in
            try await workshop.connections.policy(of: connection.tenant)
        }
        var capabilities = try await describe(source, connection, &result)
        // Everybody of every school is read before anybody is planned: addresses may pass from one
        // to another, and guards look at all of it.
        var parts = connection.parts(of: run.id, policy, isPreview: result.state == .preview)
        for index in parts.indices {
            try await read(&parts[index], from: source, capabilities, &run, &result, progress)
            if capabilities.filled.isEmpty {
                capabilities.filled = try await filledBefore(parts[index])
            }
            parts[index].judgeEvidence(&capabilities)
        }
        try await stored { () throws(StoreError) in
            try await workshop.connections.setCapabilities(capabilities, of: connection.id)
        }
        try await judge(&parts, &result)
        if result.state == .preview {
            try await rehearse(parts, as: run.id, &result, progress)
        } else {
            try await apply(parts, as: run.id, &result, progress)
            run.isComplete = parts.allSatisfy { $0.isComplete && !$0.isRenumbered }
        }
        try await judgeAbsence(parts, &result)
    }

    /// What the source says of itself now, over what was learnt before.
    private func describe(
        _ source: any RosterSource,
        _ connection: Connection,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Capabilities {
        let description = try await patiently(connection) { () throws(SourceError) in
            try await source.describe(by: workshop.clock.instant() + settings.pageTimeout)
        }
        result.requests += description.requests
        var capabilities = description.capabilities
        for (field, grant) in connection.capabilities.grants where grant == .seenFilled {
            if capabilities.grants[field, default: .unknown] == .unknown {
                capabilities.grants[field] = grant
            }
        }
        capabilities.filled = connection.capabilities.filled
        capabilities.hierarchyContradicts = connection.capabilities.hierarchyContradicts
        return capabilities
    }

    // MARK: Trouble

    /// Asks the source again after passing trouble, with growing waits.
    func patiently<Value: Sendable>(
        _ connection: Connection,
        _ request: () async throws(SourceError) -> Value
    ) async throws(SyncFailure) -> Value {
        var wait = settings.backOff
        for _ in 1..<max(1, settings.attempts) {
            do throws(SourceError) {
                return try await inTurn(connection, request)
            } catch {
                var pause = wait
                switch error {
                case .unavailable: break
                case .overloaded(let asked): pause = min(asked ?? wait, settings.longestWait)
                case .malformed, .refused, .unknown, .cancelled: throw .source(error)
                }
                guard (try? await workshop.clock.sleep(for: pause)) != nil else {
                    throw .source(.cancelled)
                }
                wait *= 2
            }
        }
        return try await asked { () throws(SourceError) in
            try await inTurn(connection, request)
        }
    }

    /// Asks the source when its gate lets a batch through: logins go first.
    private func inTurn<Value: Sendable>(
        _ connection: Connection,
        _ request: () async throws(SourceError) -> Value
    ) async throws(SourceError) -> Value {
        let answer: Result<Value, SourceError>
        do throws(TurnedAway) {
            answer = try await workshop.traffic.pass(to: connection, as: .batch) {
                do throws(SourceError) {
                    let value = try await request()
                    return (.success(value), .answered(pause: (value as? RosterPage)?.pause))
                } catch {
                    return (.failure(error), SourceGate.Verdict(error))
                }
            }
        } catch {
            throw .unavailable(reason: error.sentence)
        }
        return try answer.get()
    }

    func asked<Value>(
        _ request: () async throws(SourceError) -> Value
    ) async throws(SyncFailure) -> Value {
        do throws(SourceError) { return try await request() } catch { throw .source(error) }
    }

    func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(SyncFailure) -> Value {
        do throws(StoreError) { return try await request() } catch { throw .store(error) }
    }
}

/// Why a run could not be finished.
enum SyncFailure: Error {
    case source(SourceError)
    case store(StoreError)
    /// The source listed nobody, though people are known here.
    case emptyList(school: String, known: Int)
    /// The source asked for more pages than a school can have.
    case endless(pages: Int)
    case unknownPlan(PlanID)
    case lapsedPlan(PlanID)

    var sentence: String {
        switch self {
        case .source(let error): error.sentence
        case .store(let error): error.sentence
        case .emptyList(let school, let known):
            "The MIS listed nobody for \(school) although \(known) people are linked here; nothing was changed, so look at the school's sharing settings and sync again."
        case .unknownPlan(let plan):
            "No plan \(plan.text) waits for a decision: it was carried out, or a later run took its place; sync again and approve what that holds."
        case .lapsedPlan(let plan):
            "The plan \(plan.text) is more than a day old and was not carried out; sync again and approve what that holds."
        case .endless(let pages):
            "The MIS went on listing people after \(pages) pages; nothing was changed, so ask the provider about its paging and sync again."
        }
    }
}
