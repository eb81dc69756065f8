import Accounts
import Foundation
import GRDB
import SQLiteStore
import Testing

@Suite struct `Opening a store` {
    @Test func `a new store belongs to its owner alone`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        _ = try await store.writeNumber()
        for name in ["muster.sqlite", "muster.sqlite-wal", "muster.sqlite-shm"] {
            let facts = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(facts[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a store opened again holds what was kept`() async throws {
        let folder = try TemporaryFolder()
        let first = try await folder.store().writeNumber()
        #expect(try await folder.store().writeNumber() == first + 1)
    }

    @Test func `an empty file becomes a store`() async throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file()))
        #expect(try await folder.store().writeNumber() == 1)
    }

    @Test func `a file that is no database is refused and not touched`() throws {
        let folder = try TemporaryFolder()
        let text = Data(String(repeating: "These are the minutes of the meeting. ", count: 60).utf8)
        try text.write(to: URL(fileURLWithPath: folder.file()))
        #expect(
            refusal { try folder.store() }
                == "\(folder.file()) is not a store of Muster; name another file with --store."
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == text)
    }

    @Test func `a database of another program is refused and not touched`() throws {
        let folder = try TemporaryFolder()
        try DatabaseQueue(path: folder.file()).write { db in
            try db.execute(sql: "CREATE TABLE library_loan (id INTEGER PRIMARY KEY)")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file()))
        #expect(
            refusal { try folder.store() }
                == "\(folder.file()) is a database of another program; "
                + "name another file with --store."
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == before)
    }

    @Test func `a folder is refused`() throws {
        let folder = try TemporaryFolder()
        #expect(
            refusal { try SQLiteStore(path: folder.path) }
                == "\(folder.path) is a folder and not a store; name a file with --store."
        )
    }

    @Test func `a device is refused`() throws {
        #expect(
            refusal { try SQLiteStore(path: "/dev/null") }
                == "/dev/null is not a regular file; name another one with --store."
        )
    }

    @Test func `no name is refused`() throws {
        #expect(
            refusal { try SQLiteStore(path: "") }
                == "The store has no name; name a file with --store."
        )
    }

    @Test func `a missing folder is named`() throws {
        let folder = try TemporaryFolder()
        #expect(
            refusal { try folder.store("nowhere/muster.sqlite") }
                == "The folder \(folder.file("nowhere")) of the store does not exist; "
                + "make it or name another file with --store."
        )
        #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
    }

    @Test func `a place where nobody may write is refused`() throws {
        let reason = try #require(refusal { try SQLiteStore(path: "/proc/muster.sqlite") })
        #expect(reason.contains("/proc") && reason.hasSuffix("with --store."), "\(reason)")
    }

    @Test(.enabled(if: geteuid() != 0, "root may write to every file"))
    func `a file that may not be written is read, and a write is refused`() async throws {
        let folder = try TemporaryFolder()
        try await folder.store().fill(1)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o400],
            ofItemAtPath: folder.file()
        )
        let store = try folder.store()
        #expect(try await store.summary(of: AccountID(1)) != nil)
        let expected = StoreError.unavailable(
            reason: "The store \(folder.file()) cannot be opened for writing; "
                + "check who may write to it and to its folder."
        )
        await #expect(throws: expected) { try await store.writeNumber() }
    }

    @Test func `a damaged store is refused`() async throws {
        let folder = try TemporaryFolder()
        do {
            let store = try folder.store()
            for _ in 0..<3 { _ = try await store.writeNumber() }
        }
        try damage(folder.file())
        let reason = try #require(refusal { try folder.store() })
        #expect(reason == "The store \(folder.file()) is damaged; restore it from a backup.")
    }

    private func damage(_ path: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
        }
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: 100)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 8000))
        try file.close()
    }

    private func refusal(_ open: () throws -> SQLiteStore) -> String? {
        do {
            _ = try open()
            Issue.record("The store was opened.")
            return nil
        } catch let error as StoreError {
            guard case .unavailable(let reason) = error else {
                Issue.record("The error is \(error).")
                return nil
            }
            return reason
        } catch {
            Issue.record("The error is \(error).")
            return nil
        }
    }
}
