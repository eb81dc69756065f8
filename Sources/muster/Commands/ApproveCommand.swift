import Accounts
import ArgumentParser
import Muster

/// `muster approve`: carries out what a preview or a held sync left to a person.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Carry out the plan of a preview, or what a sync held back."
    )

    @Argument(help: "The plan that the sync named.")
    var plan: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let plan = PlanID(plan.lowercased())
        let connection = try await assembly.connection(behind: plan)
        let bar = ProgressBar()
        let result = await Interruption.cancelling {
            await assembly.sync(connection) { batch, id in
                await batch.approve(plan, at: connection, as: id) { bar.show($0) }
            }
        }
        bar.clear()
        // Unlike a sync, another run does not do what was asked for.
        if result.state == .joined { throw Failure.planWaits(plan.text, connection.name) }
        try common.answer(result, of: connection, approved: plan)
    }
}

extension CommonOptions {
    /// Prints what a sync came to, and ends with its status.
    func answer(
        _ result: SyncResult,
        of connection: Connection,
        approved: PlanID? = nil,
        held: [String] = []
    ) throws {
        if let trouble = result.trouble { Console.say(trouble) }
        answer(
            json: { $0.sync(result) },
            text: {
                SyncReport(
                    result,
                    connection: connection.name,
                    kinds: connection.kinds,
                    approved: approved,
                    held: held
                ).text
            }
        )
        switch result.state {
        case .completed, .joined, .preview: break
        case .held, .failed, .cancelled: throw ExitCode(ExitStatus.no)
        }
    }
}

extension Assembly {
    /// The connection whose run made `plan`, where that may be approved.
    fileprivate func connection(behind plan: PlanID) async throws(Failure) -> Connection {
        let run = try await stored { () throws(StoreError) in
            try await workshop.store.run(with: plan)
        }
        let all = try await stored { () throws(StoreError) in try await store.connections() }
        guard let run, let connection = all.first(where: { $0.id == run.connection }) else {
            if let done = try await approval(of: plan, among: all) {
                throw .planApproved(plan.text, by: done)
            }
            throw .unknownPlan(plan.text)
        }
        guard run.approvablePlan(at: workshop.clock.now()) != nil else {
            throw .planLapsed(plan.text, run, of: connection.name)
        }
        return connection
    }

    /// The run that carried `plan` out.
    private func approval(
        of plan: PlanID,
        among connections: [Connection]
    ) async throws(Failure) -> Run? {
        for connection in connections {
            let runs = try await stored { () throws(StoreError) in
                try await store.runs(of: connection.id, limit: 1000)
            }
            if let run = runs.first(where: { $0.order.plan == plan && $0.state != .failed }) {
                return run
            }
        }
        return nil
    }
}
