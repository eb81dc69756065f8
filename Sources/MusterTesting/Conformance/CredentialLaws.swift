import Accounts
import Roster

extension AccountStoreConformance {
    /// The laws of passwords, links to set them and mails, for a store that keeps these as well.
    ///
    ///     @Test(arguments: AccountStoreConformance.credentialLaws)
    ///     func `the store keeps the law`(_ law: ConformanceLaw) async throws {
    ///         try await law.check(credentials: { try MyStore() })
    ///     }
    public static let credentialLaws: [ConformanceLaw] =
        passwordLaws + redemptionLaws + consequenceLaws + mailLaws + outboxLaws + invitationLaws
        + [randomCredentials(seeds: 1...4, steps: 120)]

    static let passwordLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "where no password was ever set there is none") { desk in
            try await desk.open()
            for account in [1, 99] as [Int64] {
                let id = AccountID(account)
                try await desk.store.noteFailure(of: id, at: Timestamp(milliseconds: 1))
                try await desk.store.noteSuccess(of: id, replacing: "", by: "$new$")
                try requireEqual(try await desk.password(of: account), nil, "of \(account)")
            }
            try requireEqual(try await desk.credential(), .none, "the credential")
        },
        ConformanceLaw(credentials: "the credential follows from what is kept") { desk in
            try await desk.open()
            try await desk.issue(desk.link(1, .reset))
            try requireEqual(try await desk.credential(), .none, "with a link to reset")
            try await desk.issue(desk.link(2))
            try requireEqual(try await desk.credential(), .firstLogin, "with a link")
            try requireEqual(
                try await desk.counts(desk.link(2), at: CredentialBench.expiry),
                false,
                "whether the link counts for ever"
            )
            try await desk.setRule(.never)
            try requireEqual(try await desk.credential(), .ssoOnly, "where the rule is never")
            try await desk.setRule(.host)
            try requireEqual(try await desk.credential(), .firstLogin, "where the rule is host")
            try await desk.setPassword(3)
            try requireEqual(try await desk.credential(), .set, "with a password")
            try await desk.setRule(.never)
            try requireEqual(try await desk.credential(), .ssoOnly, "of a tenant that has none")
            try await desk.change { $0.credential = .host }
            try requireEqual(try await desk.credential(), .host, "with one at the host")
        },
        ConformanceLaw(credentials: "what is written of a credential is only the host's") { desk in
            try await desk.open()
            for credential in Credential.allCases where credential != .host {
                try await desk.change { $0.credential = credential }
                try requireEqual(try await desk.credential(), .none, "of \(credential)")
            }
            try await desk.change { $0.credential = .host }
            try await desk.change { $0.credential = .none }
            try requireEqual(try await desk.credential(), .none, "the host's no more")
        },
        ConformanceLaw(credentials: "failures count until the right password is given") { desk in
            try await desk.open()
            try await desk.setPassword(1, to: "$old$")
            let id = AccountID(1)
            for at in [5, 9, 7] as [Int64] {
                try await desk.store.noteFailure(of: id, at: Timestamp(milliseconds: at))
            }
            var expected = StoredPassword(
                account: id,
                hash: "$old$",
                setAt: Timestamp(milliseconds: 1)
            )
            expected.failures = 3
            expected.failedAt = Timestamp(milliseconds: 9)
            try requireEqual(try await desk.password(), expected, "after failures")
            let version = try await desk.bench.account(1).version
            try requireEqual(version, 1, "the version of the account")
            try await desk.store.noteSuccess(of: id, replacing: "$other$", by: "$new$")
            try requireEqual(try await desk.password(), expected, "of another password")
            try await desk.store.noteSuccess(of: id, replacing: "$old$", by: nil)
            expected.failures = 0
            expected.failedAt = nil
            try requireEqual(try await desk.password(), expected, "after success")
            let stamp = desk.bench.store.stamp
            try await desk.store.noteSuccess(of: id, replacing: "$old$", by: nil)
            try await desk.store.noteSuccess(of: id, replacing: "$old$", by: "$old$")
            try requireEqual(desk.bench.store.stamp, stamp, "the stamp where nothing is news")
            try await desk.store.noteSuccess(of: id, replacing: "$old$", by: "$new$")
            expected.hash = "$new$"
            try requireEqual(try await desk.password(), expected, "with a stronger hash")
        },
        ConformanceLaw(credentials: "a dossier shows the credential and nothing else of it") {
            desk in
            try await desk.open()
            let id = AccountID(1)
            let before = try requirePresent(try await desk.bench.store.dossier(of: id), "before")
            try await desk.issue(desk.link(1))
            try await desk.store.add(desk.mail("m"))
            try await desk.request("1@school.example")
            var after = try requirePresent(try await desk.bench.store.dossier(of: id), "after")
            try requireEqual(after.summary.account.credential, .firstLogin, "the credential")
            after.summary.account.credential = before.summary.account.credential
            try requireEqual(after, before, "the dossier")
        },
        ConformanceLaw(credentials: "of who is erased no password, link, mail or request is left") {
            desk in
            for id in [1, 2] as [Int64] {
                try await desk.open(id)
                try await desk.setPassword(UInt8(id), of: id)
                try await desk.issue(desk.link(UInt8(10 + id), of: id, .reset))
                try await desk.store.add(desk.mail("m\(id)", to: id))
                try await desk.request("\(id)@school.example")
            }
            try await desk.bench.apply {
                $0.formerEmails = [
                    FormerEmail(account: AccountID(1), email: "old@school.example")
                ]
            }
            try await desk.request("old@school.example")
            try await desk.request("1@school.example", tenant: desk.bench.stranger)
            let at = Timestamp(milliseconds: 9)
            _ = try await desk.bench.store.erase(AccountID(1), of: .standard, at: at)
            try requireEqual(try await desk.password(), nil, "her password")
            let link = try await desk.counts(desk.link(11, .reset))
            try requireEqual(link, false, "her link")
            let issues = try await desk.store.issues(
                of: .firstLogin,
                for: AccountID(1),
                since: Timestamp(milliseconds: 0)
            )
            try requireEqual(issues, [], "when links were made")
            try requireEqual(try await desk.taken(), ["12", "m2"], "the mails")
            try requireEqual(try await desk.states(), [.waiting: 2, .dropped: 1], "their states")
            try requireEqual(
                try await desk.store.requests(limit: 9).map(\.email),
                ["2@school.example", "1@school.example"],
                "the requests"
            )
            try requireEqual(try await desk.password(of: 2)?.hash, "$one$", "of somebody else")
            let other = try await desk.counts(desk.link(12, of: 2, .reset))
            try requireEqual(other, true, "the link of somebody else")
        },
    ]
}
