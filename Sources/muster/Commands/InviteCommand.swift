import Accounts
import ArgumentParser
import Foundation
import JSON
import Muster
import Passwords
import Roster
import Sealing

/// `muster invite`: sends everybody without a password a link to set the first one.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Invite the people of a school who have no password yet to set one.",
        discussion: """
            The mails are sent one after the other by `muster serve`. Whoever was invited and whose \
            link still counts is not invited again.
            """
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Flag(help: "Only count who would be invited.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let school = try await assembly.school(school)
        let policy = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.policy(of: school.connection.tenant)
        }
        guard policy.passwords != .never else {
            throw Failure(
                code: "passwordsNever",
                sentence:
                    "Nobody was invited: people of \(school.school.name) sign in at their school and"
                    + " never have a password; change that with `muster policy --set passwords=…`.",
                status: ExitStatus.no
            )
        }
        let isSent = try assembly.settings.mail() != nil
        guard dryRun || isSent else {
            throw .badConfiguration(
                "Nobody was invited, because no mail can be sent; set mail.host, mail.from and"
                    + " pages.url."
            ) as Failure
        }
        let result: Invitations.Result
        do throws(PasswordTrouble) {
            result = try await assembly.invitations().invite(school, isTrial: dryRun)
        } catch {
            throw Failure(error)
        }
        common.answer(
            json: { member in
                member.member("invited", result.invited)
                member.member("dryRun", dryRun)
                member.member("lastDue", result.lastDue?.iso8601)
            },
            text: {
                let people = result.invited == 1 ? "1 person" : "\(result.invited) people"
                if dryRun { return "\(people) would be invited." }
                guard let last = result.lastDue else {
                    return
                        "Nobody was invited: everybody has a password, or a link that still counts."
                }
                return "\(people) invited; the last mail is due at \(last.iso8601). See how they go"
                    + " with `muster mail status`."
            }
        )
    }
}

extension Assembly {
    /// What invites people.
    func invitations() throws(PasswordTrouble) -> Invitations {
        let seal: SecretSeal
        do throws(SealError) { seal = try keyFile.sealMakingKey() } catch { throw .seal(error) }
        return Invitations(
            store: credentials,
            workshop: workshop,
            seal: seal,
            settings: settings.passwords
        )
    }

    /// What checks and sets passwords.
    func passwordDesk(_ login: LoginRefresh) throws(Failure) -> PasswordDesk {
        PasswordDesk(
            store: credentials,
            workshop: workshop,
            login: login,
            rules: try settings.passwordRules(),
            settings: settings.passwords
        )
    }
}

extension Failure {
    /// Trouble with a password, a link or a mail.
    init(_ trouble: PasswordTrouble) {
        if case .store(let error) = trouble {
            self.init(error)
        } else {
            self.init(code: "passwords", sentence: trouble.sentence, status: ExitStatus.no)
        }
    }
}
