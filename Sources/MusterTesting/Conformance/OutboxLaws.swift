import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what became of mails.
    static let outboxLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "a mail that failed for now is sent when it is due again") {
            desk in
            try await desk.open()
            try await desk.issue(desk.link(1))
            let mail = try requirePresent(try await desk.take(at: 1, until: 90).first, "the mail")
            try await desk.settle(mail, .waiting, dueAt: 30, trouble: "It stalled.")
            let isWaiting = try await desk.store.isWaiting(mail: "1")
            try requireEqual(isWaiting, true, "whether it waits")
            try requireEqual(try await desk.taken(at: 29), [], "before it is due")
            var expected = mail
            expected.attempts = 2
            expected.dueAt = Timestamp(milliseconds: 30)
            expected.trouble = "It stalled."
            try requireEqual(try await desk.take(at: 30), [expected], "when it is due")
        },
        ConformanceLaw(credentials: "what was sent or failed is not sent again") { desk in
            try await desk.open()
            for (number, state) in [(1, .sent), (2, .failed)] as [(UInt8, MailState)] {
                try await desk.issue(desk.link(number, number == 1 ? .reset : .firstLogin))
                let mail = try requirePresent(try await desk.take().first, "mail \(number)")
                try await desk.settle(mail, state)
                let isWaiting = try await desk.store.isWaiting(mail: "\(number)")
                try requireEqual(isWaiting, false, "whether it waits")
                try requireEqual(try await desk.taken(at: 999), [], "what is taken later")
                try await desk.settle(mail, .waiting, dueAt: 5)
                try requireEqual(try await desk.taken(at: 999), [], "after a late word")
            }
            try requireEqual(try await desk.states(), [.sent: 1, .failed: 1], "the states")
            let isWaiting = try await desk.store.isWaiting(mail: "nothing")
            try requireEqual(isWaiting, false, "whether a mail waits that nobody knows")
            try await desk.settle(desk.mail("nothing"), .sent)
            try requireEqual(try await desk.states(), [.sent: 1, .failed: 1], "the states then")
        },
        ConformanceLaw(credentials: "of two who took a mail the later one's word holds") { desk in
            try await desk.open()
            for name in ["a", "b", "c"] { try await desk.store.add(desk.mail(name)) }
            let early = try await desk.take(at: 1, until: 2)
            let late = try await desk.take(at: 2, until: 50)
            try requireEqual(late.map(\.attempts), [2, 2, 2], "how often they were tried")
            try await desk.settle(early[0], .waiting, dueAt: 3)
            try await desk.settle(early[1], .failed)
            try requireEqual(try await desk.taken(at: 49), [], "while the later one has them")
            try await desk.settle(early[2], .sent)
            try await desk.settle(late[2], .failed)
            try requireEqual(try await desk.states(), [.waiting: 2, .sent: 1], "the states")
        },
        ConformanceLaw(credentials: "a mail that was dropped stays so unless it was sent") { desk in
            try await desk.open()
            for (number, state) in [(1, .waiting), (2, .failed), (3, .sent)]
                as [(UInt8, MailState)]
            {
                try await desk.issue(desk.link(number))
                let mail = try requirePresent(try await desk.take().first, "mail \(number)")
                try await desk.issue(desk.link(number + 10))
                try await desk.settle(mail, state)
                _ = try await desk.redeem(desk.link(number + 10))
            }
            try requireEqual(try await desk.taken(at: 999), [], "what is taken later")
            try requireEqual(try await desk.states(), [.dropped: 5, .sent: 1], "the states")
        },
        ConformanceLaw(credentials: "mails are counted by how far they have come") { desk in
            try await desk.open()
            try requireEqual(
                try await desk.store.mailCounts(of: .standard),
                MailCounts(),
                "of none"
            )
            let dues: [(String, Int64)] = [("a", 9), ("b", 4), ("c", 6), ("d", 7)]
            for (name, due) in dues { try await desk.store.add(desk.mail(name, dueAt: due)) }
            let mails = try await desk.take(at: 6, until: 50)
            try requireEqual(mails.map(\.id), ["b", "c"], "the mails that were taken")
            try await desk.settle(mails[0], .failed, trouble: "It was refused.")
            var counts = try await desk.store.mailCounts(of: .standard)
            try requireEqual(counts.trouble, "It was refused.", "the trouble")
            let last = try requirePresent(try await desk.take(at: 7, until: 50).first, "the last")
            try await desk.settle(last, .waiting, dueAt: 8, trouble: "It stalled.")
            counts = try await desk.store.mailCounts(of: .standard)
            var expected = MailCounts()
            expected.states = [.waiting: 3, .failed: 1]
            expected.oldestDue = Timestamp(milliseconds: 6)
            expected.trouble = "It stalled."
            try requireEqual(counts, expected, "the counts")
            let other = try await desk.store.mailCounts(of: desk.bench.stranger)
            try requireEqual(other, MailCounts(), "those of another tenant")
        },
        ConformanceLaw(credentials: "mails and links that are done are forgotten after a while") {
            desk in
            try await desk.open()
            try await desk.issue(desk.link(1, .reset, at: 1))
            try await desk.issue(desk.link(2, .reset, at: 10))
            try await desk.issue(desk.link(3, at: 10))
            try requireEqual(try await desk.redeem(desk.link(3), at: 20), 1, "whose link it is")
            try await desk.issue(desk.link(4, at: 30))
            for name in ["a", "b"] { try await desk.store.add(desk.mail(name, dueAt: 15)) }
            let mails = try await desk.take(at: 30, until: 50)
            try requireEqual(mails.map(\.id), ["4", "a", "b"], "the mails that were taken")
            try await desk.settle(mails[1], .sent)
            try requireEqual(try await desk.states(), [.dropped: 3, .sent: 1, .waiting: 2], "all")
            func forget(_ before: Int64, _ limit: Int) async throws -> Int {
                let before = Timestamp(milliseconds: before)
                return try await desk.store.forgetMails(before: before, limit: limit)
            }
            // Link 1 and its mail ended at 10, links 2 and 3 and their mails at 20, a at 30.
            try requireEqual(try await forget(10, 99), 0, "before anything was done")
            try requireEqual(try await forget(20, 99), 2, "the first link and its mail")
            try requireEqual(try await forget(21, 0), 0, "none")
            try requireEqual(try await forget(21, 1), 1, "one")
            try requireEqual(try await forget(21, 99), 3, "the rest of them")
            try requireEqual(try await forget(999, 99), 1, "the mail that was sent")
            try requireEqual(try await desk.states(), [.waiting: 2], "what is left")
            try requireEqual(try await desk.counts(desk.link(4, at: 30)), true, "the last link")
            try requireEqual(try await desk.password()?.hash, "$one$", "the password")
        },
    ]
}
