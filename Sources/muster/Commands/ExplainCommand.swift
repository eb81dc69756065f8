import Accounts
import ArgumentParser
import Muster

/// `muster explain`: why one account is as it is.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Explain one account: what was asked and answered, and why each field is as it is."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let school = try await assembly.school(person.school)
        let explanation = try await assembly.stored { () throws(StoreError) in
            try await Explainer(assembly.workshop).explain(person.email, in: school)
        }
        guard let explanation else {
            throw Failure(AdministrationError.nobody(email: person.email))
        }
        common.answer(
            json: { $0.explanation(explanation) },
            text: { ExplanationReport(explanation, school: person.school).text }
        )
    }
}
