import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of pins, of what a run did, and of what is held of one person.
    static let personalDataLaws: [ConformanceLaw] = [
        ConformanceLaw("pins and the exact side of history read back as written") { bench in
            let before = try await bench.open(1, linkedTo: [bench.record("S1")])
            let day = try requirePresent(Day("2026-12-01"), "a day")
            let after = before.with {
                $0.pins = [
                    Pin(nil, until: day, because: "o'Hara \u{0}\n\\n"),
                    Pin(.surname, against: .value(nil)),
                    Pin(.email, against: .value("")), Pin(.title, against: .value("a\n\u{0}b\\")),
                    Pin(.phone, because: ""),
                ]
            }
            try await bench.change(before, to: after)
            try requireEqual(try await bench.account(1).pins, after.pins, "the pins")
            let key = bench.staff("S1")
            let exact: [(Field, ExactChange?)] = [
                (.lineManager, .lineManager(from: nil, to: AccountID(7))),
                (.lineManager, .lineManager(from: AccountID(-7), to: nil)),
                (.classes, .place(Membership(classID: ClassID(9), role: .student, givenBy: key))),
                (.roles, .right(Privilege(name: "\u{0}é", givenBy: nil))), (.surname, nil),
                (
                    .contacts,
                    .guardianship(
                        from: nil,
                        to: Guardianship(contact: key, parentalResponsibility: true, givenBy: nil)
                    )
                ),
                (
                    .contacts,
                    .guardianship(
                        from: Guardianship(contact: key, relationship: "\u{0}é", givenBy: key),
                        to: Guardianship(
                            contact: key,
                            parentalResponsibility: false,
                            isConfirmed: false,
                            givenBy: key
                        )
                    )
                ),
                (.status, .records([key, bench.staff("z")], to: AccountID(7))),
                (.status, .records([], to: AccountID(7))),
                (.status, .link(key, ending: [bench.staff("z")], from: AccountID(-7))),
                (.status, .link(key, ending: [], from: nil)),
                (.status, .exchange([key, bench.staff("z")])),
            ]
            let rows = exact.map { field, exact in
                HistoryEntry(
                    account: AccountID(1),
                    field: field,
                    from: nil,
                    to: "a",
                    reason: "r",
                    exact: exact
                )
            }
            try await bench.apply { $0.history = rows }
            let kept = try await bench.store.history(of: AccountID(1)).map(\.entry)
            try requireExact(kept, rows, "the rows")
        },
        ConformanceLaw("the rows of one run come in order, whoever they are of") { bench in
            for id in 1...3 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            for number in 1...9 as ClosedRange<Int64> {
                try await bench.apply(run: RunID(5 + number % 2)) {
                    $0.history = [.about(1 + number % 3, to: "\(number)")]
                }
            }
            try await bench.apply { $0.history = [.about(1, to: "by hand")] }
            var said: [String?] = []
            var position: Int64 = 0
            while let rows = Optional(
                try await bench.store.changes(by: RunID(6), after: position, limit: 2)
            ), let last = rows.last, said.count < 100 {
                said += rows.map(\.change.entry.to)
                position = last.position
            }
            try requireEqual(said, ["1", "3", "5", "7", "9"], "the rows")
            let none = try await bench.store.changes(by: RunID(4), after: 0, limit: 9)
            try requireEqual(none, [], "the rows of another run")
        },
        ConformanceLaw("a dossier has all that is held of a person, and nothing of others") {
            bench in
            try await bench.fill()
            let dossier = try requirePresent(
                try await bench.store.dossier(of: AccountID(1)),
                "the dossier"
            )
            try requireEqual(
                dossier.summary,
                try await bench.store.summary(of: AccountID(1)),
                "the account"
            )
            try requireEqual(dossier.history.map(\.entry.to), ["x"], "the history")
            try requireEqual(
                dossier.formerEmails,
                ["old@school.example": Timestamp(milliseconds: 3)],
                "former addresses"
            )
            try requireEqual(dossier.subjects.map(\.subject), ["7"], "the subjects")
            try requireEqual(
                dossier.checked,
                [bench.staff("S1"): Timestamp(milliseconds: 3)],
                "look-ups"
            )
            try requireEqual(dossier.losses.keys.map(\.loss), [.access], "the losses")
            let waiting = dossier.unlinked.map(\.observation.key.id)
            try requireEqual(waiting, ["U1", "U2", "U3"], "the review")
            let nobody = try await bench.store.dossier(of: AccountID(99))
            try requireEqual(nobody, nil, "the dossier of nobody")
        },
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
            let tally = try await bench.tallyAfterErasure()
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
        ConformanceLaw("history is forgotten from its old end, a few rows at a time") { bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            for (number, at) in [1, 2, 9, 3, 4].enumerated() {
                try await bench.apply(at: Int64(at)) {
                    $0.history = [.about(Int64(1 + number % 2), to: "\(at)")]
                }
            }
            func forget(_ limit: Int) async throws -> Int {
                let before = Timestamp(milliseconds: 5)
                return try await bench.store.forgetHistory(
                    of: .standard,
                    before: before,
                    limit: limit
                )
            }
            try requireEqual(try await forget(1), 1, "the first")
            try requireEqual(try await forget(9), 1, "up to the young one")
            try requireEqual(try await forget(9), 0, "behind the young one")
            let rows = try await bench.store.history(of: AccountID(1)).map(\.entry.to)
            try requireEqual(rows, ["9", "4"], "what is left")
            let seen = try await bench.store.changes(after: 0, of: .standard, in: nil, limit: 9)
            try await bench.apply { $0.history = [.about(1, to: "new")] }
            let last = seen.last?.position ?? 0
            let new = try await bench.store.changes(after: last, of: .standard, in: nil, limit: 9)
            try requireEqual(new.map(\.change.entry.to), ["new"], "what came after")
        },
        ConformanceLaw("runs are forgotten but for those that others go by") { bench in
            let states: [(RunState, Bool)] = [
                (.completed, true), (.failed, false), (.completed, true), (.held, true),
                (.cancelled, false), (.failed, false),
            ]
            for (number, (state, isComplete)) in states.enumerated() {
                var run = bench.run(Int64(70 + number), at: Int64(number))
                try await bench.begin(run)
                run.state = state
                run.isComplete = isComplete
                try await bench.store.update(run)
            }
            try await bench.begin(bench.run(90, at: 6))
            try await bench.begin(bench.run(91, at: 0, of: bench.second))
            var forgotten: [Int] = []
            for _ in 1...3 {
                forgotten.append(
                    try await bench.store.forgetRuns(
                        of: bench.school.connection,
                        before: Timestamp(milliseconds: 5),
                        limit: 2
                    )
                )
            }
            try requireEqual(forgotten, [2, 1, 0], "how many")
            let left = try await bench.store.runs(of: bench.school.connection, limit: 9)
            try requireEqual(left.map(\.id.value), [90, 75, 73, 72], "what is left")
        },
    ]
}

