import Accounts
import ArgumentParser
import Muster
import Roster

/// `muster login`: what an application's login hook would ask.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Let a person log in: look her up, bring her account up to date, answer in time."
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Option(help: "Her e-mail address.")
    var email: String?

    @Option(name: .customLong("source-id"), help: "The id of her record at the school.")
    var sourceID: String?

    @Option(help: "With --source-id: of which kind she is: staff, student or contact.")
    var kind: String?

    @Option(help: "Her user name.")
    var username: String?

    @Option(help: "How she proved who she is: sso or password.")
    var method = "sso"

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard [email, sourceID, username].compactMap(\.self).count == 1 else {
            throw ValidationError("Give one of --email, --source-id and --username.")
        }
        guard kind == nil || sourceID != nil else {
            throw ValidationError("--kind needs --source-id.")
        }
        if let kind, PersonKind(rawValue: kind) == nil {
            throw ValidationError(
                "--kind cannot be \(kind.brief); choose staff, student or contact."
            )
        }
        guard LoginMethod(rawValue: method) != nil else {
            throw ValidationError("--method cannot be \(method.brief); choose sso or password.")
        }
    }

    private var key: LoginKey {
        if let email { return .email(email) }
        if let sourceID { return .sourceID(sourceID, kind: kind.flatMap(PersonKind.init)) }
        return .username(username ?? "")
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let event = LoginEvent(
            school: try await assembly.school(school),
            key: key,
            method: LoginMethod(rawValue: method) ?? .sso
        )
        let refresh = LoginRefresh(assembly.workshop, settings: assembly.settings.login)
        let result = await refresh.refresh(event, since: Main.start)
        if let trouble = result.trouble { Console.say(trouble) }
        common.answer(
            json: { $0.login(result) },
            text: { LoginReport(result).text }
        )
        // The answer is out; what the budget cut off is finished behind it.
        await refresh.finishDeferred()
        guard result.decision == .allow else { throw ExitCode(ExitStatus.no) }
    }
}
