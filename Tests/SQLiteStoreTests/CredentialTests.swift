import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// What the file holds of passwords and links, and what keeping them costs.
@Suite struct `Passwords in the store` {
    private let folder: TemporaryFolder
    private let statements = StatementLog()
    private let store: SQLiteStore

    init() async throws {
        folder = try TemporaryFolder()
        store = try folder.store { [statements] in
            $0.readers = 1
            $0.statementTrace = statements.note
        }
    }

    @Test func `of links and passwords that are done nothing is left in the files`() async throws {
        try await store.fill(90)
        // On some systems it is so without being asked for.
        #expect(statements.taken().contains("PRAGMA secure_delete = ON"))
        for number in 1...90 { try await store.issueLink(number) }
        let mails = try await store.takeMails(dueAt: .example, until: .example, limit: 99)
        #expect(mails.count == 90)
        for number in 1...90 {
            let mail = try #require(mails.first { $0.account.value == number })
            #expect(mail.sealed == Array("sealed link \(number) of 90".utf8))
            switch number % 3 {
            case 0: try await store.settle(mail.with(.sent))
            case 1: try await store.redeemLink(number, for: "$scrypt$old of \(number)$")
            default: try await store.suspend(number)
            }
        }
        for number in stride(from: 1, through: 90, by: 3) {
            let (old, new) = ("$scrypt$old of \(number)$", "$scrypt$stronger of \(number)$")
            try await store.noteSuccess(of: AccountID(Int64(number)), replacing: old, by: new)
            try await store.issueLink(number, again: true)
            try await store.redeemLink(number, again: true, for: "$scrypt$living of \(number)$")
        }
        let bytes = try await filesAfterCheckpoint()
        for number in 1...90 {
            for gone in ["sealed link \(number) of", "old of \(number)$", "stronger of \(number)$"]
            {
                #expect(bytes.range(of: Data(gone.utf8)) == nil, "\(gone)")
            }
            let living = bytes.range(of: Data("$scrypt$living of \(number)$".utf8))
            #expect((living != nil) == (number % 3 == 1), "\(number)")
        }
    }

    /// All bytes of the store and of its log.
    private func filesAfterCheckpoint() async throws -> Data {
        try await store.writer(holds: { _ = try $0.checkpoint(.truncate) })
        return try ["", "-wal", "-journal", "-traces", "-traces-wal"].reduce(into: Data()) {
            let path = folder.file() + $1
            guard FileManager.default.fileExists(atPath: path) else { return }
            $0 += try Data(contentsOf: URL(fileURLWithPath: path))
        }
    }

    @Test func `what a person did outlives a power cut, what a clerk did the process`()
        async throws
    {
        try await store.fill(1)
        let id = AccountID(1)
        let store = store
        let mail = OutboxMail.example("m", to: 1)
        let writes: [(String, Bool, @Sendable () async throws -> Void)] = [
            ("a link", true, { try await store.issueLink(1) }),
            ("a password", true, { try await store.redeemLink(1, for: "$a$") }),
            ("a pause", true, { try await store.setPaused(true, of: .standard) }),
            ("its end", true, { try await store.setPaused(false, of: .standard) }),
            ("a failure", false, { try await store.noteFailure(of: id, at: .example) }),
            (
                "a success", false,
                { try await store.noteSuccess(of: id, replacing: "$a$", by: nil) }
            ),
            (
                "a request", false,
                { try await store.add(ResetRequest(tenant: .standard, email: "", at: .example)) }
            ),
            ("an answer", false, { try await store.forget(request: 1) }),
            ("a mail", false, { try await store.add(mail) }),
            (
                "a lease", false,
                { _ = try await store.takeMails(dueAt: .example, until: .example, limit: 9) }
            ),
            ("a settlement", false, { try await store.settle(mail.with(.sent)) }),
        ]
        for (name, isSynced, write) in writes {
            _ = statements.taken()
            try await write()
            let taken = statements.taken()
            #expect(!taken.writes.isEmpty, "\(name)")
            #expect(taken.contains("PRAGMA synchronous = FULL") == isSynced, "\(name)")
        }
    }

