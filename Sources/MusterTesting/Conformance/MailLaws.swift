import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of requests for links, and of who takes mails to send them.
    static let mailLaws: [ConformanceLaw] = [
        ConformanceLaw(credentials: "requests are kept for whoever is named, the oldest first") {
            desk in
            try await desk.open()
            let asked: [(String, TenantID)] = [
                ("1@school.example", .standard), ("nobody@school.example", .standard),
                ("1@school.example", .standard), ("", TenantID("no such")),
            ]
            for (email, tenant) in asked { try await desk.request(email, tenant: tenant) }
            let kept = try await desk.store.requests(limit: 9)
            try requireEqual(kept.map(\.email), asked.map(\.0), "the addresses")
            try requireEqual(kept.map(\.tenant), asked.map(\.1), "the tenants")
            try requireEqual(kept.map(\.at.milliseconds), [5, 5, 5, 5], "the times")
            let first = try await desk.store.requests(limit: 2)
            try requireEqual(first, Array(kept.prefix(2)), "the oldest")
            for request in kept { try await desk.store.forget(request: request.id) }
            try requireEqual(try await desk.store.requests(limit: 9), [], "what is left")
            try await desk.request("2@school.example")
            try await desk.store.forget(request: kept[3].id)
            let next = try await desk.store.requests(limit: 9)
            try requireEqual(next.map(\.email), ["2@school.example"], "after a late answer")
            try require((next.first?.id ?? 0) > (kept.last?.id ?? 0), "a number came again")
        },
        ConformanceLaw(credentials: "a mail reads back as written, and is kept once") { desk in
            try await desk.open()
            var mail = desk.mail("é\u{0}\\", .signInThroughSchool, dueAt: 3)
            mail.address = "o'Hara \u{0}@school.example"
            mail.trouble = "It\nstalled."
            try await desk.store.add(mail)
            try await desk.store.add(desk.mail("e\u{301}\u{0}\\", .passwordChanged, dueAt: 9))
            mail.attempts = 1
            try requireEqual(try await desk.take(at: 9), [mail], "the mail")
            try await requireRefusal(.stale, "a mail to nobody") { () throws(StoreError) in
                try await desk.store.add(desk.mail("x", to: 99))
            }
        },
        ConformanceLaw(credentials: "mails are taken when they are due, the longest due first") {
            desk in
            try await desk.open()
            for (id, due) in [("a", 9), ("b", 5), ("c", 5), ("d", 20)] as [(String, Int64)] {
                try await desk.store.add(desk.mail(id, dueAt: due))
            }
            try requireEqual(try await desk.taken(at: 4), [], "too early")
            try requireEqual(try await desk.taken(at: 5, until: 5, limit: 0), [], "none")
            try requireEqual(try await desk.taken(at: 9, until: 15, limit: 2), ["b", "c"], "two")
            try requireEqual(try await desk.taken(at: 9, until: 15), ["a"], "the other one")
            try requireEqual(try await desk.taken(at: 14, until: 30), [], "while they are taken")
            try requireEqual(try await desk.taken(at: 20), ["b", "c", "a", "d"], "later")
        },
        ConformanceLaw(credentials: "two who take mails never get the same one") { desk in
            try await desk.open()
            for number in 0..<40 { try await desk.store.add(desk.mail("m\(number)")) }
            let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask { try await desk.taken(until: 100, limit: 7) }
                }
                return try await group.reduce(into: [String]()) { $0 += $1 }
            }
            try requireEqual(taken.count, 40, "how many were taken")
            try requireEqual(Set(taken).count, 40, "how many different ones")
        },
        ConformanceLaw(credentials: "a mail that was taken and not settled comes again as it was") {
            desk in
            try await desk.open()
            try await desk.issue(desk.link(1))
            var first = try requirePresent(try await desk.take(at: 1, until: 50).first, "the mail")
            try requireEqual(first.attempts, 1, "how often it was tried")
            try requireEqual(try await desk.taken(at: 49), [], "before the time is over")
            let second = try await desk.take(at: 50, until: 60)
            first.attempts = 2
            try requireEqual(second, [first], "the mail, again")
            try requireEqual(second.first?.sealed, [7, 1], "what is sealed in it")
        },
        ConformanceLaw(credentials: "invitations of a paused tenant wait, and nothing else does") {
            desk in
            try await desk.open()
            try await desk.bench.open(.named("A", "B", id: 2, tenant: desk.bench.stranger))
            try await desk.issue(desk.link(1))
            try await desk.issue(desk.link(2, .reset))
            let foreign = desk.mail("3", to: 2, .invitation, tenant: desk.bench.stranger)
            try await desk.store.add(foreign)
            for isPaused in [true, true, false, false, true] {
                try await desk.store.setPaused(isPaused, of: .standard)
                let counts = try await desk.store.mailCounts(of: .standard)
                try requireEqual(counts.isPaused, isPaused, "whether it is paused")
            }
            let other = try await desk.store.mailCounts(of: desk.bench.stranger)
            try requireEqual(other.isPaused, false, "whether another is")
            try requireEqual(try await desk.taken(), ["2", "3"], "while it is paused")
            try await desk.store.setPaused(false, of: .standard)
            try requireEqual(try await desk.taken(), ["1", "2", "3"], "when it goes on")
        },
    ]
}
