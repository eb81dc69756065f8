import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of connections, their secrets and the tenants' policies.
    static let connectionLaws: [ConformanceLaw] = [
        ConformanceLaw("a connection reads back as it was added, its secret as it was sealed") {
            bench in
            var draft = ConnectionDraft.example(
                "zulu",
                schools: [.example, SchoolDescription(id: "Z2", name: "Zed Hill")]
            )
            draft.people = [.staff, .contact]
            draft.settings = ["origin": "https://mis.example", "odd \u{0}": "\u{1F9EE}"]
            draft.capabilities = .odd
            let connection = try await bench.connections.addConnection(draft) {
                id throws(StoreError) in
                [0, 255, UInt8(truncatingIfNeeded: id.value)]
            }
            try requireEqual(connection.people, draft.people, "the people")
            try requireEqual(connection.settings, draft.settings, "the settings")
            try requireEqual(connection.capabilities, draft.capabilities, "the capabilities")
            try requireExact(connection.schools, draft.schools, "the schools")
            try requireEqual(
                [connection.name, connection.kind, connection.tenant.name],
                [draft.name, draft.kind, draft.tenant.name],
                "name, kind and tenant"
            )
            let all = try await bench.connections.connections()
            try requireEqual(all.map(\.name), ["alder", "birch", "cedar", "zulu"], "the names")
            try requireEqual(all.last, connection, "the connection in the list")
            let sealed = try await bench.connections.sealedSecret(of: connection.id)
            try requireEqual(
                sealed,
                [0, 255, UInt8(truncatingIfNeeded: connection.id.value)],
                "the secret"
            )
        },
        ConformanceLaw("a connection whose secret cannot be sealed is not kept") { bench in
            let fault = StoreError.unavailable(reason: "There is no key.")
            try await requireRefusal(fault, "the connection") { () throws(StoreError) in
                _ = try await bench.connections.addConnection(.example("zulu")) {
                    _ throws(StoreError) in throw fault
                }
            }
            let names = try await bench.connections.connections().map(\.name)
            try requireEqual(names, ["alder", "birch", "cedar"], "the names")
        },
        ConformanceLaw("a name that is taken is refused, and what to do is said") { bench in
            let conflict = StoreError.conflict(
                reason: "A connection called birch exists already; choose another name with "
                    + "--name or remove it first."
            )
            try await requireRefusal(conflict, "a second birch") { () throws(StoreError) in
                _ = try await bench.connections.addConnection(
                    .example("birch", tenant: bench.stranger)
                ) { _ throws(StoreError) in [] }
            }
            let alder = bench.school.connection
            try await requireRefusal(conflict, "a renamed alder") { () throws(StoreError) in
                try await bench.connections.rename(alder, to: "birch")
            }
            try await bench.connections.rename(alder, to: "ash")
            try await bench.connections.rename(alder, to: "ash")
            let names = try await bench.connections.connections().map(\.name)
            try requireEqual(names, ["ash", "birch", "cedar"], "the names")
        },
        ConformanceLaw("a school is found by its id, else by the name of its only connection") {
            bench in
            let two = [
                SchoolDescription(id: "A1", name: "x"), SchoolDescription(id: "D2", name: "y"),
            ]
            let fir = try await bench.add(.example("fir", schools: two))
            let named = try await bench.add(
                .example("A1", schools: [SchoolDescription(id: "G1", name: "z")])
            )
            let expected: [(String, SchoolKey?)] = [
                ("A1", bench.school), ("alder", bench.school), ("fir", nil), ("nobody", nil),
                ("D2", SchoolKey(connection: fir.id, school: "D2")), ("C1", bench.foreign),
                ("G1", SchoolKey(connection: named.id, school: "G1")),
            ]
            for (text, key) in expected {
                let found = try await bench.connections.school(named: text)
                try requireEqual(found?.key, key, "the school called \(text)")
            }
        },
        ConformanceLaw("a text finds every school that it may mean, whosever it is") { bench in
            let shared = SchoolDescription(id: "A1", name: "shared")
            let twin = try await bench.add(
                .example("twin", schools: [shared], tenant: bench.stranger)
            )
            let named = try await bench.add(
                .example("A1", schools: [SchoolDescription(id: "G1", name: "z")])
            )
            let expected = [
                "A1": [
                    bench.school, SchoolKey(connection: twin.id, school: "A1"),
                    SchoolKey(connection: named.id, school: "G1"),
                ],
                "twin": [SchoolKey(connection: twin.id, school: "A1")], "nobody": [],
            ]
            for (text, keys) in expected {
                let found = try await bench.connections.schools(named: text).map(\.key)
                try requireEqual(found, keys, "the schools called \(text)")
            }
        },
        ConformanceLaw("a secret is replaced and taken away") { bench in
            let alder = bench.school.connection
            for secret in [[9, 0, 9], nil, [7]] as [[UInt8]?] {
                try await bench.connections.setSealedSecret(secret, of: alder)
                let found = try await bench.connections.sealedSecret(of: alder)
                try requireEqual(found, secret, "the secret")
            }
            let unknown = try await bench.connections.sealedSecret(of: ConnectionID(999))
            try requireEqual(unknown, nil, "the secret of no connection")
        },
        ConformanceLaw("what a source was learnt to deliver is kept") { bench in
            for capabilities in [Capabilities.odd, Capabilities(), .everything] {
                try await bench.connections.setCapabilities(
                    capabilities,
                    of: bench.school.connection
                )
                let found = try await bench.connections.school(named: "A1")?.connection.capabilities
                try requireEqual(found, capabilities, "the capabilities")
            }
        },
        ConformanceLaw("a connection is synced daily until another schedule is kept") { bench in
            let added = try await bench.connections.connections().first
            try requireEqual(added?.schedule, SyncSchedule(), "the schedule at first")
            let odd = [Term(start: .example, end: Day.example.next), Term(), Term(end: .example)]
            for schedule in [
                SyncSchedule(interval: .seconds(900), readsChanges: true, holidays: odd),
                SyncSchedule(interval: nil, holidays: [Term(start: .example)]), SyncSchedule(),
            ] {
                let alder = bench.school.connection
                try await bench.connections.setSchedule(schedule, of: alder)
                try await bench.connections.setSchedule(schedule, of: ConnectionID(999))
                let found = try await bench.connections.school(named: "A1")?.connection.schedule
                try requireEqual(found, schedule, "the schedule")
                let other = try await bench.connections.school(named: "birch")?.connection.schedule
                try requireEqual(other, SyncSchedule(), "the schedule of another connection")
            }
        },
        ConformanceLaw("from when on changes were not read is kept by school and kind") { bench in
            let alder = bench.school.connection
            try requireEqual(try await bench.connections.readMarks(of: alder), [], "no marks")
            let marks = [
                bench.mark("A1", 1, terms: .max), bench.mark("A1", 2, of: .student),
                bench.mark("A2", 3),
            ]
            let old = bench.mark("A2", 9)
            let foreign = ReadMark(
                school: bench.second,
                kind: .staff,
                readAt: .example,
                fullAt: .example,
                terms: 7
            )
            for mark in [old] + marks + [foreign] { try await bench.connections.setReadMark(mark) }
            let found = try await bench.connections.readMarks(of: alder)
            try requireEqual(Set(found), Set(marks), "the marks")
            try requireEqual(found.count, 3, "how many they are")
            try await bench.connections.remove(alder)
            try await bench.connections.setReadMark(old)
            let left = try await bench.connections.readMarks(of: alder)
            try requireEqual(left, [], "the marks of a removed connection")
            let others = try await bench.connections.readMarks(of: bench.second.connection)
            try requireEqual(others, [foreign], "the marks of another connection")
        },
        ConformanceLaw("a policy reads back as it was set, a tenant's own only") { bench in
            for policy in [Policy.odd, Policy()] {
                try await bench.connections.setPolicy(policy, of: bench.stranger)
                let found = try await bench.connections.policy(of: bench.stranger)
                try requireEqual(found, policy, "the policy")
                let other = try await bench.connections.policy(of: .standard)
                try requireEqual(other, Policy(), "the policy of another tenant")
            }
        },
        ConformanceLaw("a removed connection takes what was learnt through it and leaves accounts")
        {
            try await $0.removeAndLook()
        },
        ConformanceLaw("the number of a removed connection is never given again") { bench in
            let old = try await bench.add(.example("zulu"))
            try await bench.connections.remove(old.id)
            let new = try await bench.add(.example("zulu"))
            try require(new.id != old.id, "The number \(old.id.value) was given twice.")
        },
    ]
}

