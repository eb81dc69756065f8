import Accounts
import HTTPTypes
import Hummingbird
import JSON
import Muster
import Synchronization

/// Begins syncs and tells how runs stand.
struct RunRoutes: Sendable {
    let ring: KeyRing
    let live: LiveRuns
    let workshop: Workshop
    let keepAlive: Duration
    let bodyBytes: Int

    /// `POST /v1/schools/{school}/syncs`: begins a sync of the school's connection.
    ///
    /// The answer does not wait for it. A second press joins the run that goes on.
    func press(_ request: Request, _ caller: Caller) async throws -> Response {
        var request = request
        guard let connection = caller.school?.connection else { throw Problem.notFound }
        let body = try FlatObject(optional: await request.json(upTo: bodyBytes), only: "delta")
        let order = SyncOrder(onlyChanges: try body.truth("delta"))
        return try Self.answer(live.press(connection, order))
    }

    /// What a client is told of a run that was begun or joined.
    static func answer(_ pressed: (run: RunID, isJoined: Bool)?) throws(Problem) -> Response {
        guard let (run, isJoined) = pressed else {
            throw Problem(.unavailable, "The server is stopping; ask the next one.")
        }
        var response = Response.json(status: .accepted) { member in
            member.member("run", String(run.value))
            member.member("state", isJoined ? "joined" : "running")
        }
        response.headers[.location] = "/v1/runs/\(run.value)"
        return response
    }

    /// `GET /v1/schools/{school}/runs?limit=N`: the runs of the school's connection, the newest
    /// first.
    func list(_ request: Request, _ caller: Caller) async throws -> Response {
        guard let connection = caller.school?.connection else { throw Problem.notFound }
        let limit = try request.numbers(["limit": (1...1000, "1 to 1000")])["limit"] ?? 20
        let runs = try await workshop.store.runs(of: connection.id, limit: Int(limit))
        let now = workshop.clock.now()
        var reports: [RunReport] = []
        for run in runs {
            // What goes on here is known better than the store has it, but for what became of a plan.
            var report = live.run(run.id).map(RunReport.init) ?? RunReport(run, at: now)
            report.result.plan = try await workshop.approvablePlan(of: run)
            reports.append(report)
        }
        return .json { member in
            member.array("runs") { list in
                for report in reports { list.object { $0.run(report.shown(to: caller)) } }
            }
        }
    }

    /// `GET /v1/runs/{run}`: how a run stands or what it came to.
    func show(_ id: RunID, _ caller: Caller) async throws -> Response {
        let report = try await report(id, caller)
        return .json { $0.run(report.shown(to: caller)) }
    }

    /// `DELETE /v1/runs/{run}`: stops a run at its next safe point, and says how it stands.
    ///
    /// One that is over stays as it is, so that a second request does no harm.
    func cancel(_ id: RunID, _ caller: Caller) async throws -> Response {
        var report = try await report(id, caller)
        if report.endedAt == nil, !live.cancel(id) {
            // Another process has it, or it ended just now.
            _ = try await workshop.askToEnd(id)
            report = try await self.report(id, caller)
        }
        let now = report.shown(to: caller)
        return .json { $0.run(now) }
    }

    /// `GET /v1/runs/{run}/events`: the same as it happens, until the run ends.
    func watch(_ id: RunID, _ caller: Caller) async throws -> Response {
        let report = try await report(id, caller)
        return RunEventStream(
            events: live.events(of: id) ?? polled(id, from: report),
            caller: caller,
            clock: workshop.clock,
            keepAlive: keepAlive
        )
        .response
    }

    /// A run that another process has: it is looked at again now and then.
    private func polled(_ id: RunID, from first: RunReport) -> AsyncStream<RunEvent> {
        let last = Mutex<RunReport?>(nil)
        return AsyncStream {
            guard let seen = last.withLock({ $0 }) else {
                last.withLock { $0 = first }
                return .state(first)
            }
            guard seen.endedAt == nil, (try? await workshop.clock.sleep(for: .seconds(2))) != nil,
                !live.isStopping, let run = try? await workshop.store.run(id)
            else { return nil }
            let report = RunReport(run, at: workshop.clock.now())
            last.withLock { $0 = report }
            return .state(report)
        }
    }

    /// The run, where it is one of the caller's tenant and, if an address names it, school.
    private func report(_ id: RunID, _ caller: Caller) async throws -> RunReport {
        let run = live.run(id)
        let isTold = run.map { $0.result?.plan == nil } ?? false
        let stored = isTold ? nil : try await workshop.store.run(id)
        guard let connection = run?.connection ?? stored?.connection,
            try await ring.connection(connection, of: caller.tenant) != nil,
            caller.school.map({ $0.connection.id == connection }) ?? true
        else { throw Problem.notFound }
        let now = workshop.clock.now()
        guard var report = run.map(RunReport.init) else {
            guard let stored else { throw Problem.notFound }
            var report = RunReport(stored, at: now)
            report.result.plan = try await workshop.approvablePlan(of: stored)
            return report
        }
        // What became of the plan since, only the store knows.
        if let stored, stored.endedAt != nil {
            report.result.plan = try await workshop.approvablePlan(of: stored)
        }
        return report
    }
}
