import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of classes, unlinked records, history, and of change sets as a whole.
    static let recordLaws =
        [
            ConformanceLaw("a class is found by its key, as a request described it") { bench in
                let record = bench.group(7, "10B", sequence: 3)
                try await bench.apply { $0.classes = [record] }
                let key = record.teachingClass.key
                let other = ClassKey(school: key.school, academicYear: "2026/27", id: key.id)
                let view = try await bench.view { $0.classes = [key, other] }
                try requireEqual(view.classes, [key: record], "the classes")
            },
            ConformanceLaw("an older description of a class is left out, an equal one is not") {
                bench in
                let names = [(3, "first", "first"), (2, "older", "first"), (3, "equal", "equal")]
                for (sequence, name, expected) in names {
                    let record = bench.group(7, "10B", sequence: Int64(sequence)).renamed(name)
                    try await bench.apply { $0.classes = [record] }
                    let view = try await bench.view { $0.classes = [record.teachingClass.key] }
                    let found = view.classes[record.teachingClass.key]
                    try requireEqual(found?.teachingClass.name, expected, "the name")
                }
            },
            ConformanceLaw("a class whose key is taken by another id is refused") { bench in
                let record = bench.group(7, "10B", sequence: 3)
                try await bench.apply { $0.classes = [record] }
                try await requireRefusal(.stale, "the class") { () throws(StoreError) in
                    try await bench.apply { $0.classes = [bench.group(8, "10B", sequence: 9)] }
                }
                let view = try await bench.view { $0.classes = [record.teachingClass.key] }
                try requireEqual(view.classes.values.first, record, "it")
            },
            ConformanceLaw("a class whose id is taken by another key is refused") { bench in
                let record = bench.group(7, "10B", sequence: 3)
                try await bench.apply { $0.classes = [record] }
                for sequence in [2, 3, 9] as [Int64] {
                    try await requireRefusal(.stale, "the class of request \(sequence)") {
                        () throws(StoreError) in
                        try await bench.apply {
                            $0.classes = [bench.group(7, "10C", sequence: sequence)]
                        }
                    }
                }
                try await requireRefusal(.stale, "two classes of one id") {
                    () throws(StoreError) in
                    try await bench.apply {
                        $0.classes = ["11A", "11B"].map { bench.group(8, $0, sequence: 9) }
                    }
                }
                let keys = ["10B", "10C", "11A", "11B"].map {
                    bench.group(7, $0, sequence: 3).teachingClass.key
                }
                let view = try await bench.view { $0.classes = Set(keys) }
                try requireEqual(view.classes, [record.teachingClass.key: record], "the classes")
            },
            ConformanceLaw("an unlinked record is replaced by its key and goes when told") {
                bench in
                try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
                for reason in UnlinkedReason.allCases {
                    let record = UnlinkedRecord(
                        observation: bench.record("U1"),
                        email: "\(reason)@school.example",
                        reason: reason,
                        candidates: [AccountID(2), AccountID(1)]
                    )
                    try await bench.apply { $0.unlinked = [record] }
                    let found = try await bench.store.unlinkedRecords(in: bench.school)
                    try requireExact(found, [record], "the records")
                }
                try await bench.apply { $0.noLongerUnlinked = [bench.staff("U1")] }
                let found = try await bench.store.unlinkedRecords(in: bench.school)
                try requireEqual(found, [], "the records after it went")
            },
            ConformanceLaw("unlinked records of a school come by their id") { bench in
                for id in ["U3", "U1", "U2"] { try await bench.park(id, email: nil) }
                try await bench.park("U0", email: nil, in: bench.second)
                let found = try await bench.store.unlinkedRecords(in: bench.school)
                try requireEqual(found.map(\.observation.key.id), ["U1", "U2", "U3"], "the ids")
            },
            ConformanceLaw("an unlinked record is found by address, user name and id in its school")
            {
                bench in
                try await bench.park("U1", email: "u@school.example")
                let keys: [LoginKey] = [
                    .email("u@school.example"), .username("u@school.example"), .sourceID("U1"),
                ]
                for key in keys {
                    let found = try await bench.store.unlinkedRecord(key, in: bench.school)
                    try requireEqual(found?.observation.key, bench.staff("U1"), "by \(key)")
                    let other = try await bench.store.unlinkedRecord(key, in: bench.second)
                    try requireEqual(other, nil, "in another school by \(key)")
                }
            },
            ConformanceLaw("history keeps its order, its moments, its runs and its causes") {
                bench in
                try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
                var expected: [DatedHistoryEntry] = []
                let causes: [Cause] = [.login, .batch, .administrator, .import]
                for (index, cause) in causes.enumerated() {
                    let run = index.isMultiple(of: 2) ? RunID(Int64(50 + index)) : nil
                    let at = Timestamp(milliseconds: Int64(100 - index))
                    let entries = bench.entries(1, index)
                    var changes = ChangeSet(tenant: .standard, run: run, cause: cause, at: at)
                    changes.history = entries + bench.entries(2, index)
                    try await bench.store.apply(changes)
                    expected += entries.map {
                        DatedHistoryEntry(entry: $0, at: at, run: run, cause: cause)
                    }
                }
                let found = try await bench.store.history(of: AccountID(1))
                try requireExact(found, expected, "the history")
                let none = try await bench.store.history(of: AccountID(9))
                try requireEqual(none, [], "the history of nobody")
            },
        ]
        + Spoiler.allCases.map { spoiler in
            ConformanceLaw("a change set refused for its \(spoiler.rawValue) changes nothing") {
                try await $0.tryToSpoil(with: spoiler)
            }
        }
}

