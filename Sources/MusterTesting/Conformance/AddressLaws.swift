import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the addresses of accounts.
    static let addressLaws = [
        ConformanceLaw("a second account of one address is refused in one tenant only") { bench in
            try await bench.open(.named("Amara", "Abdi", id: 1, email: "a@school.example"))
            try await requireRefusal(.stale, "the second account") { () throws(StoreError) in
                try await bench.apply {
                    $0.accounts = [
                        AccountWrite(
                            after: .named("Mei-Ling", "Xu", id: 2, email: "a@school.example"),
                            before: nil
                        )
                    ]
                }
            }
            try await bench.open(
                .named("Zoë", "Patel", id: 3, email: "a@school.example", tenant: bench.stranger)
            )
            try requireEqual(try await bench.holder(of: "a@school.example"), 1, "the holder")
            try requireEqual(
                try await bench.holder(of: "a@school.example", tenant: bench.stranger),
                3,
                "the holder in the other tenant"
            )
        },
        ConformanceLaw("a change to an address that another account holds is refused") { bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            let before = try await bench.account(2)
            try await requireRefusal(.stale, "the change") { () throws(StoreError) in
                try await bench.change(before, to: before.with { $0.email = "1@school.example" })
            }
            try requireEqual(try await bench.account(2), before, "it")
        },
        ConformanceLaw("accounts swap their addresses in one change set, two and three of them") {
            bench in
            try await bench.open(
                .named("A", "B", id: 1),
                .named("C", "D", id: 2),
                .named("E", "F", id: 3)
            )
            for ring in [[1, 2], [1, 2, 3]] as [[Int64]] {
                var accounts: [Account] = []
                for id in ring { accounts.append(try await bench.account(id)) }
                let writes = zip(accounts, accounts.dropFirst() + accounts.prefix(1)).map {
                    account,
                    next in
                    AccountWrite(after: account.with { $0.email = next.email }, before: account)
                }
                try await bench.apply { $0.accounts = writes }
                for write in writes {
                    try requireEqual(
                        try await bench.holder(of: write.after.email ?? ""),
                        write.after.id.value,
                        "the holder of \(write.after.email ?? "")"
                    )
                }
            }
        },
        ConformanceLaw("an address passes to a newcomer in the change set that releases it") {
            bench in
            for isReleasedFirst in [true, false] {
                let leaver: Int64 = isReleasedFirst ? 1 : 3
                let email = "\(leaver)@school.example"
                try await bench.open(.named("A", "B", id: leaver))
                let before = try await bench.account(leaver)
                let writes = [
                    AccountWrite(after: before.with { $0.email = nil }, before: before),
                    AccountWrite(
                        after: .named("C", "D", id: leaver + 1, email: email),
                        before: nil
                    ),
                ]
                try await bench.apply {
                    $0.accounts = isReleasedFirst ? writes : writes.reversed()
                }
                try requireEqual(try await bench.holder(of: email), leaver + 1, "the holder")
                try requireEqual(try await bench.account(leaver).email, nil, "the leaver's address")
            }
        },
        ConformanceLaw("a change set that gives one address to two accounts is refused") { bench in
            try await bench.open(.named("A", "B", id: 1))
            let before = try await bench.account(1)
            try await requireRefusal(.stale, "the change set") { () throws(StoreError) in
                try await bench.apply {
                    $0.accounts = [
                        AccountWrite(
                            after: before.with { $0.email = "x@school.example" },
                            before: before
                        ),
                        AccountWrite(
                            after: .named("C", "D", id: 2, email: "x@school.example"),
                            before: nil
                        ),
                    ]
                }
            }
            try requireEqual(try await bench.account(1), before, "it")
            try requireEqual(try await bench.holder(of: "x@school.example"), nil, "the holder")
        },
        ConformanceLaw("many accounts may be without an address") { bench in
            let first = Account.named("A", "B", id: 1).with { $0.email = nil }
            let second = Account.named("C", "D", id: 2).with { $0.email = nil }
            try await bench.open(first, second)
            try requireEqual(try await bench.account(2).email, nil, "the address")
        },
        ConformanceLaw("an address in another canonical form is the same address") { bench in
            try await bench.open(.named("A", "B", id: 1, email: "ren\u{e9}e@school.example"))
            let other = "rene\u{301}e@school.example"
            try requireEqual(try await bench.holder(of: other), 1, "the holder")
            try await requireRefusal(.stale, "a second account") { () throws(StoreError) in
                try await bench.apply {
                    $0.accounts = [
                        AccountWrite(after: .named("C", "D", id: 2, email: other), before: nil)
                    ]
                }
            }
            let person = try await bench.person(.email(other))
            try requireEqual(person?.account.id.value, 1, "the person")
        },
        ConformanceLaw("an address with a sign that only looks like a letter is nobody's") {
            bench in
            // The sign of the kelvin is k in lower case.
            let email = "oakfield@school.example"
            let lookalike = "Oa\u{212A}field@school.example"
            try await bench.open(.named("A", "B", id: 1, email: email))
            try await bench.park("U1", email: "teak@school.example")
            for key in [LoginKey.email(lookalike), .username(lookalike)] {
                let person = try await bench.person(key)
                try requireEqual(person, nil, "the person by \(key)")
            }
            let record = try await bench.store.unlinkedRecord(
                .email("tea\u{212A}@school.example"),
                in: bench.school
            )
            try requireEqual(record, nil, "the record without an account")
            try await bench.open(2, linkedTo: [bench.record("S1", email: lookalike)])
            try requireEqual(try await bench.claims(of: email), nil, "the claims")
        },
        ConformanceLaw("white space around an address is none of it, whatever its kind") { bench in
            try await bench.open(.named("A", "B", id: 1, email: "a@school.example"))
            let person = try await bench.person(.email("\u{A0}a@school.example\u{2003}\n"))
            try requireEqual(person?.account.id.value, 1, "the person")
        },
    ]
}