    @Test func `what comes to nothing takes no lock`() async throws {
        try await store.fill(1)
        try await store.issueLink(1)
        try await store.redeemLink(1, for: "$a$")
        _ = try await store.takeMails(
            dueAt: .example,
            until: .example.advanced(by: .seconds(1)),
            limit: 9
        )
        _ = statements.taken()
        let id = AccountID(1)
        try await store.noteSuccess(of: id, replacing: "$a$", by: nil)
        try await store.noteSuccess(of: id, replacing: "$b$", by: "$c$")
        let owner = try await store.redeem(digest: [9], for: "$b$", telling: nil, at: .example)
        #expect(owner == nil)
        _ = try await store.takeMails(dueAt: .example, until: .example, limit: 9)
        #expect(!statements.taken().contains { $0.hasPrefix("BEGIN IMMEDIATE") })
    }

    @Test func `a sync of people without passwords asks little about passwords`() async throws {
        try await store.fill(100)
        let view = try await store.view(.everybody(100))
        var changes = ChangeSet.example(.batch)
        changes.accounts = view.accounts.values.map { before in
            AccountWrite(after: before.with { $0.status = .suspended(by: .sync) }, before: before)
        }
        _ = statements.taken()
        try await store.apply(changes)
        let tables = ["password_token", "FROM mail"]
        let asked = statements.taken().filter { text in tables.contains { text.contains($0) } }
        #expect(asked.count == 2)
    }

    @Test func `every look-up of passwords, links and mails has an index`() async throws {
        try await store.fill(3)
        _ = statements.taken()
        try await store.issueLink(1)
        try await store.issueLink(2)
        try await store.redeemLink(1, for: "$a$")
        try await store.noteFailure(of: AccountID(1), at: .example)
        try await store.noteSuccess(of: AccountID(1), replacing: "$a$", by: "$b$")
        try await store.suspend(1)
        _ = try await store.password(of: AccountID(1))
        _ = try await store.issues(of: .reset, for: AccountID(1), since: .example)
        _ = try await store.uninvited(
            in: .example,
            of: .standard,
            after: nil,
            limit: 9,
            at: .example
        )
        for mail in try await store.takeMails(dueAt: .example, until: .example, limit: 9) {
            try await store.settle(mail.with(.failed))
        }
        _ = try await store.isWaiting(mail: "link 2")
        _ = try await store.mailCounts(of: .standard)
        _ = try await store.requests(limit: 9)
        _ = try await store.forgetMails(before: .example, limit: 9)
        var merging = ChangeSet.example(.administrator)
        merging.mergers = [Merger(from: AccountID(1), into: AccountID(2))]
        try await store.apply(merging)
        _ = try await store.erase(AccountID(3), of: .standard, at: .example)
        let tables = ["password", " mail ", "reset_request", "paused_tenant"]
        let queries = Set(statements.taken().queries).filter { query in
            tables.contains { query.contains($0) }
        }
        #expect(queries.count > 25)
        try await requireIndexes(of: queries, in: store)
    }
}

/// A log that ends anywhere leaves no two links alive, and no mail without its link.
@Suite struct `Passwords that were cut off` {
    @Test func `they are as after one of the writes, wherever the log was cut`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let twin = MemoryStore()
        var moments: [Moment] = []
        for step in Moment.steps {
            try await step(store)
            try await step(twin)
            let moment = try await Moment(of: twin)
            #expect(try await Moment(of: store) == moment)
            moments.append(moment)
        }
        #expect(Set(moments).count > 8)
        let file = try Data(contentsOf: URL(fileURLWithPath: folder.file()))
        let log = try Data(contentsOf: URL(fileURLWithPath: folder.file() + "-wal"))
        var reached: Set<Moment> = []
        // A frame is a page with 24 bytes before it, behind the 32 bytes at the beginning.
        for cut in stride(from: log.count, to: 0, by: -(4096 + 24)) {
            let copy = folder.file("cut \(cut).sqlite")
            try file.write(to: URL(fileURLWithPath: copy))
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            let moment = try await Moment(of: SQLiteStore(path: copy))
            // Before the account was made there is nothing.
            guard moment != Moment() else { break }
            #expect(moments.contains(moment), "Cut after \(cut) of \(log.count) bytes: \(moment)")
            reached.insert(moment)
        }
        #expect(reached == Set(moments))
    }
}

