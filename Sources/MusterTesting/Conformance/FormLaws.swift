import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of form: whatever a source can say comes back to the last scalar.
    static let formLaws: [ConformanceLaw] = [
        ConformanceLaw("odd texts come back exactly in every place that holds one") { bench in
            for (number, text) in oddTexts.enumerated() {
                try await bench.keep(text, as: Int64(number + 1))
            }
        },
        ConformanceLaw("every way to say something of a field comes back") { bench in
            let observations = statements(in: bench.school)
            let run = bench.run(70)
            try await bench.begin(run)
            for (number, observation) in observations.enumerated() {
                let id = Int64(number + 1)
                try await bench.open(id, linkedTo: [observation])
                let link = try await bench.link(observation.key)
                try requireExact(link.last, observation, "the last answer of a link")
                try await bench.stage(observation, email: nil, in: run)
            }
            let staged = try await bench.store.staged(in: run.id, limit: 1000)
            let expected = observations.sorted { $0.key.id < $1.key.id }
            try requireExact(staged.map(\.observation), expected, "the staged answers")
        },
        ConformanceLaw("every state of a link and an account comes back") { bench in
            let states: [LinkState] =
                [.active, .outOfScope, .absent]
                + [.notCurrent, .toBeDeleted, .notEnabled, .listedApart].map { .left($0) }
            for (number, state) in states.enumerated() {
                let record = bench.record("S\(number)")
                try await bench.open(Int64(number + 1), linkedTo: [record]) { link in
                    link.state = state
                    link.fingerprint = [nil, 0, .max, 1 << 63][number % 4]
                    link.replanOn = number.isMultiple(of: 2) ? .example : nil
                }
                let link = try await bench.link(record.key)
                try requireEqual(link.state, state, "the state")
                try requireEqual(
                    link.fingerprint,
                    [nil, 0, .max, 1 << 63][number % 4],
                    "the digest"
                )
                let isEven = number.isMultiple(of: 2)
                try requireEqual(link.replanOn, isEven ? .example : nil, "the day")
            }
            let statuses: [AccountStatus] = [
                .suspended(by: .sync), .suspended(by: .administrator), .active,
            ]
            for status in statuses {
                let before = try await bench.account(1)
                try await bench.change(before, to: before.with { $0.status = status })
                try requireEqual(try await bench.account(1).status, status, "the status")
            }
        },
        ConformanceLaw("moments and numbers of any size come back") { bench in
            for (number, size) in [0, -1, 253_402_300_799_999, -62_135_596_800_000].enumerated() {
                let record = bench.record("S\(number)", sequence: 1 << 40 + Int64(number))
                let at = Timestamp(milliseconds: Int64(size))
                try await bench.open(Int64(number + 1), linkedTo: [record]) {
                    $0 = Link.of(record, to: $0.account, at: at)
                    $0.missingSince = at
                }
                let link = try await bench.link(record.key)
                try requireEqual(link.linkedAt, at, "when it was linked")
                try requireEqual(link.missingSince, at, "since when it is missing")
                try requireEqual(link.last.sequence, 1 << 40 + Int64(number), "the number")
            }
        },
    ]

    /// Texts that have broken some system before.
    static let oddTexts = [
        "", " ", "a\u{0}b", "O'Hara \"x\" \\ %_;--", "\u{1F469}\u{200D}\u{1F3EB}", "\r\n\t\u{7f}",
        "e\u{301} and \u{e9}", "\u{202E}ليلى النجار\u{202C}", "נועה", "山本 陽子", "\u{FEFF}x\u{FFFD}",
        "\u{10FFFF}", String(repeating: "ő", count: 10_000), "NULL", "1e400", "\u{FB01}ſKİ",
    ]

    /// Observations that together say everything in every way.
    static func statements(in school: SchoolKey) -> [Observation] {
        let day = Day.example
        let whys: [Unsupplied] = [.neverByProvider, .notGranted, .notAskedFor, .unreadable]
        let standings: [Standing] =
            [.current, .unstated, .notYetStarted(day)]
            + [.notCurrent, .toBeDeleted, .notEnabled, .listedApart].map { .left($0) }
        let terms = [Term(), Term(start: day), Term(end: day), Term(start: day, end: day.next)]
        let full = Observation.staff("full", in: school, sequence: 3).with { it in
            it.title = .value("")
            it.initials = .value("AA")
            it.neutralKeys = .teacher(1)
            it.phone = .value("0")
            it.address = .value("1 Alder Way, Town")
            it.roles = .value(terms.map { StaffRole(title: "Teacher", term: $0) })
            it.managers = .value(terms.map { ManagerEntry(key: .staff("M", in: school), term: $0) })
            it.classes = .value(ClassRole.allCases.map { membership($0, in: school) })
            it.contacts = .value(
                [nil, true, false].map {
                    ContactEntry.example("C", $0 == nil ? nil : "", responsible: $0, in: school)
                }
            )
        }
        var all = [full]
        for (number, standing) in standings.enumerated() {
            all.append(Observation(key: .staff("s\(number)", in: school), sequence: 1))
            all[all.count - 1].standing = standing
        }
        for (number, why) in whys.enumerated() {
            all.append(.silent(.notSupplied(why), .staff("n\(number)", in: school)))
        }
        all.append(.silent(.empty, .staff("empty", in: school)))
        all.append(
            full.copied(to: .staff("lists", in: school)).with { it in
                it.roles = .value([])
                it.managers = .value([])
                it.classes = .value([])
                it.contacts = .value([])
                it.teachingStaff = .value(true)
            }
        )
        return all
    }

    private static func membership(_ role: ClassRole, in school: SchoolKey) -> ClassMembership {
        let isOdd = role == .student
        let group = TeachingClass(
            key: ClassKey(school: school, academicYear: isOdd ? "2026/27" : nil, id: "10B"),
            name: "10B/Sc1",
            description: isOdd ? "" : nil,
            subject: isOdd ? "Science" : nil
        )
        return ClassMembership(teachingClass: group, role: role)
    }
}

