import Accounts
import ArgumentParser
import Muster
import Reconciliation

/// `muster edit`: changes fields of an account by hand.
struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change fields of an account by hand."
    )

    @OptionGroup var person: PersonArguments

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: "FIELD=VALUE, several with spaces; lineManager takes an e-mail address."
    )
    var settings: [String] = []

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if settings.isEmpty { throw ValidationError("Say what to change with --set FIELD=VALUE.") }
    }

    func run() async throws {
        let parsed = try settings.map(Self.parse)
        let assembly = try await Assembly.open(common)
        let edits = try await resolve(parsed, assembly)
        let summary = try await person.edit(edits, in: assembly)
        for line in try await warnings(parsed.map(\.field), summary, assembly) {
            Console.say(line)
        }
        common.answer(json: { $0.account(summary) }, text: { AccountReport(summary).text })
    }

    private static func parse(_ text: String) throws(Failure) -> (field: Field, value: String) {
        let assignment = try Assignment(text)
        let editable = Field.owned.map(\.rawValue)
        guard let field = Field(rawValue: assignment.key), Field.owned.contains(field) else {
            throw .usage(
                "\(assignment.key.brief) is no field to edit; choose one of"
                    + " \(editable.joined(separator: ", "))."
            )
        }
        return (field, assignment.value)
    }

    private func resolve(
        _ parsed: [(field: Field, value: String)],
        _ assembly: Assembly
    ) async throws(Failure) -> [LocalEdit] {
        let school = try await assembly.school(person.school)
        var edits: [LocalEdit] = []
        for (field, value) in parsed {
            guard field == .lineManager, !value.isEmpty else {
                edits.append(.set(field, to: value))
                continue
            }
            let manager = try await assembly.administered { () throws(AdministrationError) in
                try await assembly.administration.account(value, in: school)
            }
            edits.append(.setManager(manager.id))
        }
        return edits
    }

    /// Says of each edited field whether the next sync undoes the edit, and how to keep it.
    private func warnings(
        _ fields: [Field],
        _ summary: AccountSummary,
        _ assembly: Assembly
    ) async throws(Failure) -> [String] {
        guard summary.links.contains(where: \.state.isPresent) else { return [] }
        let policy = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.policy(of: summary.account.tenant)
        }
        return Set(fields).sorted().filter { policy.owner(of: $0) == .source }.map { field in
            "The next login or sync sets \(field.rawValue) to what the MIS says again, because the"
                + " MIS owns it; keep edits with `muster policy \(person.school) --set"
                + " owner.\(field.rawValue)=untilEdited`."
        }
    }
}
