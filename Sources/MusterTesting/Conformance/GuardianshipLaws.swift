import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of who is responsible for a pupil.
    static let guardianshipLaws: [ConformanceLaw] = [
        ConformanceLaw("relations of a pupil read back as written, and as they are rewritten") {
            bench in
            let pupil = try await bench.openPupil(1, contacts: [])
            let key = bench.pupil("K1")
            let written: Set<Guardianship> = [
                bench.relation("C1", "Mother", true, givenBy: key),
                bench.relation("C1", "Mother", true, givenBy: nil),
                bench.relation("C2", nil, nil, givenBy: key),
                bench.relation("C3", "e\u{301} \u{0}", false, isConfirmed: false, givenBy: key),
                Guardianship(contact: .contact("C1", in: bench.second), givenBy: nil),
            ]
            try await bench.change(pupil, to: pupil.with { $0.guardianships = written })
            let held = try await bench.account(1)
            try requireEqual(held.guardianships, written, "the relations")
            let fewer: Set<Guardianship> = [
                bench.relation("C1", "Mother", false, isConfirmed: false, givenBy: key),
                bench.relation("C4", "Father", true, givenBy: key),
            ]
            try await bench.change(held, to: held.with { $0.guardianships = fewer })
            let rewritten = try await bench.account(1)
            try requireEqual(rewritten.guardianships, fewer, "the relations afterwards")
            try await bench.change(rewritten, to: rewritten.with { $0.guardianships = [] })
            try requireEqual(try await bench.account(1).guardianships, [], "none")
        },
        ConformanceLaw("a relation names whoever the contact's record stands for now") { bench in
            try await bench.openPupil(1, contacts: ["C1", "C2"])
            func contacts() async throws -> [String] {
                let summary = try await bench.store.summary(of: AccountID(1))
                return (summary?.contacts ?? []).map {
                    "\($0.account?.value ?? 0) \($0.name ?? "-") \($0.relationship ?? "-")"
                }
            }
            try requireEqual(try await contacts(), ["0 - C1", "0 - C2"], "nobody is known")
            let record = bench.contact("C1", surname: "Waits")
            try await bench.apply {
                $0.unlinked = [
                    UnlinkedRecord(observation: record, email: nil, reason: .noWorkEmail)
                ]
            }
            try requireEqual(try await contacts(), ["0 - C2", "0 Siân Waits C1"], "a record waits")
            try await bench.open(5, linkedTo: [record])
            try requireEqual(try await contacts(), ["0 - C2", "5 Amara Abdi C1"], "an account")
            try await bench.open(.named("Bo", "Brown", id: 6))
            let link = try await bench.link(record.key)
            try await bench.apply {
                var write = LinkWrite(
                    after: link.moved(to: AccountID(6)),
                    baseSequence: link.sequence
                )
                write.movedFrom = AccountID(5)
                $0.links = [write]
            }
            try requireEqual(try await contacts(), ["0 - C2", "6 Bo Brown C1"], "another account")
        },
        ConformanceLaw("a contact has the pupils who name one of her records, and no others") {
            bench in
            for (id, contacts) in [(1, ["C1", "C2"]), (2, ["C1"]), (3, ["C3"])] {
                try await bench.openPupil(Int64(id), contacts: contacts)
            }
            try await bench.open(5, linkedTo: [bench.contact("C1"), bench.contact("C2")])
            let summary = try await bench.store.summary(of: AccountID(5))
            let students = (summary?.students ?? []).map {
                "\($0.account?.value ?? 0) \($0.name ?? "-") \($0.relationship ?? "-")"
            }
            let expected = ["1 Pupil 1 C1", "1 Pupil 1 C2", "2 Pupil 2 C1"]
            try requireEqual(students, expected, "her pupils")
            try requireEqual(summary?.contacts, [], "her contacts")
            let person = try await bench.person(.sourceID("C1"))
            try requireEqual(person?.summary, summary, "the same at a login")
            let listed = try await bench.store.accounts(in: bench.school, of: .standard)
            try requireEqual(listed.first { $0.account.id == AccountID(5) }, summary, "listed")
            let pupil = try await bench.account(2)
            try await bench.change(pupil, to: pupil.with { $0.guardianships = [] })
            let fewer = try await bench.store.summary(of: AccountID(5))?.students.count
            try requireEqual(fewer, 2, "pupils after one named her no more")
        },
        ConformanceLaw("pupils lose a contact who is erased, and history names her no more") {
            bench in
            let before = try await bench.openPupil(1, contacts: ["C1", "C2"])
            try await bench.open(5, linkedTo: [bench.contact("C1")])
            let relations = before.guardianships.sorted { $0.contact.id < $1.contact.id }
            try await bench.apply {
                $0.history = relations.map {
                    HistoryEntry(
                        account: before.id,
                        field: .contacts,
                        from: nil,
                        to: "Siân Patel (\($0.relationship ?? ""))",
                        reason: "r",
                        exact: .guardianship(from: nil, to: $0)
                    )
                }
            }
            let at = Timestamp(milliseconds: 9)
            _ = try await bench.store.erase(AccountID(5), of: .standard, at: at)
            let after = try await bench.account(1)
            try requireEqual(after.guardianships.map(\.contact.id), ["C2"], "the relations")
            try requireEqual(after.version, before.version + 1, "the version")
            let link = try await bench.link(bench.pupil("K1"))
            try requireEqual(link.fingerprint, nil, "the fingerprint")
            let rows = try await bench.store.history(of: before.id)
            let erased = HistoryEntry.erasedPerson
            let texts = rows.map { [$0.entry.from ?? "-", $0.entry.to ?? "-"] }
            try requireEqual(
                texts,
                [["-", erased], ["-", "Siân Patel (C2)"], [erased, "-"]],
                "the history"
            )
            try requireEqual(rows[0].entry.exact, nil, "the exact side of her row")
            try requireEqual(rows[2].entry, .lostErasedContact(before.id), "the new row")
            try requireEqual(rows[2].cause, .administrator, "its cause")
        },
        ConformanceLaw("nothing that was said of others names a contact who was erased") { bench in
            let run = try await bench.sayOfContacts()
            try await bench.open(5, linkedTo: [bench.contact("C1")])
            let at = Timestamp(milliseconds: 9)
            _ = try await bench.store.erase(AccountID(5), of: .standard, at: at)
            let links = ["K1", "K2", "K3"].map(bench.pupil)
            let view = try await bench.view { $0.keys = Set(links + [bench.pupil("U1")]) }
            let said = links.map { view.links[$0]?.last.contacts }
            try requireEqual(
                said,
                [.value([bench.entry("C2")]), .empty, .value([bench.entry("C2")])],
                "what is known by links"
            )
            let states = links.map { view.links[$0]?.state }
            try requireEqual(states, [.active, .left(.notCurrent), .active], "their states")
            let digests = links.map { view.links[$0]?.fingerprint }
            try requireEqual(digests, [nil, nil, 7], "their fingerprints")
            try requireEqual(view.links[links[0]]?.last.neutralKeys, .pupil(7), "their numbers")
            let waiting = view.unlinked[bench.pupil("U1")]
            try requireEqual(waiting?.observation.contacts, .empty, "a record without an account")
            try requireEqual(waiting?.dismissal?.because, "known", "what a person said of it")
            let staged = try await bench.store.staged(in: run, limit: 9)
            try requireEqual(
                staged.map(\.observation.contacts),
                [.value([bench.entry("C2")])],
                "what is staged"
            )
            let planned = try await bench.store.planned(by: run, after: nil, limit: 9)
            try requireEqual(
                planned.map(\.observation.contacts),
                [.value([bench.entry("C2")])],
                "what is planned"
            )
        },
        ConformanceLaw("a contact loses a pupil who is erased") { bench in
            try await bench.openPupil(1, contacts: ["C1"])
            try await bench.open(5, linkedTo: [bench.contact("C1")])
            let before = try await bench.account(5)
            let at = Timestamp(milliseconds: 9)
            _ = try await bench.store.erase(AccountID(1), of: .standard, at: at)
            let summary = try await bench.store.summary(of: AccountID(5))
            try requireEqual(summary?.students, [], "her pupils")
            try requireEqual(summary?.account, before, "her account")
        },
        ConformanceLaw("a removed connection takes its relations along") { bench in
            let pupil = try await bench.openPupil(1, contacts: ["C1"])
            let elsewhere = SourceKey.contact("C1", in: bench.second)
            let kept = Guardianship(contact: elsewhere, givenBy: nil)
            try await bench.change(pupil, to: pupil.with { $0.guardianships.insert(kept) })
            try await bench.connections.remove(bench.school.connection)
            try requireEqual(try await bench.account(1).guardianships, [kept], "the relations")
            try await bench.connections.remove(bench.second.connection)
            try requireEqual(try await bench.account(1).guardianships, [], "none")
        }.besideConnections,
    ]
}

