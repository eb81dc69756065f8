import Accounts
import ArgumentParser
import Foundation
import JSON
import Muster
import Roster
import Sealing
import WondeSource

/// `muster connect wonde`: asks the school what it is and grants, and keeps the connection.
struct ConnectWondeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wonde",
        abstract: "Connect a school through Wonde."
    )

    @Option(help: "A name for the connection, unique in the store.")
    var name: String

    @Option(help: "Wonde's id of the school, such as A1000000001.")
    var schoolID: String

    @Option(help: "A file that holds the school's token.")
    var tokenFile: String

    @Option(
        name: .customLong("base-url"),
        help: "An origin to ask instead of Wonde's own, without /v1.0."
    )
    var baseURL: String?

    @Option(help: "The MIS behind the school, where you know better than Wonde says.")
    var provider: String?

    @Option(help: "The customer the accounts belong to (default: default).")
    var tenant: String?

    @Option(help: "The people to bring, with commas: staff, students, contacts.")
    var people = "staff"

    @Option(help: "More fields to ask for, with commas: address.")
    var also: String?

    @Option(help: "Whom the hierarchy of a person lists: managers or reports.")
    var hierarchy = "managers"

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let wanted = try wondeSettings()
        let token = try TokenFile(path: tokenFile).token()
        let assembly = try await Assembly.open(common, makingStore: true)
        let connection = try await assembly.connect(
            name,
            of: tenant.map { TenantID($0) } ?? .standard,
            by: wanted,
            people: try kinds(),
            token: token
        )
        for line in GrantReport(connection, asked: wanted.fields).lines { Console.say(line) }
        try await warnOfDoubles(of: connection, assembly)
        answer(connection)
    }

    /// Two connections of one school give everybody each class twice.
    private func warnOfDoubles(
        of connection: Connection,
        _ assembly: Assembly
    ) async throws(Failure) {
        let others = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.connections()
        }
        let ids = Set(connection.schools.map(\.id))
        let doubles = others.filter { other in
            other.id != connection.id && other.tenant == connection.tenant
                && other.schools.contains { ids.contains($0.id) }
        }
        guard let double = doubles.first else { return }
        Console.say(
            "The connection \(double.name) reaches the same school, so everybody will have each class"
                + " twice; remove one with `muster connections remove NAME`."
        )
    }

    private func answer(_ connection: Connection) {
        common.answer(
            json: { member in
                member.member("connection", connection.name)
                member.array("schools") { schools in
                    for school in connection.schools {
                        schools.object { $0.school(school) }
                    }
                }
            },
            text: {
                let schools = connection.schools.map { "\($0.name) (\($0.id))" }
                let list = TerminalText.line(schools.joined(separator: ", "))
                return "Connected \(connection.name): \(list).\n"
                    + "Next: muster sync \(connection.name)"
            }
        )
    }
}

// The options, understood.
extension ConnectWondeCommand {
    private func wondeSettings() throws(Failure) -> WondeSettings {
        try checkName()
        var settings = WondeSettings(schoolID: schoolID)
        settings.baseURL = baseURL
        settings.provider = provider
        for field in Self.words(also ?? "") {
            switch field {
            case "address": settings.fields.insert(.address)
            case "photo":
                throw .usage("Photos are not there yet; leave photo out of --also.")
            default:
                throw .usage("--also cannot be \(field.brief); choose address.")
            }
        }
        // Whose parents they are is in the records of pupils.
        if try kinds().isSuperset(of: [.student, .contact]) { settings.fields.insert(.contacts) }
        guard let direction = WondeSettings.HierarchyDirection(rawValue: hierarchy) else {
            throw .usage("--hierarchy cannot be \(hierarchy.brief); choose managers or reports.")
        }
        settings.hierarchy = direction
        return settings
    }

    private func checkName() throws(Failure) {
        guard ConnectionName.isUsable(name) else {
            throw .usage(ConnectionName.rule(for: "--name"))
        }
        guard tenant?.isEmpty != true else {
            throw .usage("--tenant cannot be empty; name the customer, or leave it out.")
        }
    }

    private func kinds() throws(Failure) -> Set<PersonKind> {
        let choice = "choose of staff, students and contacts"
        var kinds: Set<PersonKind> = []
        for word in Self.words(people) {
            switch word {
            case "staff": kinds.insert(.staff)
            case "students": kinds.insert(.student)
            case "contacts": kinds.insert(.contact)
            default: throw .usage("--people cannot be \(word.brief); \(choice).")
            }
        }
        guard !kinds.isEmpty else { throw .usage("--people names nobody; \(choice).") }
        return kinds
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).joined() }
            .filter { !$0.isEmpty }
    }
}
