import Accounts
import ArgumentParser
import JSON
import Muster
import Roster

/// `muster undo`: takes back what a login or a sync did.
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back what a run did, but for what was changed since.",
        discussion: """
            What is put back stays until the MIS says something else. Without RUN, the latest login \
            or sync that changed the person is taken back, unless it made the account.
            """
    )

    @Argument(help: "The run, as a sync, a login or `muster history` names it.")
    var run: String?

    @Option(help: "Only this person, by e-mail address.")
    var person: String?

    @Option(help: "The person's school, or its connection's name.")
    var school: String?

    @Flag(help: "Really do it, where more than five people would be suspended.")
    var yes = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if run == nil, person == nil || school == nil {
            throw ValidationError("Name a RUN, or a person with --person EMAIL --school SCHOOL.")
        }
        if person == nil, school != nil {
            throw ValidationError("--school says where --person is; name a person too.")
        }
        if let run, RunID(text: run) == nil {
            throw ValidationError("\(run.brief) is no run; a run is a number.")
        }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let result = try await takeBack(assembly)
        common.answer(
            json: { $0.undo(result) },
            text: { Self.text(result) }
        )
    }

    private func takeBack(_ assembly: Assembly) async throws(Failure) -> UndoResult {
        let undo = Undo(assembly.workshop, chunk: assembly.settings.sync.chunk)
        var id = run.flatMap(RunID.init(text:))
        var tenant = TenantID.standard
        if let id {
            tenant = try await undone { () throws(UndoError) in try await undo.tenant(of: id) }
        }
        let account = try await account(assembly, of: tenant)
        if id == nil, let account {
            id = try await undone { () throws(UndoError) in
                try await undo.latestRun(of: account)
            }
        }
        guard let id else { throw .usage("Name a RUN, or a person and her school.") }
        if !yes, account == nil {
            try await undone { () throws(UndoError) in try await undo.requireFew(madeBy: id) }
        }
        let bar = ProgressBar()
        defer { bar.clear() }
        return try await undone { () throws(UndoError) in
            try await undo.run(id, of: account?.id) { done in
                bar.show(SyncProgress(stage: .applying, done: done, total: nil))
            }
        }
    }

    /// The person's account; nil where nobody is named.
    private func account(
        _ assembly: Assembly,
        of tenant: TenantID
    ) async throws(Failure) -> Account? {
        guard let person else { return nil }
        let place: ConnectedSchool
        if let school {
            place = try await assembly.school(school)
        } else {
            place = try await assembly.anySchool(of: tenant)
        }
        return try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.account(person, in: place)
        }
    }

    private func undone<Value>(
        _ request: () async throws(UndoError) -> Value
    ) async throws(Failure) -> Value {
        do throws(UndoError) { return try await request() } catch { throw Failure(error) }
    }

    private static func text(_ result: UndoResult) -> String {
        ([summary(of: result)] + left(by: result)).joined(separator: "\n")
    }

    private static func summary(of result: UndoResult) -> String {
        let run = result.undone.value
        let left = "of \(result.skipped.people) something was left"
        guard result.restored > 0 else {
            if let before = result.before {
                let still = result.skipped == 0 ? "" : " And \(left)."
                return
                    "Nothing was taken back: run \(run) was undone already, at \(before.at.iso8601) by"
                    + " run \(before.run.value).\(still)"
            }
            return result.skipped == 0
                ? "Nothing was taken back: run \(run) changed nothing that is not as before already."
                : "Nothing of run \(run) was taken back, and \(left)."
        }
        let count = result.fields
        let rest = result.skipped == 0 ? "" : " But \(left)."
        let before = result.before.map {
            " Of \($0.people.people) it had been taken back before, last by run \($0.run.value)."
        }
        return "\(count) \(count.word("field", "fields")) of \(result.restored.people)"
            + " \(count.word("is as it was", "are as they were")) before run \(run).\(rest)\(before ?? "")"
            + " Take this back with `muster undo \(result.run.value)`."
    }

    /// Who was left out, and why, one line each.
    private static func left(by result: UndoResult) -> [String] {
        let lines = result.left.map { left in
            let fields = left.fields.sorted { $0.key < $1.key }
                .map { "\($0.key.rawValue) (\($0.value))" }
            return TerminalText.line(
                "  Left of \(left.person.brief): \(fields.joined(separator: ", "))."
            )
        }
        let more = result.skipped - lines.count
        return more > 0 ? lines + ["  And of \(more.people) more."] : lines
    }
}

extension RunID {
    /// The run that people write as `text`.
    init?(text: String) {
        guard let value = Int64(text), value > 0 else { return nil }
        self.init(value)
    }
}
