import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of erasing one person: she is gone from every place, and others stay.
    static let erasureLaws: [ConformanceLaw] = [
        ConformanceLaw("who is erased is gone from every place, and others stay") { bench in
            try await bench.fill()
            try await requireRefusal(.stale, "of another tenant") { () throws(StoreError) in
                let at = Timestamp(milliseconds: 9)
                _ = try await bench.store.erase(AccountID(1), of: bench.stranger, at: at)
            }
            let member = try await bench.account(2)
            try await bench.erase(1)
            try requireEqual(try await bench.store.dossier(of: AccountID(1)), nil, "her dossier")
            try requireEqual(try await bench.store.summary(of: AccountID(1)), nil, "her account")
            try requireEqual(try await bench.store.history(of: AccountID(1)), [], "her history")
            for key in [LoginKey.email("1@school.example"), .email("old@school.example")] {
                try requireEqual(try await bench.person(key), nil, "a login by \(key)")
            }
            let subject = LoginKey.subject(HostSubject(issuer: "", subject: "7"))
            try requireEqual(try await bench.person(subject), nil, "a login by her subject")
            let view = try await bench.view { $0.keys = [bench.staff("S1"), bench.staff("S2")] }
            try requireEqual(view.links.keys.map(\.id), ["S2"], "the links")
            let link = try await bench.link(bench.staff("S2"))
            try requireEqual(link.manager, nil, "the manager of another link")
            try requireEqual(link.fingerprint, nil, "its fingerprint")
            let after = try await bench.account(2)
            try requireEqual(after.lineManager, nil, "the line manager")
            try requireEqual(after.version, member.version + 1, "the version")
            let parked = try await bench.store.unlinkedRecords(in: bench.school)
            try requireEqual(parked.map(\.observation.key.id), ["U2"], "who waits")
            try requireEqual(parked.flatMap(\.candidates), [AccountID(2)], "the candidates")
            let tally = try await bench.wholeTally()
            try requireEqual(tally.peopleAtSchool, 1, "people at school")
            try requireEqual(tally.peopleOfTenant, 1, "people of the tenant")
            try requireEqual(tally.atTenant, [:], "the losses")
        },
        ConformanceLaw("records that claim who is erased go with her, and those of others stay") {
            bench in
            try await bench.fill()
            let run = bench.run(7, at: 4)
            try await bench.begin(run)
            let address = "1@school.example"
            let rows = [("T1", address), ("T2", "t@school.example"), ("S2", address)]
            try await bench.store.stage(
                rows.map { id, email in
                    StagedObservation(
                        observation: bench.record(id, email: email),
                        email: email,
                        isLinked: id == "S2"
                    )
                },
                in: run.id
            )
            let hers = PlannedRecord(observation: bench.record("P1"), account: AccountID(1))
            let planned = [
                hers, PlannedRecord(observation: bench.record("P2", email: address)),
                PlannedRecord(observation: bench.record("P3", email: "p@school.example")),
                PlannedRecord(observation: bench.record("S2", email: address)),
            ]
            try await bench.store.keep(planned, for: run.id)
            let keys = try await bench.erase(1)
            let expected = ["P1", "P2", "S1", "T1", "U1", "U3"]
            try requireEqual(keys.map(\.id), expected, "her records")
            let all = Set((expected + ["P3", "S2", "T2", "U2"]).map { bench.staff($0) })
            let erased = try await bench.store.erased(among: all, of: .standard)
            try requireEqual(Set(erased.map(\.id)), Set(expected), "what is known again")
            let staged = try await bench.store.staged(in: run.id, limit: 9)
            try requireEqual(staged.map(\.observation.key.id), ["S2", "T2"], "what is staged")
            let left = try await bench.store.planned(by: run.id, after: nil, limit: 9)
            try requireEqual(Set(left.map(\.observation.key.id)), ["P3", "S2"], "what is planned")
        },
        ConformanceLaw("what only a name led to whoever is erased goes on waiting") { bench in
            try await bench.open(1, linkedTo: [bench.record("S1")])
            for reason in UnlinkedReason.allCases {
                let record = UnlinkedRecord(
                    observation: bench.record(reason.rawValue),
                    email: nil,
                    reason: reason,
                    candidates: [AccountID(1)]
                )
                try await bench.apply { $0.unlinked.append(record) }
            }
            let namesakes: Set<UnlinkedReason> = [
                .noWorkEmail, .invalidEmail, .left, .notYetStarted, .erased, .unusableName,
                .creationNotAllowed, .manyNewcomers, .reusedRecord, .linkTakenBack,
                .namesakeAfterRenumbering,
                .surnameDisagrees, .neutralKeyNameDisagrees,
            ]
            let keys = try await bench.erase(1)
            let all = Set(UnlinkedReason.allCases)
            let hers = all.subtracting(namesakes).map(\.rawValue) + ["S1"]
            try requireEqual(Set(keys.map(\.id)), Set(hers), "her records")
            let asked = Set(all.map { bench.staff($0.rawValue) } + [bench.staff("S1")])
            let erased = try await bench.store.erased(among: asked, of: .standard)
            try requireEqual(erased, Set(keys), "what is known again")
            let waiting = try await bench.store.unlinkedRecords(in: bench.school)
            try requireEqual(Set(waiting.map(\.reason)), namesakes, "why others wait")
            try requireEqual(waiting.flatMap(\.candidates), [], "their candidates")
        },
        ConformanceLaw("nobody who was erased becomes a candidate again") { bench in
            try await bench.fill()
            try await bench.erase(1)
            let late = UnlinkedRecord(
                observation: bench.record("U4"),
                email: nil,
                reason: .sharedEmail,
                candidates: [AccountID(1), AccountID(2)]
            )
            var changes = ChangeSet(
                tenant: .standard,
                run: nil,
                cause: .batch,
                at: Timestamp(milliseconds: 10)
            )
            changes.unlinked = [late]
            let refused = changes
            try await requireRefusal(.stale, "a candidate who is gone") { () throws(StoreError) in
                try await bench.store.apply(refused)
            }
        },
        ConformanceLaw("no row of history names who was erased") { bench in
            try await bench.fill()
            try await bench.erase(1)
            let rows = try await bench.store.history(of: AccountID(2))
            let texts = rows.map { [$0.entry.from, $0.entry.to] }
            let somebody = HistoryEntry.erasedPerson
            try requireEqual(
                texts,
                [[nil, somebody], [somebody, nil], ["2@school.example", nil]]
                    + [[String?]](repeating: ["active", "active"], count: 3)
                    + [[somebody, nil]],
                "the rows"
            )
            try requireEqual(rows.last?.entry.reason, HistoryEntry.erasure, "the reason")
            try requireEqual(rows.last?.cause, .administrator, "the cause")
            try requireEqual(rows.compactMap(\.entry.exact), [], "the exact side")
            let feed = try await bench.store.changes(
                after: 0,
                of: .standard,
                in: nil,
                limit: 100
            )
            try requireEqual(feed.map(\.change), rows, "the feed")
        },
        ConformanceLaw("an erased record is known again until that is lifted") { bench in
            try await bench.open(1, linkedTo: [bench.record("S1"), bench.record("é")])
            try await bench.open(2, linkedTo: [bench.record("S2")])
            let keys: Set = [bench.staff("S1"), bench.staff("e\u{301}"), bench.staff("S2")]
            let before = try await bench.store.erased(among: keys, of: .standard)
            try requireEqual(before, [], "before")
            try await bench.erase(1)
            let erased = try await bench.store.erased(among: keys, of: .standard)
            try requireEqual(erased, keys.subtracting([bench.staff("S2")]), "after")
            let others: Set = [
                SourceKey.student("S1", in: bench.school), .staff("S1", in: bench.second),
            ]
            let none = try await bench.store.erased(among: others, of: .standard)
            try requireEqual(none, [], "other records of that id")
            let foreign = try await bench.store.erased(among: keys, of: bench.stranger)
            try requireEqual(foreign, [], "of another tenant")
            for expected in [1, 0] {
                let lifted = try await bench.store.liftErasure(
                    of: [bench.staff("S1")],
                    of: .standard
                )
                try requireEqual(lifted, expected, "lifted")
            }
            let left = try await bench.store.erased(among: keys, of: .standard)
            try requireEqual(left, [bench.staff("é")], "what is left")
        },
    ]
}

extension Bench {
    @discardableResult
    fileprivate func erase(_ id: Int64) async throws -> [SourceKey] {
        let at = Timestamp(milliseconds: 9)
        return try await store.erase(AccountID(id), of: .standard, at: at)
    }

    /// What was lost by staff of the school, and who is there, since ever and of everybody.
    func wholeTally() async throws -> LossTally {
        try await store.tally(
            LossQuestion(
                tenant: .standard,
                school: school,
                kind: .staff,
                besides: AccountID(99),
                dayAgo: Timestamp(milliseconds: 0)
            )
        )
    }
}
