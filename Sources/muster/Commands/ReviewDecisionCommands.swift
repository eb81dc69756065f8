import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation
import Roster

/// `muster review link`: a record becomes an account's.
struct ReviewLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Give a record to an account, in place of its other records of that school."
    )

    @OptionGroup var record: RecordArguments

    @Argument(help: "The account's e-mail address.")
    var email: String

    @Flag(help: "The account is the same person's, though its record has another name.")
    var samePerson = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(record.school)
        let kind = try record.personKind()
        let result = try await assembly.reviewed { () throws(ReviewError) in
            let found = try await assembly.review.record(record.record, kind: kind, in: place)
            return try await assembly.review.link(
                found,
                to: email,
                in: place,
                isSamePerson: samePerson
            )
        }
        common.answer(result) { "The record \(record.record) is \($0)'s now." }
    }
}

/// `muster review create`: a record gets an account of its own.
struct ReviewCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an account of its own for a record."
    )

    @OptionGroup var record: RecordArguments

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(record.school)
        let kind = try record.personKind()
        let result = try await assembly.reviewed { () throws(ReviewError) in
            let found = try await assembly.review.record(record.record, kind: kind, in: place)
            return try await assembly.review.create(found, in: place)
        }
        common.answer(result) { "The record \(record.record) has the account of \($0) now." }
    }
}

/// `muster review merge`: two accounts of one person become one.
struct ReviewMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make two accounts of one person one: the first is suspended, the second stays.",
        discussion: """
            Links, classes and rights of the first become the second's, and its address a former \
            one of the second.
            """
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Argument(help: "The e-mail address of the account that is given up.")
    var email: String

    @Argument(help: "The e-mail address of the account that stays.")
    var into: String

    @Flag(help: "The MIS has this person twice at one school.")
    var samePerson = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(school)
        let result = try await assembly.reviewed { () throws(ReviewError) in
            try await assembly.review.merge(
                email,
                into: into,
                in: place,
                isSamePerson: samePerson
            )
        }
        common.answer(result) { "\(email) is one with \($0) now, and suspended." }
    }
}

/// `muster review ignore`: a record needs nobody for now.
struct ReviewIgnoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ignore",
        abstract:
            "Neither list nor count a record until a day, or until it waits for another reason."
    )

    @OptionGroup var record: RecordArguments

    @Option(help: "Why, in a few words; shown with --all.")
    var because: String?

    @Option(help: "The first day on which it waits again, as 2026-09-01.")
    var until: String?

    @Flag(help: "List and count it again.")
    var lift = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if lift, because != nil || until != nil {
            throw ValidationError("--lift goes with neither --because nor --until.")
        }
        if !lift, because == nil { throw ValidationError("Say why with --because TEXT.") }
    }

    func run() async throws {
        var day: Day?
        if let until {
            guard until.utf8.count == 10, let given = Day(until) else {
                throw Failure.usage("\(until.brief) is no day; give one as 2026-09-01.")
            }
            day = given
        }
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(record.school)
        let kind = try record.personKind()
        let (found, dismissal) = try await assembly.reviewed {
            () throws(ReviewError) -> (UnlinkedRecord, Dismissal?) in
            let review = assembly.review
            let found = try await review.record(record.record, kind: kind, in: place)
            guard let because else {
                try await review.lift(found, in: place)
                return (found, nil)
            }
            return (found, try await review.dismiss(found, because: because, until: day, in: place))
        }
        common.answer(
            json: { member in
                member.member("record", record.record)
                member.dismissal(dismissal)
            },
            text: {
                guard let dismissal else { return "The record \(record.record) waits again." }
                return Self.text(found, dismissal)
            }
        )
    }

    /// What is done, and for how long: until a day, or while the record waits for the same reason.
    private static func text(_ record: UnlinkedRecord, _ dismissal: Dismissal) -> String {
        let name = "The record \(record.observation.key.id)"
        if let day = dismissal.until { return "\(name) is ignored until \(day)." }
        let why = record.reason.words(of: record.observation.key.kind)
        let text = "\(name) is ignored for as long as it waits because \(why)"
        guard record.reason == .namesakeAfterRenumbering else { return "\(text)." }
        return "\(text); that account is suspended like anybody's whom two complete syncs miss."
    }
}
