import Accounts
import ArgumentParser
import JSON
import Muster
import Roster

/// `muster erase`: takes away everything that is held of one person, or lets her in again.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Take away everything that is held of one person.",
        discussion: """
            No sync and no login makes her again, until that is lifted by the id of her record in \
            the MIS: muster erase SCHOOL --lift ID.
            """
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Argument(help: "The account's e-mail address.")
    var email: String?

    @Flag(help: "Really do it; without this, only say what would go.")
    var yes = false

    @Option(name: .customLong("lift"), help: "The id in the MIS of somebody erased before.")
    var lifted: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (email == nil) == (lifted == nil) {
            throw ValidationError("Name a person's e-mail address, or a record with --lift ID.")
        }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let school = try await assembly.school(school)
        if let lifted { return try await lift(lifted, school, assembly) }
        let address = email ?? ""
        let account = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.account(address, in: school)
        }
        let dossier = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.dossier(of: account.id)
        }
        guard yes else {
            throw Failure(
                code: "notConfirmed",
                sentence:
                    "Nothing was erased: \(dossier.words) would go for good; say --yes to do it.",
                status: ExitStatus.badUse
            )
        }
        let records = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.erase(account)
        }
        common.answer(
            json: { member in
                member.member("erased", 1)
                member.member("records", records.map(\.id))
            },
            text: { Self.text(records, dossier) }
        )
    }

    private static func text(_ records: [SourceKey], _ dossier: Dossier) -> String {
        let lifting = records.map { "`muster erase \($0.school.school) --lift \($0.id)`" }
        let others = dossier.unlinked.count - dossier.waiting
        return "Erased: \(dossier.words). No sync and no login makes the person again"
            + (lifting.isEmpty ? "." : "; lift that with \(lifting.joined(separator: " and ")).")
            + (others == 0
                ? ""
                : " Look in `muster review` for what may be the person's or another's: \(others).")
    }

    private func lift(
        _ id: String,
        _ school: ConnectedSchool,
        _ assembly: Assembly
    ) async throws(Failure) {
        let count = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.liftErasure(of: id, in: school)
        }
        guard count > 0 else {
            throw Failure(
                code: "notErased",
                sentence:
                    "Nobody with the record \(id.brief) was erased at \(school.school.name); look the id up in the MIS.",
                status: ExitStatus.no
            )
        }
        common.answer(
            json: { $0.member("lifted", count) },
            text: { "The next sync or login makes an account for record \(id) again." }
        )
    }
}

extension Dossier {
    /// How many records without an account are taken for hers.
    fileprivate var waiting: Int { records - summary.links.count }

    /// What is held of the person, as part of a sentence.
    fileprivate var words: String {
        let counts = [
            (summary.links.count, "link", "links"),
            (waiting, "record without an account", "records without an account"),
            (history.count, "row of history", "rows of history"),
            (formerEmails.count, "former address", "former addresses"),
            (subjects.count, "name at identity providers", "names at identity providers"),
            (summary.account.memberships.count, "place in classes", "places in classes"),
        ]
        let parts =
            ["the account"]
            + counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
        guard let last = parts.last, parts.count > 1 else { return parts.joined() }
        return "\(parts.dropLast().joined(separator: ", ")) and \(last)"
    }
}
