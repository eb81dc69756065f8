import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation
import Roster

/// `muster pin`: a field, or the whole person, stays as it is whatever the MIS says.
struct PinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Keep a field of an account, or all of it, as it is, whatever the MIS says."
    )

    @OptionGroup var person: PersonArguments

    @Option(help: "The field; without it, the whole person.")
    var field: String?

    @Option(
        help:
            "Only while the MIS says this, as it does now, or \"\" for nothing; without it, whatever it says."
    )
    var against: String?

    @Option(help: "The first day on which the pin holds no more, as 2026-09-01.")
    var until: String?

    @Option(help: "Why, in a few words; shown with the account.")
    var because: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var pin = Pin(try PinnedField.read(field), because: because)
        if let against { pin.against = .value(against.isEmpty ? nil : against) }
        if let until {
            guard until.utf8.count == 10, let day = Day(until) else {
                throw Failure.usage("\(until.brief) is no day; give one as 2026-09-01.")
            }
            pin.until = day
        }
        let assembly = try await Assembly.open(common)
        let summary = try await person.edit([.pin(pin)], in: assembly)
        let name = summary.account.fullName
        common.answer(
            json: { $0.pinned(summary) },
            text: { "\(PinReport.text(pin)) of \(name) now." }
        )
    }
}

/// `muster unpin`: the MIS decides again.
struct UnpinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin",
        abstract: "Lift the pin of a field, or every pin of an account."
    )

    @OptionGroup var person: PersonArguments

    @Option(help: "The field; without it, every pin is lifted.")
    var field: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let field = try PinnedField.read(field)
        let assembly = try await Assembly.open(common)
        let summary = try await person.edit([.unpin(field)], in: assembly)
        let what = field?.rawValue ?? "Nothing"
        common.answer(
            json: { $0.pinned(summary) },
            text: {
                field == nil
                    ? "Nothing of \(summary.account.fullName) is pinned any more."
                    : "\(what) of \(summary.account.fullName) is not pinned any more."
            }
        )
    }
}

/// The field that an argument names.
enum PinnedField {
    static func read(_ text: String?) throws(Failure) -> Field? {
        guard let text else { return nil }
        guard let field = Field(rawValue: text), Field.observed.contains(field) else {
            let names = Field.observed.map(\.rawValue).joined(separator: ", ")
            throw .usage("\(text.brief) is no field; choose one of \(names).")
        }
        return field
    }
}