extension Bench {
    /// A mark of a school of the first connection.
    func mark(
        _ school: String,
        _ at: Int64,
        of kind: PersonKind = .staff,
        terms: UInt64 = 0
    ) -> ReadMark {
        ReadMark(
            school: SchoolKey(connection: self.school.connection, school: school),
            kind: kind,
            readAt: Timestamp(milliseconds: at),
            fullAt: Timestamp(milliseconds: at - 1),
            terms: terms
        )
    }

    func add(_ draft: ConnectionDraft) async throws -> Connection {
        try await connections.addConnection(draft) { _ throws(StoreError) in [1] }
    }

    /// Account 1 has two links; the connection of its home link goes.
    fileprivate func removeAndLook() async throws {
        try await openFull()
        let kept = Observation.staff("T1", in: second, sequence: 1)
        try await apply {
            $0.links = [LinkWrite(after: .of(kept, to: AccountID(1)), baseSequence: nil)]
            $0.history = [
                HistoryEntry(account: AccountID(1), field: nil, from: nil, to: "x", reason: "y")
            ]
        }
        try await park("U1", email: "1@school.example")
        try await check(staff("S1"), 50, at: 5)
        let run = run(70)
        try await begin(run)
        try await stage(record("S2"), email: "1@school.example", in: run)
        try await connections.remove(school.connection)

        let account = try await account(1)
        try requireEqual(account.home, nil, "its home")
        try requireEqual(account.surname, "Abdi", "its surname")
        try requireEqual(Set(account.privileges.map(\.givenBy)), [nil], "who gave its rights")
        try requireEqual(account.privileges.count, 2, "its rights")
        try requireEqual(account.memberships, [], "its places in classes that went")
        let view = try await view(run: run.id) { request in
            request.accounts = [account.id]
            request.keys = [staff("S1"), staff("U1")]
            request.emails = ["1@school.example"]
            request.classes = [TeachingClass.example("10B/Sc1", in: school).key]
        }
        try requireEqual(Set(view.links.keys.map(\.id)), ["T1"], "the links")
        try requireEqual(view.unlinked, [:], "the unlinked records")
        try requireEqual(view.claims, [:], "the claims")
        try requireEqual(view.classes, [:], "the classes")
        let history = try await store.history(of: account.id)
        try requireEqual(history.count, 1, "rows of history")
        let person = try await person(.email("1@school.example"), in: second)
        try requireEqual(person?.checkedAt, nil, "its last look-up")
        try requireEqual(try await connections.school(named: "A1"), nil, "the school")
        let secret = try await connections.sealedSecret(of: school.connection)
        try requireEqual(secret, nil, "the secret")
        try requireEqual(
            try await connections.connections().map(\.name),
            ["birch", "cedar"],
            "the connections"
        )
    }
}

