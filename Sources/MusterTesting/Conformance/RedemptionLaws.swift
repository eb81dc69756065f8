import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of links, and of who uses one up.
    static let redemptionLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "a link counts until it expires, and reads back as made") {
            desk in
            try await desk.open()
            for var link in [desk.link(1), desk.link(2, .reset, at: 7)] {
                if link.purpose == .reset { link.run = RunID(70) }
                try await desk.issue(link)
                let last = Timestamp(milliseconds: CredentialBench.expiry - 1)
                let found = try await desk.store.token(digest: link.digest, at: last)
                try requireEqual(found, link, "the link")
                let late = try await desk.counts(link, at: CredentialBench.expiry)
                try requireEqual(late, false, "whether it counts when it has expired")
                let owner = try await desk.redeem(link, at: CredentialBench.expiry)
                try requireEqual(owner, nil, "whose password it sets then")
            }
            try requireEqual(try await desk.counts(desk.link(3)), false, "a link nobody made")
        },
        ConformanceLaw(credentials: "no link is made for whom it is not meant") { desk in
            try await desk.open()
            try await desk.open(2)
            try await desk.bench.open(.named("A", "B", id: 3, tenant: desk.bench.stranger))
            try await desk.issue(desk.link(1))
            try await desk.change(2) { $0.status = .suspended(by: .sync) }
            var elsewhere = desk.carrying(desk.link(9))
            elsewhere.address = "2@school.example"
            let refused: [(PasswordToken, OutboxMail, String)] = [
                (desk.link(9), elsewhere, "another address"),
                (desk.link(9), desk.mail("9", tenant: desk.bench.stranger), "another tenant"),
                (desk.link(9), desk.carrying(desk.link(9, of: 3)), "another account"),
                (desk.link(9, of: 2), desk.carrying(desk.link(9, of: 2)), "who is suspended"),
                (desk.link(9, of: 99), desk.carrying(desk.link(9, of: 99)), "nobody"),
            ]
            for (link, mail, whose) in refused {
                let isMade = try await desk.store.issue(link, in: mail)
                try requireEqual(isMade, false, "whether it is made for \(whose)")
                try requireEqual(try await desk.counts(link), false, "the link for \(whose)")
            }
            try requireEqual(try await desk.counts(desk.link(1)), true, "the link from before")
            try requireEqual(try await desk.states(), [.waiting: 1], "the mails")
            let strangers = try await desk.states(of: desk.bench.stranger)
            try requireEqual(strangers, [:], "the mails of another tenant")
        },
        ConformanceLaw(credentials: "nobody gets a password who signs in elsewhere") { desk in
            try await desk.open()
            try await desk.issue(desk.link(1))
            try await desk.setRule(.never)
            let isMade = try await desk.store.issue(desk.link(2), in: desk.carrying(desk.link(2)))
            try requireEqual(isMade, false, "whether a link is made")
            try requireEqual(try await desk.counts(desk.link(1)), false, "whether one counts")
            try requireEqual(try await desk.redeem(desk.link(1)), nil, "whose password it sets")
            try requireEqual(try await desk.password(), nil, "the password")
            try await desk.setRule(.muster)
            try requireEqual(try await desk.counts(desk.link(1)), true, "after the rule is lifted")
        },
        ConformanceLaw(credentials: "one link of a purpose counts, and no mail carries another") {
            desk in
            try await desk.open()
            try await desk.open(2)
            for link in [desk.link(1), desk.link(2, .reset), desk.link(3, of: 2), desk.link(4)] {
                try await desk.issue(link)
            }
            let counting = try await [
                desk.counts(desk.link(1)), desk.counts(desk.link(2, .reset)),
                desk.counts(desk.link(3, of: 2)), desk.counts(desk.link(4)),
            ]
            try requireEqual(counting, [false, true, true, true], "which ones count")
            try requireEqual(try await desk.redeem(desk.link(1)), nil, "what the first sets")
            let isWaiting = try await desk.store.isWaiting(mail: "1")
            try requireEqual(isWaiting, false, "whether the first one's mail waits")
            let mails = try await desk.take()
            try requireEqual(mails.map(\.id), ["2", "3", "4"], "the mails")
            var expected = desk.carrying(desk.link(4))
            expected.attempts = 1
            try requireEqual(mails.last, expected, "the newest mail")
            try requireEqual(try await desk.states()[.dropped], 1, "how many were dropped")
        },
        ConformanceLaw(credentials: "a link that was made once is not made again") { desk in
            try await desk.open()
            try await desk.open(2)
            try await desk.issue(desk.link(1))
            try await requireRefusal(.stale, "a taken digest") { () throws(StoreError) in
                var mail = desk.carrying(desk.link(1, of: 2))
                mail.id = "other"
                _ = try await desk.store.issue(desk.link(1, of: 2), in: mail)
            }
            try await requireRefusal(.stale, "a taken name") { () throws(StoreError) in
                var mail = desk.carrying(desk.link(2))
                mail.id = "1"
                _ = try await desk.store.issue(desk.link(2), in: mail)
            }
            try requireEqual(try await desk.counts(desk.link(1)), true, "the link")
            try requireEqual(try await desk.taken(), ["1"], "the mails")
        },
        ConformanceLaw(credentials: "of many who use a link at once, one does") { desk in
            try await desk.open()
            try await desk.issue(desk.link(1))
            let link = desk.link(1)
            let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let owner = try await desk.redeem(link, for: "$\(number)$")
                        return owner.map { _ in "$\(number)$" }
                    }
                }
                return try await group.reduce(into: [String]()) { all, one in
                    all += [one].compactMap(\.self)
                }
            }
            try requireEqual(winners.count, 1, "how many did")
            try requireEqual(try await desk.password()?.hash, winners.first, "the password")
            try requireEqual(try await desk.rowsOfCredentials().count, 1, "the rows of history")
        },
        ConformanceLaw(credentials: "who uses a link has a password, no other link, and a row") {
            desk in
            try await desk.open()
            try await desk.setPassword(1, to: "$old$", at: 1)
            try await desk.store.noteFailure(of: AccountID(1), at: Timestamp(milliseconds: 3))
            try await desk.issue(desk.link(2, .reset))
            try await desk.issue(desk.link(3))
            let news = desk.mail("changed", to: 2, tenant: desk.bench.stranger)
            let owner = try await desk.store.redeem(
                digest: desk.link(3).digest,
                for: "$new$",
                telling: { account in account.credential == .set ? news : desk.mail("wrong") },
                at: Timestamp(milliseconds: 5)
            )
            try requireEqual(owner?.value, 1, "whose password it is")
            let expected = StoredPassword(
                account: AccountID(1),
                hash: "$new$",
                setAt: Timestamp(milliseconds: 5)
            )
            try requireEqual(try await desk.password(), expected, "the password")
            for link in [desk.link(2, .reset), desk.link(3)] {
                try requireEqual(try await desk.counts(link), false, "link \(link.digest[0])")
                try requireEqual(try await desk.redeem(link), nil, "what it sets now")
            }
            let mails = try await desk.take()
            try requireEqual(mails.map(\.id), ["changed"], "the mails")
            try requireEqual(mails.first?.account.value, 1, "the account of the mail")
            try requireEqual(mails.first?.tenant, .standard, "the tenant of the mail")
            try requireEqual(mails.first?.address, "1@school.example", "the address of the mail")
            let rows = try await desk.rowsOfCredentials()
            try requireEqual(rows.map(\.cause), [.person, .person], "the causes")
            try requireEqual(rows.last?.at.milliseconds, 5, "the time of the row")
            let words = rows.map { [$0.entry.from, $0.entry.to] }
            try requireEqual(words, [["firstLogin", "set"], ["set", "set"]], "the rows")
        },
        ConformanceLaw(credentials: "a password at the host is not kept here") { desk in
            try await desk.open()
            try await desk.setPassword(1)
            let planned = try await desk.bench.account(1)
            try await desk.issue(desk.link(2))
            try requireEqual(try await desk.redeem(desk.link(2), for: nil), 1, "whose it is")
            try requireEqual(try await desk.password(), nil, "what is kept of it")
            try requireEqual(try await desk.credential(), .host, "the credential")
            try await requireRefusal(.stale, "a plan from before") { () throws(StoreError) in
                try await desk.bench.change(planned, to: planned.with { $0.phone = "1" })
            }
            try await desk.setPassword(3, to: "$back$")
            try requireEqual(try await desk.credential(), .set, "the credential, back here")
            let words = try await desk.rowsOfCredentials().map(\.entry.to)
            try requireEqual(words, ["set", "host", "set"], "the rows")
        },
        ConformanceLaw(credentials: "when links were made is told whatever became of them") {
            desk in
            try await desk.open()
            try await desk.open(2)
            for (number, at) in [(1, 5), (2, 9), (3, 7)] as [(UInt8, Int64)] {
                try await desk.issue(desk.link(number, at: at))
            }
            try await desk.issue(desk.link(4, .reset, at: 6))
            try await desk.issue(desk.link(5, of: 2, at: 6))
            _ = try await desk.redeem(desk.link(3))
            for (since, expected) in [(0, [5, 7, 9]), (7, [7, 9]), (10, [])]
                as [(Int64, [Int64])]
            {
                let found = try await desk.store.issues(
                    of: .firstLogin,
                    for: AccountID(1),
                    since: Timestamp(milliseconds: since)
                )
                try requireEqual(found.map(\.milliseconds), expected, "since \(since)")
            }
        },
    ]
}
