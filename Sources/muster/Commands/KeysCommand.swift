import Accounts
import ArgumentParser
import Foundation
import JSON
import Muster
import MusterServer
import Roster
import Sealing

/// `muster keys`: what applications show to a daemon.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the keys of applications, make one, or take one back.",
        subcommands: [
            KeyListCommand.self, KeyCreateCommand.self, KeyRevokeCommand.self,
        ],
        defaultSubcommand: KeyListCommand.self
    )
}

/// `muster keys list`, also without the word.
struct KeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys; never what they are."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let keys = try await assembly.stored { () throws(StoreError) in
            try await assembly.access.keys()
        }
        let uses = try await assembly.stored { () throws(StoreError) in
            try await assembly.access.keyUses()
        }
        common.answer(
            json: { member in
                member.array("keys") { list in
                    for key in keys { list.object { $0.accessKey(key, uses) } }
                }
            },
            text: { Self.text(keys, uses) }
        )
    }

    private static func text(_ keys: [AccessKey], _ uses: [String: Timestamp]) -> String {
        guard !keys.isEmpty else { return "There are no keys; make one with `muster keys create`." }
        var table = TextTable(header: [
            "key", "kind", "tenant", "scopes", "fields", "created", "last used", "expires",
        ])
        for key in keys {
            table.add([
                key.name, key.kindWord, key.tenant.name, key.scopeWords.joined(separator: ","),
                key.fields.map { $0.sorted().joined(separator: ",") } ?? "all",
                key.createdAt.iso8601, key.lastUse(in: uses)?.iso8601 ?? "never",
                key.expiresAt?.iso8601 ?? "never",
            ])
        }
        return table.text
    }
}

/// `muster keys create NAME`.
struct KeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key for an application; it is shown this once."
    )

    @Argument(help: "The key's name, for example the application's.")
    var name: String

    @Option(help: "The tenant whose schools and people it reaches.")
    var tenant = TenantID.standard.name

    @Option(help: "What it may ask for, with commas: logins, passwords, accounts, admin.")
    var scopes = AccessScope.logins.rawValue

    @Option(
        help:
            "The members of an account that it sees besides the id, with commas; all of them without it."
    )
    var fields: String?

    @Option(help: "After how many days it counts no more.")
    var expires: Int?

    @Flag(help: "Make a signing key, for hooks in the form of Standard Webhooks.")
    var signing = false

    @Option(help: "A file that holds the signing secret, where the sender made it.")
    var secretFile: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard ConnectionName.isUsable(name) else {
            throw ValidationError(ConnectionName.rule(for: "The key's name"))
        }
        guard ConnectionName.isUsable(tenant) else {
            throw ValidationError(ConnectionName.rule(for: "The tenant"))
        }
        if let expires, !(1...36_500).contains(expires) {
            throw ValidationError("--expires takes days, from 1 to 36500.")
        }
        if secretFile != nil, !signing {
            throw ValidationError("--secret-file goes with --signing.")
        }
        guard try chosenScopes() == [.logins] || !signing else {
            throw ValidationError(
                "--signing goes with --scopes logins only; make a bearer key for the rest."
            )
        }
        _ = try chosenFields()
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let now = assembly.workshop.clock.now()
        let (text, proof) = try proof(in: assembly)
        var key = AccessKey(
            name: name,
            tenant: TenantID(tenant),
            scopes: try chosenScopes(),
            createdAt: now,
            proof: proof
        )
        key.fields = try chosenFields()
        key.expiresAt = expires.map { now.advanced(by: .seconds($0 * 86_400)) }
        let made = key
        try await assembly.stored { () throws(StoreError) in
            try await assembly.access.addKey(made)
        }
        common.answer(json: { $0.member("key", text.revealed()) }, text: { text.revealed() })
    }

    /// What the application gets, and what is kept of it.
    private func proof(in assembly: Assembly) throws(Failure) -> (Secret, AccessProof) {
        guard signing else {
            let key = BearerKey.make()
            return (Secret(key), .bearer(digest: BearerKey.digest(of: key)))
        }
        let secret = try signingSecret().text
        do throws(SealError) {
            let sealed = try assembly.keyFile.sealMakingKey()
                .seal(secret, tenant: TenantID(tenant), keyName: name)
            return (secret, .signature(sealed: sealed))
        } catch {
            throw Failure(error)
        }
    }

    private func signingSecret() throws(Failure) -> WebhookSecret {
        guard let secretFile else { return WebhookSecret.make() }
        guard let secret = WebhookSecret(try TokenFile(path: secretFile).token().revealed()) else {
            throw .badFile(
                "The file \(secretFile) holds no signing secret; it must be whsec_ and 24 to 64"
                    + " bytes in base64."
            )
        }
        return secret
    }

    private func chosenScopes() throws -> Set<AccessScope> {
        var chosen: Set<AccessScope> = []
        let names = AccessScope.allCases.map(\.rawValue).joined(separator: ", ")
        for word in scopes.split(separator: ",") {
            guard let scope = AccessScope(rawValue: String(word)) else {
                throw ValidationError(
                    "--scopes cannot be \(String(word).brief); choose from \(names)."
                )
            }
            chosen.insert(scope)
        }
        guard !chosen.isEmpty else {
            throw ValidationError("--scopes needs one of \(names).")
        }
        return chosen
    }

    private func chosenFields() throws -> Set<String>? {
        guard let fields else { return nil }
        let known = JSONObjectWriter.accountMembers
        var chosen: Set<String> = []
        for word in fields.split(separator: ",") where word != "id" {
            guard known.contains(String(word)) else {
                throw ValidationError(
                    "--fields cannot be \(String(word).brief); choose from"
                        + " \(known.joined(separator: ", "))."
                )
            }
            chosen.insert(String(word))
        }
        return chosen
    }
}

/// `muster keys revoke NAME`.
struct KeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a key back; it counts no more from now on."
    )

    @Argument(help: "The key's name.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let isGone = try await assembly.stored { () throws(StoreError) in
            try await assembly.access.removeKey(named: name)
        }
        guard isGone else {
            throw Failure(
                code: "unknownKey",
                sentence: "There is no key called \(name.brief); see which there are with"
                    + " `muster keys`.",
                status: ExitStatus.badUse
            )
        }
        common.answer(
            json: { $0.member("name", name) },
            text: { "The key \(name) counts no more." }
        )
    }
}

extension AccessKey {
    fileprivate var kindWord: String {
        switch proof {
        case .bearer: "bearer"
        case .signature: "signing"
        }
    }

    /// When it was used last, to the minute; a key of the same name that is gone does not count.
    fileprivate func lastUse(in uses: [String: Timestamp]) -> Timestamp? {
        uses[name].flatMap { $0 >= createdAt ? $0 : nil }
    }

    fileprivate var scopeWords: [String] { scopes.map(\.rawValue).sorted() }
}

extension JSONObjectWriter {
    fileprivate mutating func accessKey(_ key: AccessKey, _ uses: [String: Timestamp]) {
        member("name", key.name)
        member("kind", key.kindWord)
        member("tenant", key.tenant.name)
        member("scopes", key.scopeWords)
        if let fields = key.fields { member("fields", fields.sorted()) } else { null("fields") }
        member("createdAt", key.createdAt.iso8601)
        member("expiresAt", key.expiresAt?.iso8601)
        member("lastUsedAt", key.lastUse(in: uses)?.iso8601)
    }
}
