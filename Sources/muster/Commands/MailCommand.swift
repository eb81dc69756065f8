import Accounts
import ArgumentParser
import JSON
import Muster
import Roster

/// `muster mail`: how the mails go, and whether invitations wait.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Show how the mails go, and let invitations wait or go on.",
        subcommands: [Status.self, Pause.self, Resume.self],
        defaultSubcommand: Status.self
    )

    /// The tenant whose mails are meant.
    struct TenantOptions: ParsableArguments {
        @Option(help: "The tenant (default: default).")
        var tenant = TenantID.standard.name

        var id: TenantID { TenantID(tenant) }
    }

    /// `muster mail status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show how the mails go.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let assembly = try await Assembly.open(common)
            let counts = try await assembly.stored { () throws(StoreError) in
                try await assembly.credentials.mailCounts(of: tenant.id)
            }
            let isSent = try assembly.settings.mail() != nil
            common.answer(
                json: { member in
                    for state in MailState.allCases {
                        member.member(state.rawValue, counts.states[state, default: 0])
                    }
                    member.member("oldestDue", counts.oldestDue?.iso8601)
                    member.member("paused", counts.isPaused)
                    member.member("trouble", counts.trouble)
                },
                text: { Self.words(counts) + (isSent ? "" : Self.unset) }
            )
        }

        private static let unset =
            "\nNo mail is sent by these settings; set mail.host, mail.from and pages.url."

        private static func words(_ counts: MailCounts) -> String {
            var lines = [
                MailState.allCases.map { "\(counts.states[$0, default: 0]) \($0.rawValue)" }
                    .joined(separator: ", ") + "."
            ]
            if let due = counts.oldestDue {
                lines.append("The oldest that waits is due \(due.iso8601).")
            }
            if counts.isPaused {
                lines.append("Invitations are paused; let them go on with `muster mail resume`.")
            }
            if let trouble = counts.trouble { lines.append("Last trouble: \(trouble)") }
            return lines.joined(separator: "\n")
        }
    }

    /// `muster mail pause`.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let invitations wait.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var common: CommonOptions

        func run() async throws { try await MailCommand.setPaused(true, tenant, common) }
    }

    /// `muster mail resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let invitations go on.")

        @OptionGroup var tenant: TenantOptions
        @OptionGroup var common: CommonOptions

        func run() async throws { try await MailCommand.setPaused(false, tenant, common) }
    }

    private static func setPaused(
        _ isPaused: Bool,
        _ tenant: TenantOptions,
        _ common: CommonOptions
    ) async throws {
        let assembly = try await Assembly.open(common)
        try await assembly.stored { () throws(StoreError) in
            try await assembly.credentials.setPaused(isPaused, of: tenant.id)
        }
        common.answer(
            json: { $0.member("paused", isPaused) },
            text: {
                isPaused
                    ? "Invitations wait; other mails go on." : "Invitations go on."
            }
        )
    }
}
