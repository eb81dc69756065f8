import Accounts
import Foundation
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// A process or a machine that stops leaves a log that ends anywhere: what is read of it then.
@Suite struct `A store that was cut off` {
    private let folder: TemporaryFolder
    private let store: SQLiteStore
    private let twin = MemoryStore()

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it holds what it held after one of the writes, wherever its log was cut`(
        _ seed: UInt64
    ) async throws {
        var generator = SeededGenerator(seed: seed)
        var moments = [try await Moment(of: twin)]
        // Before there is a connection, the twin would take what the schema refuses.
        for step in [.connect] + Step.all.shuffled(using: &generator) {
            for store in [store, twin] as [any WholeStore] { try await step.take(on: store) }
            let moment = try await Moment(of: twin)
            #expect(try await Moment(of: store) == moment, "Seed \(seed), after \(step).")
            if moments.last != moment { moments.append(moment) }
        }
        #expect(moments.count > 8)
        let file = try Data(contentsOf: URL(fileURLWithPath: folder.file()))
        let log = try Data(contentsOf: URL(fileURLWithPath: folder.file() + "-wal"))
        var reached: Set<Int> = []
        let cuts = (0..<40).map { _ in Int.random(in: 0...log.count, using: &generator) }
        for cut in [0, log.count] + cuts {
            let copy = folder.file("cut \(cut).sqlite")
            try file.write(to: URL(fileURLWithPath: copy))
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            let moment = try await Moment(of: SQLiteStore(path: copy))
            let index = try #require(
                moments.firstIndex(of: moment),
                "Seed \(seed), cut after \(cut) of \(log.count) bytes: \(moment)"
            )
            reached.insert(index)
            if cut == log.count { #expect(index == moments.count - 1) }
        }
        #expect(reached.count > 3, "Seed \(seed): only the moments \(reached.sorted()).")
    }
}

/// All that a store holds at one moment.
private struct Moment: Equatable {
    let content: StoreContent
    let keys: [AccessKey]
    let runs: [Run]
    let connections: [String]

    init(of store: any WholeStore) async throws {
        content = try await Self.content(of: store)
        keys = try await store.keys()
        runs = try await store.runs(of: .example, limit: 9)
        connections = try await store.connections().map(\.name)
    }

    private static func content(of store: some AccountStore) async throws -> StoreContent {
        try await StoreContent.read(
            from: store,
            schools: [.example],
            tenant: .standard,
            trail: StoreContent.Trail(subjects: [Step.subject])
        )
    }
}

/// One write; steps may be taken in any order, and some are refused in some.
private enum Step: CaseIterable {
    case connect
    case key
    case open(Int64)
    case lose(Int64)
    case bind
    case begin
    case end

    static let subject = HostSubject(issuer: "id", subject: "7")
    static let allCases: [Step] = [.connect, .key, .bind, .begin, .end]
    static let all: [Step] =
        allCases + (1...5).map { .open($0) } + (1...5).map { .lose($0) } + allCases
        + (1...5).map { .open($0) } + (1...5).map { .lose($0) }

    func take(on store: any WholeStore) async throws {
        do throws(StoreError) {
            try await tried(on: store)
        } catch {
            switch error {
            case .stale, .conflict: return
            case .busy, .unavailable, .full: throw error
            }
        }
    }

    private func tried(on store: any WholeStore) async throws(StoreError) {
        switch self {
        case .connect: _ = try await store.addConnection(.example()) { _ throws(StoreError) in [1] }
        case .key:
            try await store.addKey(
                AccessKey(
                    name: "web",
                    tenant: .standard,
                    scopes: [.logins],
                    createdAt: .example,
                    proof: .bearer(digest: [7])
                )
            )
        case .open(let number): try await store.apply(Self.opening(number))
        case .lose(let number): try await store.apply(Self.losing(number))
        case .bind: try await store.bind(Self.subject, to: AccountID(1), of: .standard)
        case .begin: _ = try await store.begin(Self.run, aliveSince: .example)
        case .end:
            var run = Self.run
            run.state = .failed
            run.counts.seen = 7
            run.trouble = "It was cut."
            try await store.update(run)
        }
    }

    private static let run = Run(id: RunID(70), connection: .example, startedAt: .example)

    private static func opening(_ number: Int64) -> ChangeSet {
        var changes = ChangeSet.example(.batch)
        let record = Observation.staff("S\(number)", sequence: 1)
        let account = Account.named("Amara", "Abdi", id: number)
        changes.accounts = [AccountWrite(after: account, before: nil)]
        changes.links = [LinkWrite(after: .of(record, to: account.id), baseSequence: nil)]
        changes.history = [
            HistoryEntry(account: account.id, field: nil, from: nil, to: "Abdi", reason: "created")
        ]
        return changes
    }

    /// Two rows of history and a loss, of which none may be there without the others.
    private static func losing(_ number: Int64) -> ChangeSet {
        var changes = ChangeSet.example(.login)
        let id = AccountID(number)
        changes.history = [Field.phone, .address].map {
            HistoryEntry(account: id, field: $0, from: "0", to: nil, reason: "sourceCleared")
        }
        changes.losses = [
            CountedLoss(loss: .field(.phone), account: id, school: .example, kind: .staff)
        ]
        return changes
    }
}
