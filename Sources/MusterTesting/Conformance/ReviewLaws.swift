import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what people decide: ignored records, moved links, names that pass on.
    static let reviewLaws: [ConformanceLaw] = [
        ConformanceLaw("what was said of an ignored record stays while its reason does") { bench in
            try await bench.park("U1", email: "a@school.example")
            let said = [
                Dismissal(because: "two\nlines \u{0} \\ e\u{301}", until: .example, at: .example),
                Dismissal(because: "x", at: Timestamp(milliseconds: 1)),
            ]
            for dismissal in said {
                try await bench.dismiss("U1", by: dismissal)
                try await bench.park("U1", email: "b@school.example", sequence: 7)
                for found in try await bench.findings("U1") {
                    try requireExact(found.dismissal, dismissal, "what was said")
                    try requireEqual(found.observation.sequence, 7, "the later answer")
                }
            }
            try await bench.dismiss("U1", by: nil)
            for found in try await bench.findings("U1") {
                try requireEqual(found.dismissal, nil, "what was lifted")
            }
        },
        ConformanceLaw("another reason ends an ignored record for good") { bench in
            try await bench.park("U1", email: nil)
            let parked = try requirePresent(try await bench.findings("U1").first, "the record")
            try await bench.dismiss("U1", by: Dismissal(because: "x", at: .example))
            var other = parked
            other.reason = .otherKind
            for record in [other, parked] {
                try await bench.apply { $0.unlinked = [record] }
                for found in try await bench.findings("U1") {
                    try requireEqual(found.dismissal, nil, "of \(record.reason)")
                }
            }
        },
        ConformanceLaw("a record put with a dismissal is not ignored by that") { bench in
            var record = UnlinkedRecord(
                observation: bench.record("U1"),
                email: nil,
                reason: .sharedEmail
            )
            record.dismissal = Dismissal(because: "x", at: .example)
            try await bench.apply { $0.unlinked = [record] }
            for found in try await bench.findings("U1") {
                try requireEqual(found.dismissal, nil, "what was said")
            }
        },
        ConformanceLaw("a record that waits no more cannot be ignored") { bench in
            try await bench.park("U1", email: nil)
            try await bench.apply { $0.noLongerUnlinked = [bench.staff("U1")] }
            for id in ["U1", "U2"] {
                try await requireRefusal(.stale, "ignoring \(id)") { () throws(StoreError) in
                    try await bench.dismiss(id, by: Dismissal(because: "x", at: .example))
                }
            }
        },
        ConformanceLaw("a link moves only from the account that is named") { bench in
            let link = try await bench.openOne()
            try await bench.open(.named("C", "D", id: 2), .named("E", "F", id: 3))
            let moved = link.moved(to: AccountID(2))
            for former in [nil, AccountID(2), AccountID(3)] {
                try? await bench.move(moved, from: former)
                try requireEqual(try await bench.link(link.key).account, link.account, "before")
            }
            try await bench.move(moved, from: link.account)
            try requireEqual(try await bench.link(link.key), moved, "the link")
            let person = try await bench.person(.sourceID(link.key.id))
            try requireEqual(person?.account.id, AccountID(2), "the person")
            let left = try await bench.store.summary(of: link.account)
            try requireEqual(left?.links, [], "what the other account has left")
        },
        ConformanceLaw("a moved link is one person at school and in the tenant as before") {
            bench in
            let link = try await bench.openOne()
            try await bench.open(2, linkedTo: [bench.record("S9")])
            try await bench.open(.named("E", "F", id: 3))
            for (account, people) in [(2, 1), (3, 2)] as [(Int64, Int)] {
                let now = try await bench.link(link.key)
                try await bench.move(now.moved(to: AccountID(account)), from: now.account)
                let tally = try await bench.wholeTally()
                try requireEqual(tally.peopleAtSchool, 2, "the people at school")
                try requireEqual(tally.peopleOfTenant, people, "the people of the tenant")
            }
        },
        ConformanceLaw("what hosts call an account, and its former addresses, pass on") { bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            let subjects = ["1", "2"].map { HostSubject(issuer: "i", subject: $0) }
            for (index, subject) in subjects.enumerated() {
                try await bench.bind(subject, to: Int64(index + 1))
            }
            for (email, id, at) in [("x", 1, 5), ("y", 1, 9), ("y", 2, 7)]
                as [(String, Int64, Int64)]
            {
                try await bench.apply(at: at) {
                    $0.formerEmails = [
                        FormerEmail(account: AccountID(id), email: "\(email)@school.example")
                    ]
                }
            }
            try await bench.apply {
                $0.mergers = [Merger(from: AccountID(1), into: AccountID(2))]
            }
            for subject in subjects {
                let found = try await bench.person(.subject(subject))
                try requireEqual(found?.account.id.value, 2, "the person of \(subject)")
            }
            for (email, since) in [("x", 5), ("y", 9)] as [(String, Int64)] {
                let key = LoginKey.email("\(email)@school.example")
                let found = try await bench.person(key, formerSince: since)
                try requireEqual(found?.account.id.value, 2, "the person of \(email)")
                let late = try await bench.person(key, formerSince: since + 1)
                try requireEqual(late, nil, "the person of \(email) later")
            }
        },
        ConformanceLaw("what a run remarked on comes back") { bench in
            var run = bench.run(70)
            try await bench.begin(run)
            run.remarks = [
                RunRemark(record: nil, reason: "A record\nwithout \\ an id."),
                RunRemark(record: "", reason: ""),
                RunRemark(record: "=2", kind: .contact, reason: "y"),
                RunRemark(record: "", kind: .staff, reason: "z"),
                RunRemark(record: "A\u{0}1", reason: "x"),
            ]
            try await bench.store.update(run)
            try requireEqual(try await bench.store.run(run.id), run, "the run")
        },
    ]
}

extension Bench {
    fileprivate func dismiss(_ id: String, by dismissal: Dismissal?) async throws(StoreError) {
        try await apply { $0.dismissals[staff(id)] = .some(dismissal) }
    }

    /// The record without an account, in every way in which a store tells of it.
    fileprivate func findings(_ id: String) async throws -> [UnlinkedRecord] {
        let listed = try await store.unlinkedRecords(in: school)
        let named = try await store.unlinkedRecord(.sourceID(id), in: school)
        let seen = try await view { $0.keys = [staff(id)] }.unlinked[staff(id)]
        let found = [listed.first { $0.observation.key.id == id }, named, seen]
        return try found.map { try requirePresent($0, "the record \(id)") }
    }

    fileprivate func move(_ link: Link, from former: AccountID?) async throws {
        let base = try await self.link(link.key).sequence
        try await apply {
            var write = LinkWrite(after: link, baseSequence: base)
            write.movedFrom = former
            $0.links = [write]
        }
    }
}
