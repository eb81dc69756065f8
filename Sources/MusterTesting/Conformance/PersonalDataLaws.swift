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
    ]
}

extension HistoryEntry {
    /// A row of the surname of one account, dated by the change set.
    static func about(_ account: Int64, to text: String) -> HistoryEntry {
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
    /// Two people of whom one leads the other, with something of everything.
    func fill() async throws {
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
