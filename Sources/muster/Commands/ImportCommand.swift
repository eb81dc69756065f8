import Accounts
import ArgumentParser
import JSON
import Muster

/// `muster import`: takes over the accounts that the host application already has.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over the accounts that the application already has, from CSV.",
        discussion: """
            The first row names the columns, in any order: email, title, forename, surname, \
            initials, jobTitle, teachingStaff, phone, address, roles. Only email is needed. \
            Several roles are separated by semicolons.
            """
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Argument(help: "The CSV file.")
    var file: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let list = try AccountList(path: file)
        let assembly = try await Assembly.open(common)
        let tenant = try await assembly.school(school).connection.tenant
        var result = try await assembly.stored { () throws(StoreError) in
            try await AccountImport(assembly.workshop).run(list.accounts, into: tenant)
        }
        result.failed = (result.failed + list.failed).sorted { $0.line < $1.line }
        let done = result
        common.answer(json: { Self.write(done, to: &$0) }, text: { Self.text(done) })
        // One bad line stops no other; a list of nothing else is no import.
        if !done.failed.isEmpty, done.imported + done.existing == 0 {
            throw ExitCode(ExitStatus.no)
        }
    }

    private static func write(_ result: ImportResult, to member: inout JSONObjectWriter) {
        member.member("imported", result.imported)
        member.member("existing", result.existing)
        member.array("failed") { list in
            for failure in result.failed {
                list.object { row in
                    row.member("line", failure.line)
                    row.member("reason", failure.reason)
                }
            }
        }
    }

    private static func text(_ result: ImportResult) -> String {
        var lines = [
            "Imported \(result.imported), \(result.existing) were here already,"
                + " \(result.failed.count) could not be used."
        ]
        lines += result.failed.map { TerminalText.line("  Line \($0.line): \($0.reason)") }
        return lines.joined(separator: "\n")
    }
}