/// What makes a change set be refused, after and before much that is right.
private enum Spoiler: String, CaseIterable {
    case account
    case newAccount = "new account"
    case address
    case link
    case newLink = "new link"
    case orphan = "link without account"
    case classKey = "class"
}

extension Bench {
    fileprivate func group(_ id: Int64, _ name: String, sequence: Int64) -> ClassRecord {
        ClassRecord(
            id: ClassID(id),
            teachingClass: .example(name, in: school),
            sequence: sequence
        )
    }

    fileprivate func entries(_ account: Int64, _ number: Int) -> [HistoryEntry] {
        [
            HistoryEntry(
                account: AccountID(account),
                field: nil,
                from: nil,
                to: "x\(number)",
                reason: "z"
            ),
            HistoryEntry(
                account: AccountID(account),
                field: Field.allCases[number],
                from: "\(number)",
                to: nil,
                reason: "a"
            ),
        ]
    }

    /// Keeps a record without an account.
    func park(
        _ id: String,
        email: String?,
        in school: SchoolKey? = nil,
        sequence: Int64 = 1
    ) async throws {
        let observation = Observation.staff(id, in: school ?? self.school, sequence: sequence)
        let record = UnlinkedRecord(observation: observation, email: email, reason: .sharedEmail)
        try await apply { $0.unlinked = [record] }
    }

    /// Everything that laws of this file can see.
    private func everything() async throws -> (LocalView, [DatedHistoryEntry], [KnownPerson?]) {
        let view = try await view { request in
            request.keys = Set(["S1", "S2", "S3", "U1", "U2"].map(staff))
            request.accounts = Set((1...4).map { AccountID($0) })
            request.classes = Set(
                ["10B", "10C"].map { group(0, $0, sequence: 0).teachingClass.key }
            )
        }
        let history = try await store.history(of: AccountID(1))
        var people: [KnownPerson?] = []
        for key in [LoginKey.email("old@school.example"), .sourceID("S1")] {
            people.append(try await person(key))
        }
        return (view, history, people)
    }

    fileprivate func tryToSpoil(with spoiler: Spoiler) async throws {
        try await open(1, linkedTo: [record("S1")])
        try await open(2, linkedTo: [record("S2")])
        try await park("U1", email: "u@school.example")
        try await apply { $0.classes = [group(7, "10B", sequence: 1)] }
        let (one, link) = (try await account(1), try await link(staff("S1")))
        let (view, history, people) = try await everything()
        try await requireRefusal(.stale, "the change set") { () throws(StoreError) in
            try await apply(at: 5) { changes in
                fill(&changes, one, link)
                spoil(&changes, with: spoiler, one, link)
            }
        }
        let (after, historyAfter, peopleAfter) = try await everything()
        try requireEqual(after, view, "the view")
        try requireEqual(historyAfter, history, "the history")
        try requireEqual(peopleAfter, people, "the people")
        try await apply(at: 5) { fill(&$0, one, link) }
        let done = try await everything()
        try require(done.0 != view && done.1 != history, "Without its fault nothing was done.")
    }

    /// Asks for something of every kind.
    private func fill(_ changes: inout ChangeSet, _ one: Account, _ link: Link) {
        changes.accounts = [
            AccountWrite(after: .named("E", "F", id: 3), before: nil),
            AccountWrite(after: one.with { $0.email = "new@school.example" }, before: one),
        ]
        changes.links = [
            LinkWrite(after: .of(record("S3"), to: AccountID(3)), baseSequence: nil),
            LinkWrite(after: link.with { $0.state = .absent }, baseSequence: link.sequence),
        ]
        changes.classes = [group(7, "10B", sequence: 9).renamed("new")]
        changes.unlinked = [
            UnlinkedRecord(observation: record("U2"), email: nil, reason: .left)
        ]
        changes.noLongerUnlinked = [staff("U1")]
        changes.formerEmails = [FormerEmail(account: one.id, email: "old@school.example")]
        changes.history = entries(1, 1)
        changes.checked = [CheckedRecord(key: link.key, sequence: 30)]
    }

    private func spoil(
        _ changes: inout ChangeSet,
        with spoiler: Spoiler,
        _ one: Account,
        _ link: Link
    ) {
        let late = Account.named("G", "H", id: 4)
        switch spoiler {
        case .account: changes.accounts[1].before?.version += 1
        case .newAccount:
            changes.accounts.append(AccountWrite(after: .named("G", "H", id: 2), before: nil))
        case .address:
            changes.accounts.append(
                AccountWrite(after: late.with { $0.email = "2@school.example" }, before: nil)
            )
        case .link: changes.links[1].baseSequence = link.sequence + 1
        case .newLink:
            changes.links.append(
                LinkWrite(after: .of(record("S2"), to: AccountID(3)), baseSequence: nil)
            )
        case .orphan:
            changes.links.append(
                LinkWrite(after: .of(record("S9"), to: AccountID(9)), baseSequence: nil)
            )
        case .classKey: changes.classes.append(group(8, "10B", sequence: 10))
        }
    }
}

extension ClassRecord {
    fileprivate func renamed(_ name: String) -> ClassRecord {
        var copy = self
        copy.teachingClass.name = name
        return copy
    }
}