extension HistoryEntry {
    fileprivate static func about(_ account: Int64, to text: String) -> HistoryEntry {
        HistoryEntry(
            account: AccountID(account),
            field: .surname,
            from: nil,
            to: text,
            reason: "r"
        )
    }
}

extension Bench {
    @discardableResult
    fileprivate func erase(_ id: Int64) async throws -> [SourceKey] {
        let at = Timestamp(milliseconds: 9)
        return try await store.erase(AccountID(id), of: .standard, at: at)
    }

    fileprivate func tallyAfterErasure() async throws -> LossTally {
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

    /// Two people of whom one leads the other, with something of everything.
    fileprivate func fill() async throws {
        try await open(.named("Amara", "Abdi", id: 1, email: "1@school.example"))
        try await open(.named("Bo", "Brown", id: 2, email: "2@school.example"))
        let before = [try await account(1), try await account(2)]
        try await apply(at: 3) { changes in
            changes.accounts = [
                AccountWrite(after: before[0].with { $0.home = staff("S1") }, before: before[0]),
                AccountWrite(
                    after: before[1].with { $0.lineManager = AccountID(1) },
                    before: before[1]
                ),
            ]
            changes.links = [
                LinkWrite(
                    after: .of(record("S1", email: "1@school.example"), to: AccountID(1)),
                    baseSequence: nil
                ),
                LinkWrite(
                    after: Link.of(record("S2"), to: AccountID(2)).with {
                        $0.manager = staff("S1")
                        $0.fingerprint = 7
                    },
                    baseSequence: nil
                ),
            ]
            changes.formerEmails = [
                FormerEmail(account: AccountID(1), email: "old@school.example"),
                FormerEmail(account: AccountID(2), email: "other@school.example"),
            ]
            changes.checked = [CheckedRecord(key: staff("S1"), sequence: 1)]
            changes.losses = [
                CountedLoss(loss: .access, account: AccountID(1), school: school, kind: .staff)
            ]
            changes.unlinked = [
                UnlinkedRecord(
                    observation: record("U1"),
                    email: "1@school.example",
                    reason: .sharedEmail,
                    candidates: [AccountID(1), AccountID(2)]
                ),
                UnlinkedRecord(
                    observation: record("U2"),
                    email: nil,
                    reason: .sharedEmail,
                    candidates: [AccountID(1), AccountID(2)]
                ),
                UnlinkedRecord(
                    observation: record("U3"),
                    email: "other@school.example",
                    reason: .possibleReturner,
                    candidates: [AccountID(1)]
                ),
            ]
            changes.history = rowsOfTeam + [.about(1, to: "x")]
        }
        try await store.bind(HostSubject(issuer: "", subject: "7"), to: AccountID(1), of: .standard)
        try await store.bind(HostSubject(issuer: "", subject: "8"), to: AccountID(2), of: .standard)
    }

    /// Rows of the second person about records that changed accounts, of which one was the first's.
    private var moves: [HistoryEntry] {
        let exact: [ExactChange] = [
            .exchange([staff("S2"), staff("S1")]), .records([staff("S1")], to: AccountID(1)),
            .link(staff("S2"), ending: [staff("S1")], from: nil),
        ]
        return exact.map {
            HistoryEntry(
                account: AccountID(2),
                field: .status,
                from: "active",
                to: "active",
                reason: "r",
                exact: $0
            )
        }
    }

    /// Rows of the second person that name the first exactly, by name, and not at all.
    private var rowsOfTeam: [HistoryEntry] {
        func row(_ from: String?, _ to: String?, _ exact: ExactChange? = nil) -> HistoryEntry {
            HistoryEntry(
                account: AccountID(2),
                field: .lineManager,
                from: from,
                to: to,
                reason: "r",
                exact: exact
            )
        }
        return [
            row(nil, "as she was called", .lineManager(from: nil, to: AccountID(1))),
            row("old@school.example", nil), row("2@school.example", nil),
        ] + moves
    }
}
