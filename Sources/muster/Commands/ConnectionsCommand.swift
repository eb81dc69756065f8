import Accounts
import ArgumentParser
import JSON
import Muster
import Roster

/// `muster connections`: what is connected, and what an operator does to it.
struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections",
        abstract: "List the connections, or change one.",
        subcommands: [
            ConnectionListCommand.self, ConnectionRenameCommand.self,
            ConnectionRotateCommand.self, ConnectionRevokeCommand.self,
            ConnectionRemoveCommand.self, ConnectionScheduleCommand.self,
        ],
        defaultSubcommand: ConnectionListCommand.self
    )
}

/// `muster connections list`, also without the word.
struct ConnectionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the connections."
    )

    @OptionGroup var common: CommonOptions

    /// A connection with what is not in it.
    struct Row {
        let connection: Connection
        let isRevoked: Bool
        /// Why the last sync failed, where that read nobody or not everybody; nil where it did not.
        let trouble: String?
        /// Why the last sync of everybody cannot tell who left; nil where its lists were whole.
        let shortList: String?
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        var rows: [Row] = []
        try await assembly.stored { () throws(StoreError) in
            for connection in try await assembly.store.connections() {
                let sealed = try await assembly.store.sealedSecret(of: connection.id)
                let runs = try await assembly.store.runs(of: connection.id, limit: 20)
                // An approval asks the school nothing.
                let last = runs.first { $0.endedAt != nil && $0.kind != .approval }
                let full = try await assembly.store.newestRun(of: connection.id, .full)
                rows.append(
                    Row(
                        connection: connection,
                        isRevoked: sealed == nil,
                        trouble: last?.state == .failed ? last?.trouble : nil,
                        shortList: full?.shortList
                    )
                )
            }
        }
        common.answer(
            json: { member in
                member.array("connections") { list in
                    for row in rows { list.object { $0.connection(row) } }
                }
            },
            text: { Self.text(rows) }
        )
    }

    private static func text(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "Nothing is connected; begin with `muster connect`." }
        var table = TextTable(header: [
            "connection", "kind", "tenant", "school", "mis", "token", "synced",
        ])
        for row in rows {
            let connection = row.connection
            let schools = connection.schools.map { "\($0.name) (\($0.id))" }
            table.add([
                connection.name, connection.kind, connection.tenant.name,
                schools.joined(separator: ", "), connection.capabilities.provider ?? "",
                row.isRevoked ? "revoked" : "sealed", ScheduleText.words(for: connection.schedule),
            ])
        }
        let remarks = rows.flatMap { row in
            let trouble = row.trouble.map { "the last sync failed: \($0)" }
            let short = row.shortList.map {
                "the last sync of everybody cannot tell who left: \($0)"
            }
            return ([trouble, short].compactMap(\.self) + row.connection.withdrawn.map(\.sentence))
                .map { TerminalText.line("\(row.connection.name): \($0)") }
        }
        return ([table.text] + remarks).joined(separator: "\n")
    }
}

/// `muster connections rename OLD NEW`.
struct ConnectionRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a connection another name."
    )

    @Argument(help: "The connection's name.")
    var old: String

    @Argument(help: "Its new name.")
    var new: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard ConnectionName.isUsable(new) else {
            throw ValidationError(ConnectionName.rule(for: "The new name"))
        }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(old)
        if new != connection.name { try await assembly.schools().refuse(name: new) }
        try await assembly.stored { () throws(StoreError) in
            try await assembly.store.rename(connection.id, to: new)
        }
        common.answerDone(new, "\(old) is called \(new) now.")
    }
}

/// `muster connections rotate NAME --token-file F`.
struct ConnectionRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give a connection a new token, once the school takes it."
    )

    @Argument(help: "The connection's name.")
    var name: String

    @Option(help: "A file that holds the new token.")
    var tokenFile: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let token = try TokenFile(path: tokenFile).token()
        let assembly = try await Assembly.open(common)
        try await assembly.rotate(try await assembly.connection(name), to: token)
        common.answerDone(name, "\(name) uses the new token now; the old one may be withdrawn.")
    }
}

/// `muster connections revoke NAME`.
struct ConnectionRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Forget a connection's token; nothing is asked until a new one is given."
    )

    @Argument(help: "The connection's name.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(name)
        try await assembly.stored { () throws(StoreError) in
            try await assembly.store.setSealedSecret(nil, of: connection.id)
        }
        common.answerDone(name, "The token of \(name) is forgotten; withdraw it at Wonde too.")
    }
}

/// `muster connections remove NAME`.
struct ConnectionRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a connection; accounts and their history stay."
    )

    @Argument(help: "The connection's name.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(name)
        try await assembly.stored { () throws(StoreError) in
            try await assembly.store.remove(connection.id)
        }
        common.answerDone(name, "\(name) is removed; its accounts stay.")
    }
}

extension CommonOptions {
    fileprivate func answerDone(_ name: String, _ sentence: String) {
        answer(json: { $0.member("connection", name) }, text: { sentence })
    }
}
