import ArgumentParser
import Foundation

/// The command: every subcommand is one file in `Commands`.
struct MusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Keeps the accounts of a school application true to the school's MIS.",
        discussion: """
            Connect a school, sync its people, and let each login bring its person up to date. \
            Begin with `muster demo`, which shows all of it on invented people.
            """,
        version: "0.1.0",
        subcommands: [
            ConnectCommand.self, ConnectionsCommand.self, SyncCommand.self, ApproveCommand.self,
            RunsCommand.self,
            LoginCommand.self,
            ShowCommand.self, ListCommand.self, ExplainCommand.self, HistoryCommand.self,
            EditCommand.self, SuspendCommand.self, RestoreCommand.self, PinCommand.self,
            UnpinCommand.self, UndoCommand.self, ExportCommand.self, EraseCommand.self,
            PolicyCommand.self,
            InviteCommand.self, MailCommand.self,
            ImportCommand.self, ReviewCommand.self, KeysCommand.self, ServeCommand.self,
            CheckConfigCommand.self, DemoCommand.self,
        ]
    )
}

/// The process: it parses, runs one subcommand and ends with that one's status.
@main
enum Main {
    /// When the process began: a login's budget counts from here.
    static let start = ContinuousClock.now

    static func main() async {
        _ = start
        // A reader that went away must not end a login's work behind its answer.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await status(of: arguments))
    }

    private static func status(of arguments: [String]) async -> Int32 {
        let isJSON = arguments.contains("--json")
        do {
            try refuseMisspelled(arguments.first)
            var command = try MusterCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.done
        } catch let failure as Failure {
            failure.report(asJSON: isJSON)
            return failure.status
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(error, asJSON: isJSON)
        }
    }

    /// The parser would blame what stands behind the word.
    private static func refuseMisspelled(_ word: String?) throws(Failure) {
        guard let word, !word.isEmpty, !word.hasPrefix("-") else { return }
        let names =
            MusterCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + [
                "help"
            ]
        guard !names.contains(word) else { return }
        let nearest = names.min { $0.distance(to: word) < $1.distance(to: word) }
        let guess = nearest.flatMap { $0.distance(to: word) <= 2 ? $0 : nil }
        throw .usage(
            "There is no subcommand \(word.brief); "
                + (guess.map { "did you mean `muster \($0)`?" } ?? "see `muster --help` for all.")
        )
    }

    /// Help and version are no failures; everything else here is a wrong use of the command.
    private static func report(_ error: any Error, asJSON isJSON: Bool) -> Int32 {
        let text = MusterCommand.fullMessage(for: error)
        switch MusterCommand.exitCode(for: error) {
        case .success:
            Console.print(text)
            return ExitStatus.done
        case .validationFailure:
            if isJSON {
                Failure.usage(MusterCommand.message(for: error)).report(asJSON: true)
            } else {
                Console.say(lines: Echo.ofProcess.cut(text))
            }
            return ExitStatus.badUse
        default:
            Failure(code: "internal", sentence: text, status: ExitStatus.no).report(asJSON: isJSON)
            return ExitStatus.no
        }
    }
}

extension String {
    /// How many letters must be put in, taken out or replaced to make `other` of it.
    fileprivate func distance(to other: String) -> Int {
        let (left, right) = (Array(self), Array(other.prefix(64)))
        var row = Array(0...right.count)
        for (place, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for (index, wanted) in right.enumerated() {
                let replaced = diagonal + (letter == wanted ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = Swift.min(replaced, row[index] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