extension Bench {
    func pupil(_ id: String) -> SourceKey { .student(id, in: school) }

    fileprivate func contact(_ id: String, surname: String = "Patel") -> Observation {
        .contact(id, surname: surname, in: school, sequence: 1)
    }

    fileprivate func relation(
        _ contact: String,
        _ relationship: String?,
        _ responsibility: Bool?,
        isConfirmed: Bool = true,
        givenBy key: SourceKey?
    ) -> Guardianship {
        Guardianship(
            contact: .contact(contact, in: school),
            relationship: relationship,
            parentalResponsibility: responsibility,
            isConfirmed: isConfirmed,
            givenBy: key
        )
    }

    fileprivate func entry(_ contact: String) -> ContactEntry {
        .example(contact, contact, in: school)
    }

    /// Keeps in every place there is what a source says of pupils and of their contacts C1 and C2.
    /// - Returns: The run that goes on.
    fileprivate func sayOfContacts() async throws -> RunID {
        func said(_ id: String, _ contacts: String...) -> Observation {
            .student(id, contacts: contacts.map(entry), in: school, sequence: 1)
        }
        func link(_ said: Observation, _ account: Int64, _ state: LinkState) -> LinkWrite {
            let link = Link.of(said, to: AccountID(account)).with {
                $0.fingerprint = 7
                $0.state = state
            }
            return LinkWrite(after: link, baseSequence: nil)
        }
        try await open(.named("Niamh", "One", id: 1))
        let waiting = said("U1", "C1")
        try await apply {
            $0.links = [
                link(said("K1", "C1", "C2").with { $0.neutralKeys = .pupil(7) }, 1, .active),
                link(said("K2", "C1"), 1, .left(.notCurrent)),
                link(said("K3", "C2"), 1, .active),
            ]
            $0.unlinked = [
                UnlinkedRecord(observation: waiting, email: nil, reason: .noWorkEmail)
            ]
        }
        try await apply {
            $0.dismissals = [
                waiting.key: Dismissal(because: "known", at: Timestamp(milliseconds: 1))
            ]
        }
        let run = run(70)
        try await begin(run)
        try await stage(said("S1", "C1", "C2"), email: nil, in: run)
        try await store.keep([PlannedRecord(observation: said("P1", "C2", "C1"))], for: run.id)
        return run.id
    }

    /// Makes the account of the pupil `K(id)`, called `Pupil (id)`, whose contacts are related to
    /// her by their own ids.
    @discardableResult
    fileprivate func openPupil(_ id: Int64, contacts: [String]) async throws -> Account {
        let key = pupil("K\(id)")
        var account = Account.named("Pupil", "\(id)", id: id)
        account.home = key
        account.guardianships = Set(contacts.map { relation($0, $0, true, givenBy: key) })
        let record = Observation.student("K\(id)", in: school, sequence: 1)
        let written = account
        try await apply { changes in
            changes.accounts = [AccountWrite(after: written, before: nil)]
            changes.links = [
                LinkWrite(
                    after: Link.of(record, to: written.id).with { $0.fingerprint = 7 },
                    baseSequence: nil
                )
            ]
        }
        return try await self.account(id)
    }
}
