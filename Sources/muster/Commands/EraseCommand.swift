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
        let found = try await assembly.stored { () throws(StoreError) in
            try await assembly.workshop.store.dossier(of: account.id)
        }
        guard let dossier = found else { throw Failure(AdministrationError.nobody(email: address)) }
        guard yes else {
            throw Failure(
                code: "notConfirmed",
                sentence:
                    "Nothing was erased. \(Self.words(dossier)) would go for good; say --yes to do it.",
                status: ExitStatus.badUse
            )
        }
        try await assembly.stored { () throws(StoreError) in
            try await assembly.workshop.store.erase(
                account.id,
                of: account.tenant,
                at: assembly.workshop.clock.now()
            )
        }
        let records = dossier.summary.links.map(\.key.id).sorted()
        common.answer(
            json: { member in
                member.member("erased", 1)
                member.member("records", records)
            },
            text: {
                let lifting = records.map { "`muster erase \(self.school) --lift \($0)`" }
                return "Erased: \(Self.words(dossier)). No sync and no login makes the person again"
                    + (lifting.isEmpty
                        ? "." : "; lift that with \(lifting.joined(separator: " and ")).")
            }
        )
    }

    private func lift(
        _ id: String,
        _ school: ConnectedSchool,
        _ assembly: Assembly
    ) async throws(Failure) {
        let keys = PersonKind.allCases.map { SourceKey(school: school.key, kind: $0, id: id) }
        let count = try await assembly.stored { () throws(StoreError) in
            try await assembly.workshop.store.liftErasure(
                of: Set(keys),
                of: school.connection.tenant
            )
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

    private static func words(_ dossier: Dossier) -> String {
        let summary = dossier.summary
        let counts = [
            "the account", "\(summary.links.count) links",
            "\(dossier.history.count) rows of history",
            "\(dossier.formerEmails.count) former addresses",
            "\(dossier.subjects.count) names at identity providers",
            "\(summary.account.memberships.count) places in classes",
        ]
        return counts.joined(separator: ", ")
    }
}