/// All that a store holds of a person's password at one moment.
private struct Moment: Hashable {
    var credential: Credential?
    var password: StoredPassword?
    var isCounting: [Bool] = []
    var isWaiting: [Bool] = []
    var states: [MailState: Int] = [:]
    var rows = 0

    init() {}

    init(of store: some AccountStore & CredentialStore) async throws {
        guard let summary = try await store.summary(of: AccountID(1)) else { return }
        credential = summary.account.credential
        password = try await store.password(of: AccountID(1))
        for isAgain in [false, true] {
            let link = PasswordToken.example(1, again: isAgain)
            isCounting.append(try await store.token(digest: link.digest, at: .example) != nil)
            isWaiting.append(try await store.isWaiting(mail: isAgain ? "again 1" : "link 1"))
        }
        states = try await store.mailCounts(of: .standard).states
        rows = try await store.history(of: AccountID(1)).count
    }

    typealias Step = @Sendable (any AccountStore & CredentialStore) async throws -> Void

    static let steps: [Step] = [
        { store in
            var changes = ChangeSet.example(.batch)
            let account = Account.named("Amara", "Abdi", id: 1)
            changes.accounts = [AccountWrite(after: account, before: nil)]
            try await store.apply(changes)
        },
        { try await $0.issueLink(1) },
        { try await $0.issueLink(1, again: true) },
        { _ = try await $0.takeMails(dueAt: .example, until: .example, limit: 9) },
        { try await $0.redeemLink(1, again: true, for: "$one$") },
        { try await $0.noteFailure(of: AccountID(1), at: .example) },
        { try await $0.noteSuccess(of: AccountID(1), replacing: "$one$", by: "$two$") },
        { store in
            var mail = OutboxMail.example("again 1", to: 1).with(.sent)
            mail.attempts = 1
            try await store.settle(mail)
        },
        { try await $0.suspend(1) },
        { _ = try await $0.forgetMails(before: .example.advanced(by: .seconds(9)), limit: 1) },
    ]
}

extension AccountStore where Self: CredentialStore {
    /// Makes a link of account `number`, in a mail of its own.
    fileprivate func issueLink(_ number: Int, again isAgain: Bool = false) async throws {
        let link = PasswordToken.example(number, again: isAgain)
        var mail = OutboxMail.example(isAgain ? "again \(number)" : "link \(number)", to: number)
        mail.sealed = Array("sealed link \(number) of 90".utf8)
        #expect(try await issue(link, in: mail))
    }

    fileprivate func redeemLink(
        _ number: Int,
        again isAgain: Bool = false,
        for hash: String
    ) async throws {
        let link = PasswordToken.example(number, again: isAgain)
        let owner = try await redeem(
            digest: link.digest,
            for: hash,
            telling: { _ in OutboxMail.example("changed \(number)", to: number) },
            at: .example
        )
        #expect(owner == link.account)
    }

    fileprivate func suspend(_ number: Int) async throws {
        let account = try #require(try await summary(of: AccountID(Int64(number)))).account
        var changes = ChangeSet.example(.batch)
        let after = account.with {
            $0.status = .suspended(by: .sync)
            $0.email = "former-\(number)@school.example"
        }
        changes.accounts = [AccountWrite(after: after, before: account)]
        try await apply(changes)
    }
}

extension PasswordToken {
    fileprivate static func example(_ number: Int, again isAgain: Bool) -> PasswordToken {
        PasswordToken(
            digest: [UInt8(number), isAgain ? 1 : 0],
            account: AccountID(Int64(number)),
            purpose: .firstLogin,
            issuedAt: .example,
            expiresAt: .example.advanced(by: .seconds(60))
        )
    }
}

extension OutboxMail {
    fileprivate static func example(_ id: String, to account: Int) -> OutboxMail {
        OutboxMail(
            id: id,
            tenant: .standard,
            account: AccountID(Int64(account)),
            kind: .invitation,
            address: "\(account)@school.example",
            writtenAt: .example
        )
    }

    /// The same mail, having come as far as `state`.
    fileprivate func with(_ state: MailState) -> OutboxMail {
        var mail = self
        mail.state = state
        return mail
    }
}
