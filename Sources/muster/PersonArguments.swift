import Accounts
import ArgumentParser
import Muster
import Reconciliation

/// A school and a person in it.
struct PersonArguments: ParsableArguments {
    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Argument(help: "The account's e-mail address.")
    var email: String

    /// The account of that person.
    func summary(in assembly: Assembly) async throws(Failure) -> AccountSummary {
        let school = try await assembly.school(school)
        return try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.summary(email, in: school)
        }
    }

    /// Does `edits` to that account and returns it as it is afterwards.
    func edit(
        _ edits: [LocalEdit],
        in assembly: Assembly
    ) async throws(Failure) -> AccountSummary {
        let school = try await assembly.school(school)
        return try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.edit(edits, email: email, in: school)
        }
    }
}
