import Accounts
import ArgumentParser
import Foundation
import JSON
import Muster
import Reconciliation
import Roster

/// `muster runs`: the syncs of a connection, or one of them.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the syncs of a school, the newest first, or show or stop one."
    )

    @Argument(help: "A school's id, a connection's name, or the number of a sync.")
    var subject: String

    @Option(help: "How many are listed.")
    var limit = 20

    @Flag(help: "Stop the sync of that number, whichever process runs it.")
    var cancel = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if cancel, Int64(subject) == nil {
            throw ValidationError("--cancel stops one sync; name it by its number.")
        }
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000.")
        }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connections = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.connections()
        }
        if cancel { return try await show(RunID(Int64(subject) ?? 0), of: connections, assembly) }
        do throws(Failure) {
            let connection = try SchoolNames(connections).connection(subject)
            let kept = try await assembly.stored { () throws(StoreError) in
                try await assembly.store.runs(of: connection.id, limit: limit)
            }
            var runs: [Run] = []
            for run in kept { runs.append(try await assembly.shown(run)) }
            list(runs, of: connection, at: assembly.workshop.clock.now())
        } catch {
            // Names come first: somebody may have called a connection by a number.
            guard error.code == "unknownSchool", let number = Int64(subject) else { throw error }
            try await show(RunID(number), of: connections, assembly)
        }
    }

    private func list(_ runs: [Run], of connection: Connection, at now: Timestamp) {
        common.answer(
            json: { member in
                member.array("runs") { list in
                    for run in runs { list.object { $0.run(RunReport(run, at: now)) } }
                }
            },
            text: { RunTable(runs, of: connection, at: now).text }
        )
    }

    private func show(
        _ id: RunID,
        of connections: [Connection],
        _ assembly: Assembly
    ) async throws(Failure) {
        let kept = try await assembly.stored { () throws(StoreError) in
            cancel
                ? try await assembly.workshop.askToEnd(id) : try await assembly.store.run(id)
        }
        guard let kept, let connection = connections.first(where: { $0.id == kept.connection })
        else {
            throw Failure(
                code: "unknownRun",
                sentence: "There is no sync \(subject.brief), nor a school or connection called"
                    + " that; see which there are with `muster connections` and `muster runs NAME`.",
                status: ExitStatus.badUse
            )
        }
        let run = try await assembly.shown(kept)
        let now = assembly.workshop.clock.now()
        common.answer(
            json: { $0.run(RunReport(run, at: now)) },
            text: { RunTable.detail(run, of: connection, at: now) }
        )
    }
}

extension Assembly {
    /// The run as people should see it, with no plan but one that may be approved.
    fileprivate func shown(_ run: Run) async throws(Failure) -> Run {
        var run = try await asItStands(run)
        let known = run
        run.plan = try await stored { () throws(StoreError) in
            try await workshop.approvablePlan(of: known)
        }
        return run
    }

    /// The run, as failed where the store has it as going on and its process is gone: the next sync
    /// takes it over at once, and so it ends.
    private func asItStands(_ run: Run) async throws(Failure) -> Run {
        guard run.state == .running, isSyncing(run.connection) == false,
            // It may have ended just now, and its lock with it.
            var now = try await stored({ () throws(StoreError) in try await store.run(run.id) }),
            now.state == .running
        else { return run }
        now.cutOff()
        return now
    }
}

/// Runs for people: one a line, or one on many.
struct RunTable {
    let text: String

    init(_ runs: [Run], of connection: Connection, at now: Timestamp) {
        guard !runs.isEmpty else {
            text =
                "Nobody has synced \(connection.name) yet; begin with"
                + " `muster sync \(connection.name)`."
            return
        }
        var table = TextTable(header: [
            "sync", "began", "took", "read", "state", "seen", "created", "changed", "held",
            "failed",
        ])
        for run in runs {
            let changed = run.counts.changed + run.counts.restored + run.counts.suspended
            table.add([
                String(run.id.value), Self.moment(run.startedAt), Self.time(of: run),
                run.kind.words, run.state.rawValue, String(run.counts.seen),
                String(run.counts.created), String(changed),
                String(run.counts.held), String(run.counts.failed),
            ])
        }
        var lines = [table.text]
        for run in runs {
            if let trouble = run.trouble {
                lines.append("  \(run.id.value): \(TerminalText.line(trouble))")
            }
            lines += Self.remarks(run)
            if let plan = run.approvablePlan(at: now) {
                lines.append("  Carry out what \(run.id.value) left: muster approve \(plan.text)")
            }
        }
        text = lines.joined(separator: "\n")
    }

    /// One run, with everything that is known of it.
    static func detail(_ run: Run, of connection: Connection, at now: Timestamp) -> String {
        var table = TextTable()
        table.add(["  sync", String(run.id.value)])
        table.add(["  connection", connection.name])
        table.add(["  began", moment(run.startedAt)])
        table.add(["  ended", run.endedAt.map(moment) ?? "it goes on"])
        table.add(["  took", time(of: run)])
        table.add(["  read", run.kind.words])
        if let plan = run.order.plan { table.add(["  carried out", plan.text]) }
        table.add(["  state", run.state.rawValue])
        if run.endedAt == nil, run.endAskedAt != nil {
            table.add(["  asked", "to stop after the page or the step that is going on"])
        }
        let counts = run.counts
        let all = [
            ("seen", counts.seen), ("unchanged", counts.unchanged), ("changed", counts.changed),
            ("created", counts.created), ("restored", counts.restored),
            ("suspended", counts.suspended), ("followed", counts.followed), ("held", counts.held),
            ("skipped", counts.skipped), ("disputed", counts.disputed), ("failed", counts.failed),
            ("requests", counts.requests),
        ]
        for (name, count) in all { table.add(["  \(name)", String(count)]) }
        var lines = [table.text]
        for (reason, count) in counts.ignoredByReason {
            let words = reason.words(
                of: connection.kinds.count == 1 ? connection.kinds.first : nil
            )
            lines.append("  Ignored \(count): \(words).")
        }
        if let why = run.why { lines.append("  Everybody was read because \(why.words).") }
        if let trouble = run.trouble { lines.append("  \(TerminalText.line(trouble))") }
        lines += SyncReport.remarks(run.remarks)
        if let plan = run.approvablePlan(at: now) {
            lines.append("  Carry it out with: muster approve \(plan.text)")
        }
        return lines.joined(separator: "\n")
    }

    /// What was wrong with the lists of a run, and how many of their records need an eye.
    private static func remarks(_ run: Run) -> [String] {
        var lines = run.remarks.filter { $0.record == nil }
            .map { "  \(run.id.value): \(TerminalText.line($0.reason))" }
        let records = run.remarks.count - lines.count
        if records > 0 {
            lines.append(
                "  \(run.id.value): \(records) \(records == 1 ? "record needs" : "records need")"
                    + " somebody's eye; see which with: muster runs \(run.id.value)"
            )
        }
        return lines
    }

    private static func moment(_ moment: Timestamp) -> String {
        String(moment.iso8601.prefix(19)) + "Z"
    }

    private static func time(of run: Run) -> String {
        let time = max(.zero, (run.endedAt ?? run.aliveAt).since(run.startedAt))
        return String(format: "%.1f s", time.fractionalMilliseconds / 1000)
    }
}

extension RunKind {
    /// What it looked at, in a word or two.
    var words: String {
        switch self {
        case .full: "everybody"
        case .delta: "changes"
        case .approval: "a plan"
        }
    }
}
