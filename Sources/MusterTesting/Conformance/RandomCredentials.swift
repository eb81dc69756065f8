import Accounts
import Roster

extension AccountStoreConformance {
    /// That random histories of passwords, links and mails leave a store and the memory store alike.
    ///
    /// Each seed is a history of `steps` steps on a store that the histories before it have used;
    /// a failure prints the seed and the step.
    static func randomCredentials(seeds: ClosedRange<UInt64>, steps: Int) -> ConformanceLaw {
        ConformanceLaw(credentials: "random histories of passwords end as in the memory store") {
            desk in
            let memory = MemoryStore()
            let twin = CredentialBench(
                bench: try await Bench(credentials: memory),
                store: memory
            )
            var reached: Set<String> = []
            for seed in seeds {
                var walk = CredentialWalk(seed: seed)
                for id in walk.accounts {
                    for desk in [desk, twin] { try await desk.open(id) }
                }
                for step in 1...steps {
                    let (name, act) = walk.next()
                    let outcome = try await walk.compare(desk, twin, "Seed \(seed), step \(step)") {
                        try await act($0)
                    }
                    reached.insert("\(name) \(outcome)")
                }
            }
            for name in [
                "redeem owner", "redeem nobody", "issue true", "issue false", "email stale",
            ] {
                try require(reached.contains(name), "The histories never came to: \(name).")
            }
        }
    }
}

/// A random history of three accounts.
private struct CredentialWalk {
    typealias Act = @Sendable (CredentialBench) async throws -> String

    let accounts: [Int64]
    private var generator: SeededGenerator
    private var now: Int64 = 1
    private var links: [PasswordToken] = []
    private let taken = TakenMails()

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        accounts = (1...3).map { Int64(seed) * 10 + $0 }
    }

    private mutating func random(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &generator)
    }

    /// The next step, and what it is called.
    mutating func next() -> (String, Act) {
        let id = accounts[random(3)]
        let at = now
        switch random(16) {
        case 0, 1: return ("issue", issue(to: id))
        case 2, 3: return ("redeem", redeem())
        case 4: return ("failure", failure(of: id))
        case 5: return ("status", status(of: id))
        case 6: return ("email", email(of: id))
        case 7:
            let isGained = random(2) == 0
            return (
                "right",
                { desk in
                    try await desk.change(id, at: at) {
                        $0.privileges = isGained ? [.init(name: "head", givenBy: nil)] : []
                    }
                    return ""
                }
            )
        case 8, 9: return ("take", take())
        case 10, 11: return ("settle", settle())
        case 12: return ("request", request(about: id))
        case 13: return ("rule", rule())
        case 14: return ("merge", merge(id, into: accounts[random(3)]))
        default:
            now += [1, 500, 31 * 86_400_000][random(3)]
            return ("time", { _ in "" })
        }
    }

    private mutating func issue(to id: Int64) -> Act {
        var link = PasswordToken(
            digest: [UInt8(accounts[0] & 255), UInt8(links.count & 255), UInt8(links.count >> 8)],
            account: AccountID(id),
            purpose: random(2) == 0 ? .firstLogin : .reset,
            issuedAt: Timestamp(milliseconds: now),
            expiresAt: Timestamp(milliseconds: now + 400)
        )
        link.run = random(2) == 0 ? RunID(7) : nil
        links.append(link)
        let made = link
        let number = links.count
        return { desk in
            var mail = desk.carrying(made)
            mail.id = "link \(id) \(number)"
            mail.address = try await desk.bench.account(id).email ?? ""
            mail.dueAt = made.issuedAt
            return "\(try await desk.store.issue(made, in: mail))"
        }
    }

    private mutating func redeem() -> Act {
        let link = links.isEmpty ? nil : links[links.count - 1 - random(min(4, links.count))]
        let hash = random(6) == 0 ? nil : "$\(random(4))$"
        let at = Timestamp(milliseconds: now)
        return { desk in
            let owner = try await desk.store.redeem(
                digest: link?.digest ?? [0],
                for: hash,
                telling: { account in
                    desk.mail("changed \(link?.digest ?? []) \(account.credential)")
                },
                at: at
            )
            return owner == nil ? "nobody" : "owner"
        }
    }

    private mutating func failure(of id: Int64) -> Act {
        let at = Timestamp(milliseconds: now)
        let (old, new) = ("$\(random(4))$", random(2) == 0 ? "$\(random(4))$" : nil)
        let isRight = random(2) == 0
        return { desk in
            let id = AccountID(id)
            guard isRight else {
                try await desk.store.noteFailure(of: id, at: at)
                return ""
            }
            try await desk.store.noteSuccess(of: id, replacing: old, by: new)
            return ""
        }
    }

    private mutating func status(of id: Int64) -> Act {
        let status: AccountStatus =
            [.active, .active, .suspended(by: .sync), .suspended(by: .administrator)][random(4)]
        let at = now
        return { desk in
            try await desk.change(id, at: at) { $0.status = status }
            return ""
        }
    }

    private mutating func email(of id: Int64) -> Act {
        let name = "\(accounts[random(3)])-\(random(2))@school.example"
        let at = now
        let isHost = random(4) == 0
        return { desk in
            try await desk.change(id, at: at) {
                $0.email = name
                if isHost { $0.credential = .host }
            }
            return ""
        }
    }

    private mutating func take() -> Act {
        let (at, until) = (now, now + Int64(random(2) * 300))
        return { [taken] desk in
            let mails = try await desk.take(at: at, until: until).sorted { $0.id < $1.id }
            await taken.keep(mails)
            return "\(mails)"
        }
    }

    private mutating func settle() -> Act {
        let state = MailState.allCases[random(3)]
        let (number, dueAt) = (random(1000), now + Int64(random(2) * 300))
        return { [taken] desk in
            guard let mail = await taken.mail(number) else { return "nothing" }
            try await desk.settle(mail, state, dueAt: dueAt, trouble: state.rawValue)
            return ""
        }
    }

    private mutating func request(about id: Int64) -> Act {
        let isForgotten = random(2) == 0
        return { desk in
            guard isForgotten else {
                try await desk.request("\(id)@school.example")
                return ""
            }
            guard let first = try await desk.store.requests(limit: 1).first else { return "" }
            try await desk.store.forget(request: first.id)
            return ""
        }
    }

    private mutating func rule() -> Act {
        let rule = [PasswordRule.muster, .muster, .host, .never][random(4)]
        let isPaused = random(3) == 0
        return { desk in
            try await desk.setRule(rule)
            try await desk.store.setPaused(isPaused, of: .standard)
            return ""
        }
    }

    private mutating func merge(_ from: Int64, into: Int64) -> Act {
        let at = now
        return { desk in
            guard from != into else { return "" }
            try await desk.bench.apply(at: at) {
                $0.mergers = [Merger(from: AccountID(from), into: AccountID(into))]
            }
            return ""
        }
    }

    /// Does `act` on both, and compares what came of it and what there is then.
    func compare(
        _ desk: CredentialBench,
        _ twin: CredentialBench,
        _ place: String,
        _ act: Act
    ) async throws -> String {
        func outcome(_ desk: CredentialBench) async throws -> String {
            do { return try await act(desk) } catch let error as StoreError { return "\(error)" }
        }
        let found = try await outcome(desk)
        let expected = try await outcome(twin)
        try requireEqual(found, expected, "\(place): the answer")
        let sight = try await CredentialSight(desk, accounts, links, now)
        try requireEqual(sight, try await CredentialSight(twin, accounts, links, now), place)
        return found
    }
}

