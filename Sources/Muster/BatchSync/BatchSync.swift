public import Accounts
import Reconciliation
import Roster

/// Keeps all accounts of a connection true to its MIS: an administrator's *Sync Data*.
///
/// Everybody is read first and kept in the store; only a list that was read to its end is planned
/// and applied, by the same reconciliation as a login's.
///
/// A cancelled task ends its run at the next safe point, after the page or the step that is going
/// on; what was applied stays, and waits end at once.
public struct BatchSync: Sendable {
    let workshop: Workshop
    let settings: SyncSettings
    /// Says that the run goes on; nil before it began.
    private(set) var pulse: Pulse?
    /// When the lists of the run were begun, by the clocks of their sources.
    private(set) var clocks = ReadingClock()
    /// Is told how far the run has come.
    private(set) var progress: @Sendable (SyncProgress) -> Void = { _ in }

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
    ///   - onlyChanges: Whether only those are read whose record changed, where that will do; the
    ///     result says where it did not, and why.
    ///   - isPreview: Whether nothing is applied, and all of it left to a person as a plan.
    ///   - comparesAll: Whether everybody who is listed is compared with her account, also whose
    ///     record is what it was the last time; then everybody is read.
    ///   - progress: Called as the run goes on.
    /// - Returns: What it came to.
    public func run(
        _ connection: Connection,
        as id: RunID? = nil,
        onlyChanges: Bool = false,
        isPreview: Bool = false,
        comparesAll: Bool = false,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async -> SyncResult {
        let order = SyncOrder(
            onlyChanges: onlyChanges && !isPreview && !comparesAll,
            isPreview: isPreview,
            comparesAll: comparesAll
        )
        return await begin(connection, as: id, by: order, progress) {
            batch,
            run,
            result throws(SyncFailure) in
            if isPreview { result.state = .preview }
            try await batch.carryOut(&run, connection, order, &result)
            if run.isComplete { try await batch.forgetOld(connection) }
        }
    }

    /// Does what `order` says, as the other `run` does.
    public func run(
        _ connection: Connection,
        by order: SyncOrder,
        as id: RunID? = nil,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async -> SyncResult {
        if let plan = order.plan {
            return await approve(plan, at: connection, as: id, progress: progress)
        }
        return await run(
            connection,
            as: id,
            onlyChanges: order.onlyChanges,
            isPreview: order.isPreview,
            comparesAll: order.comparesAll,
            progress: progress
        )
    }

    /// Runs `work` as the one run of its connection, from its beginning in the store to its end.
    func begin(
        _ connection: Connection,
        as id: RunID?,
        by order: SyncOrder,
        _ progress: @escaping @Sendable (SyncProgress) -> Void,
        _ work: (BatchSync, inout Run, inout SyncResult) async throws(SyncFailure) -> Void
    ) async -> SyncResult {
        let start = workshop.clock.instant()
        let now = workshop.clock.now()
        let id = id ?? RunID(workshop.identifiers.next())
        var result = SyncResult(run: id)
        result.kind = order.plan == nil ? .full : .approval
        var run = Run(id: id, connection: connection.id, startedAt: now)
        run.kind = result.kind
        run.order = order
        do throws(SyncFailure) {
            let begun = try await stored {
                () throws(StoreError) in
                try await workshop.store.begin(
                    run,
                    aliveSince: now.advanced(by: .zero - settings.silence)
                )
            }
            if case .joined(let other) = begun {
                return SyncResult(beside: other, asking: order)
            }
            var batch = self
            batch.pulse = Pulse(run, clock: workshop.clock)
            batch.clocks = ReadingClock()
            batch.progress = progress
            // Who brought threads of her own, as the simulation does, keeps them.
            let own = withUnsafeCurrentTask { $0?.unownedTaskExecutor != nil }
            let failure = await OwnThreads.$mayWait.withValue(!own) {
                await withTaskExecutorPreference(own ? nil : BatchExecutor.shared) {
                    await batch.counting(&run, &result, work)
                }
            }
            // Whatever was looked at: what changes nothing needs nobody's approval.
            if result.state == .preview, result.planned.isEmpty { result.waiting = SyncPlan() }
            if let failure { result.end(by: failure) }
            result.closeRemarks()
            await end(run, with: failure == nil ? result.waiting.id : nil, &result)
        } catch {
            result.end(by: error)
        }
        result.time = start.duration(to: workshop.clock.instant())
        workshop.telemetry.sent(result.requests, to: connection, for: .batch)
        workshop.telemetry.synced(result, of: connection, at: workshop.clock.now())
        return result
    }

    /// Does `work` and counts every request that it sends, also of questions that failed.
    /// - Returns: Why it could not be finished; nil where it was.
    private func counting(
        _ run: inout Run,
        _ result: inout SyncResult,
        _ work: (BatchSync, inout Run, inout SyncResult) async throws(SyncFailure) -> Void
    ) async -> SyncFailure? {
        let count = RequestCount()
        let tally = RequestTally { count.add() }
        let failure: SyncFailure? = await RequestTally.$current.withValue(tally) {
            do throws(SyncFailure) {
                try await work(self, &run, &result)
                return nil
            } catch {
                return error
            }
        }
        // A source that notes nothing still says what its answers cost.
        result.requests = max(result.requests, count.value)
        return failure
    }

    /// Keeps how the run ended, also where its task was cancelled.
    private func end(_ ended: Run, with plan: PlanID?, _ result: inout SyncResult) async {
        var run = ended
        run.state = RunState(result.state)
        run.plan = plan
        run.endedAt = workshop.clock.now()
        run.counts = result.counts
        run.trouble = result.trouble
        run.remarks = result.remarks
        run.isCounted = result.isCounted
        run.changedIDs = result.renumbered.map { $0.changedIDs(of: run.connection) }
        do throws(StoreError) {
            try await workshop.store.update(run)
            result.plan = run.plan
        } catch {
            result.state = .failed
            result.trouble = result.trouble ?? error.sentence
        }
    }

    private func carryOut(
        _ run: inout Run,
        _ connection: Connection,
        _ order: SyncOrder,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let source = try await asked { () throws(SourceError) in
            try await workshop.sources.source(of: connection)
        }
        let policy = try await stored { () throws(StoreError) in
            try await workshop.connections.policy(of: connection.tenant)
        }
        var capabilities = try await describe(source, connection, policy, &result)
        let terms = Fingerprint.terms(capabilities, policy, connection.settings)
        if order.onlyChanges {
            let reading = ChangeReading(
                connection: connection,
                source: source,
                policy: policy,
                terms: terms
            )
            let why = try await carryOutChanges(reading, &run, &result)
            guard let why else { return }
            run.why = why
            result.why = why
        }
        // Everybody of every school is read before anybody is planned: addresses may pass from one
        // to another, and guards look at all of it.
        var parts = connection.parts(of: run.id, policy, isPreview: result.state == .preview)
        for index in parts.indices {
            parts[index].comparesAll = order.comparesAll
            try await read(&parts[index], from: source, capabilities, &run, &result)
            let (kind, school) = (parts[index].kind, parts[index].school.id)
            if capabilities[kind, in: school].filled.isEmpty {
                capabilities[kind, in: school].filled = try await filledBefore(parts[index])
            }
            let turn = turn(of: parts[index].school, policy)
            parts[index].judgeEvidence(&capabilities, at: turn)
        }
        try await judge(&parts, &capabilities, from: source, &result)
        let learnt = capabilities
        try await stored { () throws(StoreError) in
            try await workshop.connections.setCapabilities(learnt, of: connection.id)
        }
        if result.state == .preview {
            try await rehearse(parts, as: run.id, &result)
        } else {
            try await apply(parts, as: run.id, &result)
            run.isComplete = parts.allSatisfy { $0.isComplete && !$0.isRenumbered }
        }
        try await judgeAbsence(parts, &result)
        guard run.isComplete, result.state == .completed else { return }
        try await setMarks(connection, startedAt: run.startedAt, terms: terms)
    }

    /// What the source says of itself now, over what was learnt before.
    private func describe(
        _ source: any RosterSource,
        _ connection: Connection,
        _ policy: Policy,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Capabilities {
        let description = try await patiently(connection) { () throws(SourceError) in
            try await source.describe(
                connection.people,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
        result.requests += description.requests
        var capabilities = description.capabilities
        capabilities.hierarchyContradicts = connection.capabilities.hierarchyContradicts
        for school in connection.schools {
            for kind in connection.kinds {
                let before = connection.capabilities[kind, in: school.id]
                capabilities[kind, in: school.id].recall(before, at: turn(of: school, policy))
            }
        }
        return capabilities
    }
}

extension KindCapabilities {
    /// Adds what people's records showed before, of which the source says nothing.
    fileprivate mutating func recall(_ before: KindCapabilities, at turn: YearTurn) {
        let hadClasses = before.hasClasses && before.filled[.classes] != nil
        if !hasClasses, hadClasses, turn.awaitsClasses {
            // The classes of the old year are gone and those of the new one have not come: groups
            // would stand in for a few weeks, and go again.
            hasClasses = true
            if grants[.classes] != .denied { grants[.classes] = before.grants[.classes] }
        }
        withoutClassesSince = before.withoutClassesSince
        for (field, grant) in before.grants where grant == .seenFilled {
            if grants[field, default: .unknown] == .unknown { grants[field] = grant }
        }
        filled = before.filled
    }
}
