import Foundation
import SQLiteStore

/// A folder of one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("muster-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in the folder.
    func file(_ name: String = "muster.sqlite") -> String { "\(path)/\(name)" }

    /// A store in the folder.
    func store(
        _ name: String = "muster.sqlite",
        _ change: (inout SQLiteStore.Settings) -> Void = { _ in }
    ) throws -> SQLiteStore {
        var settings = SQLiteStore.Settings()
        change(&settings)
        return try SQLiteStore(path: file(name), settings: settings)
    }
}