extension Observation {
    /// An observation that says the same of every field.
    fileprivate static func silent(_ silence: Observed<Never>, _ key: SourceKey) -> Observation {
        func said<Value>(_: Value.Type) -> Observed<Value> {
            switch silence {
            case .notSupplied(let why): .notSupplied(why)
            default: .empty
            }
        }
        return Observation(key: key, sequence: 2).with { it in
            (it.title, it.forename) = (said(String.self), said(String.self))
            (it.surname, it.initials) = (said(String.self), said(String.self))
            (it.email, it.phone) = (said(String.self), said(String.self))
            (it.address, it.teachingStaff) = (said(String.self), said(Bool.self))
            (it.roles, it.managers) = (said([StaffRole].self), said([ManagerEntry].self))
            (it.classes, it.contacts) = (said([ClassMembership].self), said([ContactEntry].self))
        }
    }

    fileprivate func copied(to key: SourceKey) -> Observation {
        var copy = self
        copy.key = key
        return copy
    }
}

extension Bench {
    /// Writes `text` wherever a text of a source may go, and reads it back.
    fileprivate func keep(_ text: String, as id: Int64) async throws {
        let key = staff("id \(text)")
        let group = TeachingClass(
            key: ClassKey(school: school, academicYear: text, id: text),
            name: text,
            description: text,
            subject: text
        )
        var observation = Observation(key: key, sequence: 1)
        observation.surname = .value(text)
        observation.email = .value(text)
        observation.roles = .value([StaffRole(title: text)])
        observation.managers = .value([ManagerEntry(key: key)])
        observation.classes = .value([ClassMembership(teachingClass: group, role: .teacher)])
        observation.contacts = .value([ContactEntry(key: key, relationship: text)])
        var account = Account.named(text, text, id: id)
        for field in Field.texts { account[text: field] = text }
        account.home = key
        account.privileges = [Privilege(name: text, givenBy: key)]
        account.guardianships = [Guardianship(contact: key, relationship: text, givenBy: key)]
        let entry = HistoryEntry(
            account: account.id,
            field: .surname,
            from: text,
            to: text,
            reason: text
        )
        let record = ClassRecord(id: ClassID(id), teachingClass: group, sequence: 1)
        let parked = UnlinkedRecord(
            observation: observation.with { $0.key = staff("parked \(text)") },
            email: nil,
            reason: .noWorkEmail
        )
        let (written, said) = (account, observation)
        try await apply { changes in
            changes.accounts = [AccountWrite(after: written, before: nil)]
            changes.links = [LinkWrite(after: .of(said, to: written.id), baseSequence: nil)]
            changes.classes = [record]
            changes.history = [entry]
            changes.unlinked = [parked]
        }
        let what = "with \(text.debugDescription.prefix(40))"
        try requireExact(
            try await self.account(id),
            written.with { $0.version = 1 },
            "the account \(what)"
        )
        try requireExact(try await link(key).last, said, "the link \(what)")
        let view = try await view { request in
            request.classes = [group.key]
            request.keys = [parked.observation.key]
        }
        try requireExact(view.classes[group.key], record, "the class \(what)")
        try requireExact(view.unlinked.values.first, parked, "the unlinked record \(what)")
        let history = try await store.history(of: written.id)
        try requireExact(history.map(\.entry), [entry], "the history \(what)")
    }
}
