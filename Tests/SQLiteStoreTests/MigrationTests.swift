import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Versions of the store` {
    /// A step that was shipped is never edited: stores that took it would differ from new ones.
    ///
    /// Append a row for a new step; never change one.
    static let shipped: [(name: String, digest: UInt64)] = [
        ("first schema", 14_472_783_271_658_066_846),
        ("keys of applications", 10_266_438_202_548_706_631),
        ("losses of logins", 5_931_688_627_650_084_109),
        ("history as a feed", 11_516_387_913_865_269_974),
        ("subjects of hosts", 2_209_196_948_081_127_058),
        ("what runs came to", 13_627_478_887_248_466_314),
        ("plans", 676_641_924_870_994_727),
        ("accounts that plans give", 16_729_876_802_004_224_594),
        ("staged people in turns", 2_724_357_457_221_623_396),
        ("pins and exact history", 763_457_728_873_012_681),
        ("erased records", 14_825_291_032_364_471_306),
        ("kinds of runs", 5_469_702_843_052_326_483),
        ("schedules", 7_746_978_492_007_609_459),
        ("decisions about records", 1_160_413_209_063_554_563),
        ("losses by lists", 3_158_565_951_943_588_917),
        ("milestones of runs", 10_682_135_032_922_149_174),
        ("what erasures look for", 13_207_494_354_570_445_411),
        ("runs that are asked to end", 14_377_381_779_848_648_152),
        ("passwords and mails", 10_444_587_266_426_248_618),
        ("numbers of people", 13_025_613_824_140_128_063),
        ("contacts of pupils", 13_218_863_156_526_418_027),
        ("ids that changed", 8_295_532_557_356_251_668),
        ("plans that were carried out", 5_116_661_895_795_492_137),
        ("records with candidates", 15_476_968_566_559_571_696),
        ("lists that were counted", 3_388_094_585_976_154_756),
        ("what runs were asked for", 5_621_254_250_270_435_112),
        ("runs in the order of their beginning", 2_230_028_068_773_907_975),
    ]

    @Test func `no shipped step was edited, and every step is pinned`() {
        #expect(Schema.migrations.map(\.name) == Self.shipped.map(\.name))
        for (migration, pin) in zip(Schema.migrations, Self.shipped) {
            #expect(
                digest(migration.sql) == pin.digest,
                "The text of the step '\(migration.name)' is not the one that was shipped."
            )
        }
    }

    /// FNV-1a, 64 bits.
    private func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    @Test func `a new store has the newest version and says whose it is`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let (version, application) = try inspect(folder) { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA user_version"),
                try Int.fetchOne(db, sql: "PRAGMA application_id")
            )
        }
        #expect(version == Schema.migrations.count)
        #expect(application == 0x4D75_7374)
    }

    @Test func `an older store takes the missing steps and keeps its rows`() async throws {
        let folder = try TemporaryFolder()
        #expect(try await folder.store().writeNumber() == 1)
        let next = Migration(
            name: "colours",
            sql: "CREATE TABLE colour (name TEXT PRIMARY KEY) STRICT"
        )
        let store = try SQLiteStore(
            path: folder.file(),
            settings: .init(),
            migrations: Schema.migrations + [next]
        )
        #expect(try await store.writeNumber() == 2)
        let tables = try inspect(folder) { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM colour")
        }
        #expect(tables == 0)
    }

    @Test func `a store from before losses were counted knows its people`() async throws {
        let folder = try TemporaryFolder()
        do {
            let old = try folder.store()
            try await old.fill(3)
            let view = try await old.view(.everybody(3))
            var link = try #require(view.links[.staff("S3")])
            link.state = .absent
            var changes = ChangeSet.example(.batch)
            changes.links = [LinkWrite(after: link, baseSequence: link.sequence)]
            try await old.apply(changes)
            try await old.write(.survivesCrash) { db in
                try db.execute(sql: "DELETE FROM people_at_school; DELETE FROM people_of_tenant")
                let filling = Schema.losses.split(separator: ";").map(String.init).filter {
                    $0.contains("INSERT INTO people") && $0.contains("GROUP BY")
                }
                #expect(filling.count == 2)
                for statement in filling { try db.execute(sql: statement) }
            }
        }
        let tally = try await folder.store().tally(.example)
        #expect(tally.peopleAtSchool == 2)
        #expect(tally.peopleOfTenant == 2)
    }

    @Test func `a store from before ids of runs were kept takes all of a held school's as changed`()
        async throws
    {
        let folder = try TemporaryFolder()
        let old = Array(Schema.migrations.prefix { $0.name != "ids that changed" })
        do {
            let store = try SQLiteStore(path: folder.file(), settings: .init(), migrations: old)
            try await store.write(.survivesCrash) { db in
                try db.execute(
                    sql: """
                        INSERT INTO connection (id, tenant, name, kind, people)
                        VALUES (1, 't', 'a', 'wonde', 'staff'), (2, 't', 'b', 'wonde', 'staff');
                        INSERT INTO record (connection, school, kind, source_id)
                        VALUES (1, 'A', 'staff', '1'), (1, 'A', 'staff', '2'), (1, 'B', 'student', '1'),
                            (2, 'A', 'staff', '1');
                        INSERT INTO run (id, connection, started_at, state, alive_at, is_complete)
                        VALUES (1, 1, 0, 'held', 0, 0), (2, 2, 0, 'held', 0, 1);
                        """
                )
            }
        }
        let store = try folder.store()
        let schools = ["A", "B"].map {
            SchoolKey(connection: ConnectionID(1), school: $0)
        }
        let changed = try await store.run(RunID(1))?.changedIDs
        #expect(
            Set(changed ?? [])
                == [
                    ChangedIDs(school: schools[0], kind: .staff, withoutRecord: 0, formerIDs: []),
                    ChangedIDs(school: schools[1], kind: .student, withoutRecord: 0, formerIDs: []),
                ]
        )
        #expect(try await store.run(RunID(2))?.changedIDs == [])
    }

    @Test func `runs of a store from before they were numbered come in the order of their times`()
        async throws
    {
        let folder = try TemporaryFolder()
        let old = Array(
            Schema.migrations.prefix { $0.name != "runs in the order of their beginning" }
        )
        do {
            let store = try SQLiteStore(path: folder.file(), settings: .init(), migrations: old)
            try await store.write(.survivesCrash) { db in
                try db.execute(
                    sql: """
                        INSERT INTO connection (id, tenant, name, kind, people)
                        VALUES (1, 't', 'a', 'wonde', 'staff'), (2, 't', 'b', 'wonde', 'staff');
                        INSERT INTO run (id, connection, started_at, state, alive_at, is_complete)
                        VALUES (1, 1, 7, 'failed', 7, 0), (2, 2, 5, 'failed', 5, 0),
                            (3, 1, 5, 'failed', 5, 0), (4, 1, 5, 'failed', 5, 0);
                        """
                )
            }
        }
        let store = try folder.store()
        let connection = ConnectionID(1)
        let early = Timestamp(milliseconds: 1)
        let run = Run(id: RunID(5), connection: connection, startedAt: early)
        _ = try await store.begin(run, aliveSince: early)
        let runs = try await store.runs(of: connection, limit: 9)
        #expect(runs.map(\.id.value) == [5, 1, 4, 3])
    }

    @Test func `a step that fails leaves the version before it`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let broken = Migration(name: "broken", sql: "CREATE TABLE half (a); SELECT nothing")
        #expect(throws: StoreError.self) {
            try SQLiteStore(
                path: folder.file(),
                settings: .init(),
                migrations: Schema.migrations + [broken]
            )
        }
        let names = try inspect(folder) { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE name = 'half'")
        }
        #expect(names.isEmpty)
        #expect(try await folder.store().writeNumber() == 1)
    }

    @Test func `a store of a newer version is refused in a sentence and not touched`() throws {
        let folder = try TemporaryFolder()
        let newest = Schema.migrations.count
        do {
            let next = Migration(name: "later", sql: "CREATE TABLE later (a ANY) STRICT")
            _ = try SQLiteStore(
                path: folder.file(),
                settings: .init(),
                migrations: Schema.migrations + [next]
            )
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file()))
        #expect(
            throws: StoreError.unavailable(
                reason: "The store \(folder.file()) was written by a newer version of Muster "
                    + "(store version \(newest + 1), this program knows \(newest)); "
                    + "install that version or name another file with --store."
            )
        ) { try folder.store() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == before)
    }

    @Test func `processes that open a new store at the same time agree`() async throws {
        let folder = try TemporaryFolder()
        var settings = SQLiteStore.Settings()
        // Each waits for all steps of the others, on a machine that may be busy.
        settings.busyTimeout = .seconds(50)
        let patient = settings
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await SQLiteStore(path: folder.file(), settings: patient).writeNumber()
                }
            }
            let numbers = try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            #expect(numbers == Set(1...8))
        }
    }

    private func inspect<Value>(
        _ folder: TemporaryFolder,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        try DatabaseQueue(path: folder.file()).read(body)
    }
}
