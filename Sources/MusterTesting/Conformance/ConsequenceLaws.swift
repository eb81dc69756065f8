import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what follows from a change set for passwords, links and mails.
    static let consequenceLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "who may not come in, moves or gains a right has no link") {
            desk in
            let changes: [(String, @Sendable (inout Account) -> Void)] = [
                ("is suspended by a sync", { $0.status = .suspended(by: .sync) }),
                ("is suspended by hand", { $0.status = .suspended(by: .administrator) }),
                ("has another address", { $0.email = "new@school.example" }),
                ("has no address", { $0.email = nil }),
                ("gains a right", { $0.privileges.insert(.init(name: "new", givenBy: nil)) }),
            ]
            for (index, (what, change)) in changes.enumerated() {
                let id = Int64(index + 1)
                let link = desk.link(UInt8(id), of: id)
                try await desk.open(id)
                try await desk.issue(link)
                let before = try await desk.bench.account(id)
                try await desk.change(id, change)
                try requireEqual(try await desk.counts(link), false, "who \(what)")
                let isWaiting = try await desk.store.isWaiting(mail: "\(id)")
                try requireEqual(isWaiting, false, "the mail of who \(what)")
                try await desk.change(id) { $0 = before.with { $0.version += 1 } }
                try requireEqual(try await desk.counts(link), false, "who \(what), put back")
                try requireEqual(try await desk.redeem(link), nil, "what sets who \(what)")
            }
            try requireEqual(try await desk.taken(), [], "the mails")
            try requireEqual(try await desk.states(), [.dropped: changes.count], "their states")
        },
        ConformanceLaw(credentials: "a link outlives what does not matter to it") { desk in
            try await desk.open()
            try await desk.change {
                $0.privileges = [.init(name: "head", givenBy: nil), .init(name: "b", givenBy: nil)]
            }
            try await desk.issue(desk.link(1))
            try await desk.change { $0.surname = "Brown" }
            try await desk.change { $0.privileges = [.init(name: "head", givenBy: nil)] }
            let key = desk.bench.staff("S1")
            try await desk.change { $0.privileges = [.init(name: "head", givenBy: key)] }
            try requireEqual(try await desk.counts(desk.link(1)), true, "whether it counts")
            try requireEqual(try await desk.taken(), ["1"], "the mails")
        },
        ConformanceLaw(credentials: "a change that is refused leaves links as they are") { desk in
            try await desk.open()
            try await desk.setPassword(1)
            try await desk.issue(desk.link(2))
            let account = try await desk.bench.account(1)
            let stale = account.with { $0.version += 7 }
            try await requireRefusal(.stale, "a stale change") { () throws(StoreError) in
                try await desk.bench.change(stale, to: stale.with { $0.email = "x@y" })
            }
            try requireEqual(try await desk.counts(desk.link(2)), true, "the link")
            try requireEqual(try await desk.taken(), ["2"], "the mails")
        },
        ConformanceLaw(
            credentials: "both addresses are told of a change, where there is a password"
        ) {
            desk in
            try await desk.open()
            try await desk.open(2)
            try await desk.setPassword(1)
            for id in [1, 2] as [Int64] {
                try await desk.change(id, at: 7) { $0.email = "new\(id)@school.example" }
            }
            let mails = try await desk.take(at: 7)
            try requireEqual(mails.map(\.id), ["address-1-2-0", "address-1-2-1"], "their names")
            try requireEqual(
                mails.map(\.address),
                ["1@school.example", "new1@school.example"],
                "where they go"
            )
            for mail in mails {
                try requireEqual(mail.kind, .addressChanged, "the kind")
                try requireEqual(mail.account.value, 1, "whose they are")
                try requireEqual(mail.dueAt.milliseconds, 7, "when they are due")
                try requireEqual(mail.token, nil, "the link in it")
                try await desk.settle(mail, .sent)
            }
            try await desk.change(at: 8) { $0.email = nil }
            let last = try await desk.take(at: 8).map { [$0.id, $0.address] }
            try requireEqual(last, [["address-1-3-0", "new1@school.example"]], "the last one")
        },
        ConformanceLaw(credentials: "an address that somebody else has now is not told") { desk in
            for id in [1, 2, 3] as [Int64] { try await desk.open(id) }
            for id in [1, 2] as [Int64] { try await desk.setPassword(UInt8(id), of: id) }
            let first = try await desk.bench.account(1)
            let second = try await desk.bench.account(2)
            let third = try await desk.bench.account(3)
            try await desk.bench.apply(at: 1) {
                $0.accounts = [
                    AccountWrite(after: first.with { $0.email = nil }, before: first),
                    AccountWrite(after: second.with { $0.email = first.email }, before: second),
                    AccountWrite(after: third.with { $0.email = second.email }, before: third),
                ]
            }
            let mails = try await desk.take().map { [$0.id, $0.address] }
            try requireEqual(mails, [["address-2-2-1", "1@school.example"]], "who is told")
        },
        ConformanceLaw(credentials: "a returner's password counts for thirty days") { desk in
            let limit = StoredPassword.returnersLimit.components.seconds * 1000
            for (id, days) in [(1, limit), (2, limit + 1)] as [(Int64, Int64)] {
                try await desk.open(id)
                try await desk.setPassword(UInt8(id), of: id)
                try await desk.change(id, at: 10) { $0.status = .suspended(by: .sync) }
                let since = try await desk.password(of: id)?.suspendedAt?.milliseconds
                try requireEqual(since, 10, "since when")
                // Whoever says so again later does not begin anew.
                try await desk.change(id, at: 20) { $0.status = .suspended(by: .administrator) }
                try await desk.change(id, at: 10 + days) { $0.status = .active }
                let password = try await desk.password(of: id)
                try requireEqual(password?.suspendedAt, nil, "since when, afterwards")
                try requireEqual(password?.mustReset, id == 2, "whether it must be reset")
                let expected = id == 2 ? Credential.resetRequired : .set
                try requireEqual(try await desk.credential(of: id), expected, "the credential")
            }
            // A short absence after the long one gives nothing back; a new password does.
            try await desk.change(2, at: 5) { $0.status = .suspended(by: .sync) }
            try await desk.change(2, at: 6) { $0.status = .active }
            try requireEqual(try await desk.credential(of: 2), .resetRequired, "once more")
            try await desk.setPassword(9, of: 2, to: "$new$")
            try requireEqual(try await desk.credential(of: 2), .set, "with a new one")
        },
        ConformanceLaw(credentials: "of two accounts that become one, the first's password is gone")
        {
            desk in
            for id in [1, 2] as [Int64] {
                try await desk.open(id)
                try await desk.setPassword(UInt8(id), of: id, to: "$\(id)$")
                try await desk.issue(desk.link(UInt8(10 + id), of: id, .reset))
            }
            try await desk.bench.apply {
                $0.mergers = [Merger(from: AccountID(1), into: AccountID(2))]
            }
            try requireEqual(try await desk.password(), nil, "the first's password")
            try requireEqual(try await desk.password(of: 2)?.hash, "$2$", "the second's")
            let first = try await desk.counts(desk.link(11, .reset))
            try requireEqual(first, false, "the first's link")
            let second = try await desk.counts(desk.link(12, of: 2, .reset))
            try requireEqual(second, true, "the second's link")
            let issues = try await desk.store.issues(
                of: .firstLogin,
                for: AccountID(1),
                since: Timestamp(milliseconds: 0)
            )
            try requireEqual(issues, [], "when the first's links were made")
            try requireEqual(try await desk.taken(), ["12"], "the mails")
            try requireEqual(try await desk.credential(), .none, "the first's credential")
        },
    ]
}
