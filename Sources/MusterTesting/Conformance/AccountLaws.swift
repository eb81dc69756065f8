import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of accounts, their versions and their addresses.
    static let accountLaws =
        [
            ConformanceLaw("request numbers begin above 0 and only grow") { bench in
                var last: Int64 = 0
                for _ in 0..<3 {
                    let number = try await bench.store.nextSequence()
                    try require(number > last, "The number is \(number) after \(last).")
                    last = number
                }
            },
            ConformanceLaw("requests sent at the same time have different numbers") { bench in
                let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for _ in 0..<50 { group.addTask { try await bench.store.nextSequence() } }
                    return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
                }
                try requireEqual(numbers.count, 50, "the count of different numbers")
            },
            ConformanceLaw("a new account reads back as it was written, with version 1") { bench in
                let written = try await bench.openFull()
                try requireEqual(try await bench.account(1), written.with { $0.version = 1 }, "it")
            },
            ConformanceLaw("a written account has the next version and nothing of its old form") {
                bench in
                try await bench.openFull()
                let before = try await bench.account(1)
                var after = Account(id: before.id, tenant: before.tenant)
                after.surname = "Okafor"
                try await bench.change(before, to: after)
                try requireEqual(try await bench.account(1), after.with { $0.version = 2 }, "it")
            },
            ConformanceLaw("sets of an account become those that were written") { bench in
                let before = try await bench.openFull().with { $0.version = 1 }
                let after = before.with { account in
                    account.version = 2
                    account.localEdits = [.phone]
                    account.privileges = [Privilege(name: "head", givenBy: nil)]
                    account.memberships = Set(account.memberships.filter { $0.givenBy == nil })
                }
                try await bench.change(before, to: after)
                try requireEqual(try await bench.account(1), after, "it")
            },
            ConformanceLaw("a write that changes nothing still gives the next version") { bench in
                try await bench.open(.named("Amara", "Abdi", id: 1))
                let before = try await bench.account(1)
                try await bench.change(before, to: before)
                try requireEqual(try await bench.account(1).version, 2, "the version")
            },
            ConformanceLaw("a write planned on another version is refused") { bench in
                try await bench.open(.named("Amara", "Abdi", id: 1))
                let first = try await bench.account(1)
                try await bench.change(first, to: first.with { $0.title = "Dr" })
                let second = try await bench.account(1)
                for version in [0, 1, 3] as [Int64] {
                    try await requireRefusal(.stale, "a write planned on version \(version)") {
                        () throws(StoreError) in
                        try await bench.change(
                            second.with { $0.version = version },
                            to: first.with { $0.title = "Ms" }
                        )
                    }
                }
                try requireEqual(try await bench.account(1), second, "it")
            },
            ConformanceLaw("a change of an account that is not there is refused") { bench in
                let ghost = Account.named("Amara", "Abdi", id: 1).with { $0.version = 1 }
                try await requireRefusal(.stale, "the change") { () throws(StoreError) in
                    try await bench.change(ghost, to: ghost)
                }
                let view = try await bench.view { $0.accounts = [ghost.id] }
                try requireEqual(view, LocalView(), "the view")
            },
            ConformanceLaw("a second account of one id is refused") { bench in
                try await bench.open(.named("Amara", "Abdi", id: 1))
                try await requireRefusal(.stale, "the account") { () throws(StoreError) in
                    try await bench.apply {
                        $0.accounts = [AccountWrite(after: .named("X", "Y", id: 1), before: nil)]
                    }
                }
                try requireEqual(try await bench.account(1).surname, "Abdi", "its surname")
            },
            ConformanceLaw("managers may be written after those who report to them") { bench in
                let manager = Account.named("Mei-Ling", "Xu", id: 2)
                let report = Account.named("Amara", "Abdi", id: 1).with {
                    $0.lineManager = manager.id
                }
                try await bench.apply {
                    $0.accounts = [
                        AccountWrite(after: report, before: nil),
                        AccountWrite(after: manager, before: nil),
                    ]
                }
                try requireEqual(try await bench.account(1).lineManager, manager.id, "the manager")
            },
            ConformanceLaw("of the writes planned on one version exactly one is done") { bench in
                try await bench.open(.named("Amara", "Abdi", id: 1))
                for round in 1...20 {
                    let before = try await bench.account(1)
                    let outcomes = await withTaskGroup(of: StoreError?.self) { group in
                        for number in 0..<6 {
                            group.addTask {
                                do throws(StoreError) {
                                    try await bench.change(
                                        before,
                                        to: before.with { $0.title = "\(round)-\(number)" }
                                    )
                                    return nil
                                } catch { return error }
                            }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                    try requireEqual(outcomes.count { $0 == nil }, 1, "writes done")
                    try requireEqual(outcomes.count { $0 == .stale }, 5, "writes refused as stale")
                    try requireEqual(
                        try await bench.account(1).version,
                        before.version + 1,
                        "the version"
                    )
                }
            },
        ] + addressLaws
}

extension Bench {
    /// Makes account 1 with everything an account can hold, and what that refers to.
    @discardableResult
    func openFull() async throws -> Account {
        let manager = Account.named("Mei-Ling", "Xu", id: 2)
        let key = staff("S1")
        var account = Account.named("Amara", "Abdi", id: 1)
        account.title = "Dr"
        account.initials = "AA"
        account.jobTitle = "Head of Year, Teacher"
        account.phone = "+44 1632 960000"
        account.address = "1 Alder Way"
        account.teachingStaff = false
        account.lineManager = manager.id
        account.status = .suspended(by: .administrator)
        account.credential = .host
        account.localEdits = [.surname, .lineManager]
        account.home = key
        account.privileges = [
            Privilege(name: "head", givenBy: key), Privilege(name: "head", givenBy: nil),
            Privilege(name: "exams", givenBy: nil),
        ]
        account.memberships = [
            Membership(classID: ClassID(7), role: .mainTeacher, givenBy: key),
            Membership(classID: ClassID(7), role: .mainTeacher, givenBy: nil),
            Membership(classID: ClassID(7), role: .supervisor, givenBy: key),
            Membership(classID: ClassID(8), role: .student, givenBy: key),
        ]
        let written = account
        try await apply { changes in
            changes.accounts = [
                AccountWrite(after: written, before: nil),
                AccountWrite(after: manager, before: nil),
            ]
            changes.links = [
                LinkWrite(after: .of(record("S1"), to: written.id), baseSequence: nil)
            ]
            changes.classes = [(7, "10B/Sc1"), (8, "10C/Sc1")].map { id, name in
                ClassRecord(
                    id: ClassID(id),
                    teachingClass: .example(name, in: school),
                    sequence: 1
                )
            }
        }
        return written
    }
}
