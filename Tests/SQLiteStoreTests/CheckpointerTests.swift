import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// The copying of the log into the store, which no login waits for.
@Suite struct CheckpointerTests {
    @Test func `the log does not grow with what is written`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file()
        let store = try folder.store()
        let run = Run(id: RunID(1), connection: .example, startedAt: .example)
        _ = try await store.addConnection(.example()) { _ in [] }
        _ = try await store.begin(run, aliveSince: .example)
        // 80 rounds of 500 people are several times the longest log.
        for round in 1...80 {
            let people = (1...500).map { Observation.staff("\(round)-\($0)") }
            try await store.stage(
                people.map { StagedObservation(observation: $0, email: nil, isLinked: false) },
                in: run.id
            )
        }
        let log = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        let size = try #require(log[.size] as? Int)
        #expect(size < 2 * Checkpointer.longestLog * 4096, "\(size)")
        let kept = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(try #require(kept) > Checkpointer.longestLog * 256, "\(kept ?? 0) \(size)")
    }

    @Test func `nothing is copied by a store that is closed`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let configuration = store.writer.configuration
        let checkpointer = try Checkpointer(path: store.path, configuration: configuration)
        checkpointer.close()
        #expect(!checkpointer.note(changedRows: 5000))
    }
}
