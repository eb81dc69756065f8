import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what a view brings along, and of holders and claims.
    static let viewLaws: [ConformanceLaw] = [
        ConformanceLaw("a view of nothing is empty") { bench in
            try await bench.open(1, linkedTo: [bench.record("S1")])
            try requireEqual(try await bench.view { _ in }, LocalView(), "the view")
        },
        ConformanceLaw("a link comes with its account and all its other links") { bench in
            let other = Observation.staff("T1", in: bench.second, sequence: 1)
            let account = try await bench.open(1, linkedTo: [bench.record("S1"), other])
            try await bench.open(2, linkedTo: [bench.record("S2")])
            let byKey = try await bench.view { $0.keys = [bench.staff("S1"), bench.staff("S9")] }
            try requireEqual(byKey.accounts, [account.id: account], "the accounts")
            try requireEqual(Set(byKey.links.keys.map(\.id)), ["S1", "T1"], "the links")
            let byAccount = try await bench.view { $0.accounts = [account.id, AccountID(99)] }
            try requireEqual(byAccount, byKey, "the view by account")
        },
        ConformanceLaw("unlinked records and classes come only where asked for") { bench in
            try await bench.openFull()
            try await bench.park("U1", email: "1@school.example")
            try await bench.park("U2", email: nil)
            let view = try await bench.view { request in
                request.keys = [bench.staff("U2")]
                request.accounts = [AccountID(1)]
                request.emails = ["1@school.example"]
            }
            try requireEqual(Set(view.unlinked.keys.map(\.id)), ["U2"], "the unlinked records")
            try requireEqual(view.classes, [:], "the classes")
        },
        ConformanceLaw("the holder of an address comes along, whatever her status") { bench in
            let suspended = Account.named("A", "B", id: 1).with {
                $0.status = .suspended(by: .sync)
            }
            try await bench.open(suspended)
            let view = try await bench.view {
                $0.emails = ["1@school.example", "nobody@school.example"]
            }
            try requireEqual(view.holders, ["1@school.example": suspended.id], "the holders")
            try requireEqual(view.accounts[suspended.id]?.status, suspended.status, "her status")
            try requireEqual(view.claims, [:], "the claims")
        },
        ConformanceLaw("present links claim the address of their last answer") { bench in
            let email = "x@school.example"
            let states: [(String, LinkState)] = [
                ("S1", .active), ("S2", .outOfScope), ("S3", .absent), ("S4", .left(.notCurrent)),
            ]
            for (number, (id, state)) in states.enumerated() {
                try await bench.open(
                    Int64(number + 1),
                    linkedTo: [bench.record(id, email: " \tX@School.Example ")]
                ) {
                    $0.state = state
                }
            }
            for (number, silence) in [Observed<String>.empty, .notSupplied(.notGranted)]
                .enumerated()
            {
                try await bench.open(
                    Int64(number + 11),
                    linkedTo: [bench.record("N\(number)").with { $0.email = silence }]
                )
            }
            try requireEqual(try await bench.claims(of: email), ["S1", "S2"], "the claims")
            let view = try await bench.view { $0.emails = [email] }
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1, 2], "the claimants")
            try requireEqual(Set(view.links.keys.map(\.id)), ["S1", "S2"], "their links")
        },
        ConformanceLaw("a claim follows what a link's answer and state become") { bench in
            let link = try await bench.openOne()
            var changed = link.with { $0.last.email = .value("y@school.example") }
            try await bench.change(changed, base: 1)
            try requireEqual(try await bench.claims(of: "y@school.example"), ["S1"], "the new")
            try requireEqual(try await bench.claims(of: "s1@school.example"), nil, "the old")
            changed.state = .absent
            try await bench.change(changed, base: 1)
            try requireEqual(try await bench.claims(of: "y@school.example"), nil, "when absent")
            changed.state = .active
            try await bench.change(changed, base: 1)
            try requireEqual(try await bench.claims(of: "y@school.example"), ["S1"], "when back")
        },
        ConformanceLaw("unlinked records claim their address until they go") { bench in
            try await bench.park("U1", email: "x@school.example")
            try requireEqual(try await bench.claims(of: "x@school.example"), ["U1"], "the claims")
            try await bench.park("U1", email: "y@school.example")
            try requireEqual(try await bench.claims(of: "x@school.example"), nil, "the old ones")
            try requireEqual(try await bench.claims(of: "y@school.example"), ["U1"], "the new ones")
        },
        ConformanceLaw("claims reach over the schools of a tenant and no further") { bench in
            let email = "x@school.example"
            for (number, school) in [bench.school, bench.second, bench.foreign].enumerated() {
                let tenant = number == 2 ? bench.stranger : .standard
                try await bench.open(
                    Int64(number + 1),
                    linkedTo: [.staff("S\(number)", email: email, in: school, sequence: 1)],
                    tenant: tenant
                )
                try await bench.park("U\(number)", email: email, in: school)
            }
            try requireEqual(
                try await bench.claims(of: email),
                ["S0", "U0", "S1", "U1"],
                "the claims"
            )
            let foreign = try await bench.view(tenant: bench.stranger) { $0.emails = [email] }
            try requireEqual(
                Set(foreign.claims[email, default: []].map(\.id)),
                ["S2", "U2"],
                "the stranger's claims"
            )
            try requireEqual(Set(foreign.accounts.keys.map(\.value)), [3], "the stranger's view")
        },
        ConformanceLaw("a staged answer claims in place of what was kept, in its own run") {
            bench in
            try await bench.stageOverKept()
            let (old, new) = ("old@school.example", "new@school.example")
            try requireEqual(try await bench.claims(of: old), ["S1", "U1"], "outside the run")
            try requireEqual(try await bench.claims(of: new), nil, "new outside the run")
            let run = RunID(70)
            try requireEqual(try await bench.claims(of: old, run: run), nil, "in the run")
            try requireEqual(
                try await bench.claims(of: new, run: run),
                ["S1", "N1"],
                "new in the run"
            )
            let view = try await bench.view(run: run) { $0.emails = [new] }
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1], "the claimants' accounts")
            let other = RunID(71)
            try requireEqual(
                try await bench.claims(of: old, run: other),
                ["S1", "U1"],
                "other run"
            )
            try requireEqual(try await bench.claims(of: new, run: other), nil, "new in other run")
        },
        ConformanceLaw("what is no longer staged claims by what was kept") { bench in
            try await bench.stageOverKept()
            let (old, new) = ("old@school.example", "new@school.example")
            try await bench.take(["S1", "U1"], in: RunID(70))
            try requireEqual(
                try await bench.claims(of: old, run: RunID(70)),
                ["S1", "U1"],
                "the old"
            )
            try requireEqual(try await bench.claims(of: new, run: RunID(70)), ["N1"], "the new")
        },
        ConformanceLaw("links that await an address come with its holder and its claims") { bench in
            let (awaited, quiet) = ("x@school.example", "2@school.example")
            try await bench.open(1, linkedTo: [bench.record("S1", email: awaited)]) {
                $0.awaitedEmail = awaited
            }
            try await bench.open(2, linkedTo: [bench.record("S2", email: quiet)])
            try await bench.open(.named("C", "D", id: 3, email: awaited))
            let foreign = Observation.staff("F1", in: bench.foreign, sequence: 1)
            try await bench.open(4, linkedTo: [foreign], tenant: bench.stranger) {
                $0.awaitedEmail = awaited
            }
            let view = try await bench.view { $0.awaitedEmails = true }
            try requireEqual(Set(view.links.keys.map(\.id)), ["S1"], "the links")
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1, 3], "the accounts")
            try requireEqual(view.holders, [awaited: AccountID(3)], "the holders")
            try requireEqual(view.claims, [awaited: [bench.staff("S1")]], "the claims")
            let link = try await bench.link(bench.staff("S1"))
            try await bench.change(link.with { $0.awaitedEmail = nil }, base: 1)
            let after = try await bench.view { $0.awaitedEmails = true }
            try requireEqual(after, LocalView(), "the view when nobody waits")
        },
    ]
}

extension Bench {
    /// A link and an unlinked record with an old address; a run that read other answers of both,
    /// and of a newcomer; and another run that read nothing.
    fileprivate func stageOverKept() async throws {
        let (old, new) = ("old@school.example", "new@school.example")
        try await open(1, linkedTo: [record("S1", email: old)])
        try await park("U1", email: old)
        let run = run(70)
        try await begin(run)
        try await begin(self.run(71, of: second))
        try await stage(record("S1", email: new), email: new, linked: true, in: run)
        try await stage(record("U1").with { $0.email = .empty }, email: nil, in: run)
        try await stage(record("N1", email: new), email: new, in: run)
    }
}