extension Capabilities {
    /// Something in every field.
    fileprivate static var odd: Capabilities {
        var odd = Capabilities(
            provider: "O\u{0}dd \u{1F3EB}",
            neverByProvider: [.phone, .managers]
        )
        odd[.staff].grants = [
            .email: .granted, .title: .seenFilled, .address: .denied, .initials: .unknown,
        ]
        odd[.staff, in: "A1"].filled = [.email: 120, .phone: 0]
        odd[.student, in: "A1"].refusedParts = ["contract.roles", "classes.subject"]
        odd[.student, in: "a.~d~t.\u{1F3EB}"].hasClasses = false
        odd[.contact, in: "A2"] = KindCapabilities()
        odd[.student, in: "A2"].withoutClassesSince = .example
        odd.hierarchyContradicts = true
        return odd
    }
}

extension Policy {
    /// Something in every field.
    fileprivate static var odd: Policy {
        var odd = Policy()
        for (field, owner) in zip(Field.owned, Ownership.allCases + Ownership.allCases) {
            odd.ownership[field] = owner
        }
        odd.privileges = ["Head of Year": ["exams", "reports"], "Öğretmen \u{1F34E}": []]
        odd.departedManager = .keep
        odd.trustsEmail = false
        odd.freezes = [Term(start: .example, end: Day.example.next), Term(), Term(end: .example)]
        odd.newcomers = .park
        odd.loginBudget = .milliseconds(1)
        odd.freshness = .zero
        odd.batchFreshness = .seconds(86_400 * 365)
        odd.firstSync = .wait
        return odd
    }
}