/// Mails that were taken, the same ones from both stores.
private actor TakenMails {
    private var mails: [OutboxMail] = []

    func keep(_ taken: [OutboxMail]) { mails = Array((mails + taken).suffix(12)) }

    func mail(_ number: Int) -> OutboxMail? { mails.isEmpty ? nil : mails[number % mails.count] }
}

/// What there is of passwords, links and mails at one moment.
private struct CredentialSight: Equatable {
    var accounts: [Account] = []
    var passwords: [StoredPassword?] = []
    var issues: [[Timestamp]] = []
    var history: [[HistoryEntry]] = []
    var counting: [Bool] = []
    var requests: [String] = []
    var states: [MailState: Int]
    var oldestDue: Timestamp?
    var isPaused: Bool

    init(
        _ desk: CredentialBench,
        _ ids: [Int64],
        _ links: [PasswordToken],
        _ now: Int64
    ) async throws {
        let counts = try await desk.store.mailCounts(of: .standard)
        (states, oldestDue, isPaused) = (counts.states, counts.oldestDue, counts.isPaused)
        for id in ids {
            accounts.append(try await desk.bench.account(id))
            passwords.append(try await desk.password(of: id))
            history.append(try await desk.rowsOfCredentials(id).map(\.entry))
            for purpose in TokenPurpose.allCases {
                let since = Timestamp(milliseconds: 0)
                issues.append(
                    try await desk.store.issues(of: purpose, for: AccountID(id), since: since)
                )
            }
        }
        for link in links.suffix(5) { counting.append(try await desk.counts(link, at: now)) }
        requests = try await desk.store.requests(limit: 99).map(\.email)
    }
}
