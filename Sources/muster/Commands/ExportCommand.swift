import Accounts
import ArgumentParser
import JSON
import Muster

/// `muster export`: everything that is held of one person.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print everything that is held of one person, as JSON."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let id = try await person.summary(in: assembly).account.id
        let dossier = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.dossier(of: id)
        }
        Console.print(json: { $0.export(dossier) })
    }
}
