import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the stamp, which hold for a store that cannot tell as well.
    static let stampLaws: [ConformanceLaw] = [
        ConformanceLaw("the stamp stays while nothing is written") { bench in
            try await bench.openFull()
            let run = bench.run(70)
            try await bench.begin(run)
            let before = bench.store.stamp
            _ = try await bench.account(1)
            _ = try await bench.person(.email("1@school.example"))
            _ = try await bench.store.unlinkedRecords(in: bench.school)
            _ = try await bench.store.accounts(in: bench.school, of: .standard)
            _ = try await bench.store.history(of: AccountID(1))
            _ = try await bench.store.run(run.id)
            _ = try await bench.store.staged(in: run.id, limit: 9)
            try requireEqual(bench.store.stamp, before, "the stamp")
        },
        ConformanceLaw("the stamp differs after every kind of write") { bench in
            var seen: Set<Int64> = []
            let run = bench.run(70)
            for (name, write) in Bench.writes(in: run) {
                guard let before = bench.store.stamp else { return }
                seen.insert(before)
                try await write(bench)
                let after = try requirePresent(bench.store.stamp, "the stamp after \(name)")
                try require(!seen.contains(after), "It is \(after) as before: \(name).")
            }
        },
        ConformanceLaw(
            "the stamp differs after a write to connections, policies and keys",
            needsConnections: true
        ) { bench in
            var seen: Set<Int64> = []
            let alder = bench.school.connection
            let writes: [(String, @Sendable () async throws -> Void)] = [
                ("a connection", { _ = try await bench.add(.example("zulu")) }),
                ("a name", { try await bench.connections.rename(alder, to: "ash") }),
                ("a secret", { try await bench.connections.setSealedSecret([2], of: alder) }),
                (
                    "what it delivers",
                    {
                        try await bench.connections.setCapabilities(Capabilities(), of: alder)
                    }
                ),
                (
                    "a schedule",
                    { try await bench.connections.setSchedule(SyncSchedule(), of: alder) }
                ),
                ("a mark", { try await bench.connections.setReadMark(bench.mark("A1", 1)) }),
                ("a policy", { try await bench.connections.setPolicy(Policy(), of: .standard) }),
                ("a key", { try await bench.keys.addKey(AccessKey.example("web", 1)) }),
                ("no key", { _ = try await bench.keys.removeKey(named: "web") }),
                ("no connection", { try await bench.connections.remove(alder) }),
            ]
            for (name, write) in writes {
                guard let before = bench.store.stamp else { return }
                seen.insert(before)
                try await write()
                let after = try requirePresent(bench.store.stamp, "the stamp after \(name)")
                try require(!seen.contains(after), "It is \(after) as before: \(name).")
            }
        },
    ]
}

extension Bench {
    /// Every kind of write to accounts and runs, in an order in which each has something to do.
    fileprivate static func writes(
        in run: Run
    ) -> [(String, @Sendable (Bench) async throws -> Void)] {
        [
            ("an account", { try await $0.open(1, linkedTo: [$0.record("S1")]) }),
            ("a look-up", { try await $0.check($0.staff("S1"), 5, at: 9) }),
            ("a record without an account", { try await $0.park("U1", email: nil) }),
            (
                "a change",
                { bench in
                    let before = try await bench.account(1)
                    try await bench.change(before, to: before.with { $0.title = "Dr" })
                }
            ),
            (
                "a subject",
                { bench in
                    try await bench.store.bind(
                        HostSubject(issuer: "", subject: "7"),
                        to: AccountID(1),
                        of: .standard
                    )
                }
            ),
            ("a run", { try await $0.begin(run) }),
            ("what it read", { try await $0.stage($0.record("S2"), email: nil, in: run) }),
            ("what it took", { try await $0.take(["S2"], in: run.id) }),
            (
                "its end",
                { bench in
                    var ended = run
                    ended.state = .completed
                    try await bench.store.update(ended)
                }
            ),
        ]
    }
}
