import ArgumentParser
import Foundation
import Logging
import Mail
import Muster
import MusterServer
import Passwords
import Roster
import Sealing
import ServiceLifecycle
import UnixSignals

/// `muster serve`: the daemon beside an application in any language.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer the logins of applications over HTTP, until told to stop."
    )

    @Option(help: "The address to listen on (default: serve.host).")
    var host: String?

    @Option(help: "The port to listen on; 0 for any free one (default: serve.port).")
    var port: Int?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let port, !(0...65_535).contains(port) {
            throw ValidationError("--port takes a number from 0 to 65535.")
        }
        if let host, host.isEmpty { throw ValidationError("--host needs an address.") }
    }

    func run() async throws {
        let metrics = PrometheusMetrics()
        let assembly = try await Assembly.open(common) { settings throws(Failure) in
            let level = try settings.logLevel()
            return Telemetry(
                logger: Self.logger("muster", level),
                metrics: metrics,
                seed: UInt64.random(in: .min ... .max)
            )
        }
        var settings = try assembly.settings.serve()
        settings.host = host ?? settings.host
        settings.port = port ?? settings.port
        let server = MusterServer(try assembly.server(metrics), settings: settings)
        let quiet = Logger(label: "muster.services") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: quiet)
        )
        do {
            try await Self.run(group)
        } catch let error as ServerError {
            throw Failure(error)
        }
    }

    /// Whether what it writes goes to the system's journal.
    fileprivate static let isInJournal = JSONLogHandler.isJournal(
        STDERR_FILENO,
        journalStream: ProcessInfo.processInfo.environment["JOURNAL_STREAM"]
    )

    fileprivate static func logger(_ label: String, _ level: Logger.Level) -> Logger {
        Logger(label: label) {
            JSONLogHandler(label: $0, level: level, hasPriority: isInJournal)
        }
    }

    /// Runs the group until the first signal stops it, or the second ends the process.
    private static func run(_ group: ServiceGroup) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                var count = 0
                for await _ in signals {
                    count += 1
                    if count > 1 { Foundation.exit(ExitStatus.no) }
                    await group.triggerGracefulShutdown()
                }
            }
            defer { tasks.cancelAll() }
            try await group.run()
        }
    }
}

extension Assembly {
    /// What the daemon is made of.
    fileprivate func server(
        _ metrics: PrometheusMetrics
    ) throws(Failure) -> MusterServer.Parts {
        let level = try settings.logLevel()
        let login = LoginRefresh(workshop, settings: settings.login)
        var parts = MusterServer.Parts(
            workshop: workshop,
            access: access,
            login: login,
            passwords: try passwordDesk(login),
            keyFile: keyFile,
            logger: ServeCommand.logger("muster.server", level)
        ) { connection, order, run, progress in
            await sync(connection, as: run) { batch, id in
                await batch.run(connection, by: order, as: id, progress: progress)
            }
        }
        parts.pages = try settings.pageURL()
        parts.mailroom = try mailroom(parts.logger)
        let answers = HTTPMetrics(metrics)
        let process = ProcessMetrics(
            metrics,
            version: MusterCommand.configuration.version,
            start: workshop.clock.now()
        )
        let page = MetricsPage(metrics, process: process)
        parts.watch.metrics = { page.text() }
        parts.watch.answered = { route, status, time in
            answers.answered(route, status: status, in: time)
        }
        parts.watch.rejected = { answers.rejected($0) }
        parts.watch.sources = { login.sources.map { SourceReport($0) } }
        let logger = parts.logger
        parts.onListening = { address in
            // Scripts wait for these words; the journal gets a line like all others.
            if ServeCommand.isInJournal {
                logger.notice("Listening", metadata: ["address": "\(address)"])
            } else {
                Console.say("listening on \(address)")
            }
        }
        return parts
    }

    /// What sends mails; nil where none are sent.
    private func mailroom(_ logger: Logger) throws(Failure) -> Mailroom? {
        guard let mail = try settings.mail() else { return nil }
        let seal: SecretSeal
        do throws(SealError) { seal = try keyFile.sealMakingKey() } catch { throw Failure(error) }
        return Mailroom(
            store: credentials,
            workshop: workshop,
            seal: seal,
            mailer: mail.mailer,
            writing: mail.writing,
            settings: settings.passwords,
            logger: logger
        )
    }
}
