import Accounts
import Foundation
import Roster
import Sealing
import Testing

@Suite struct KeyFileTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `a key is made on first need, for its owner alone, with its folders`() throws {
        let path = folder.file("deep/er/key")
        _ = try KeyFile(path: path).sealMakingKey()
        #expect(try mode(path) == 0o600)
        #expect(try mode(folder.file("deep")) == 0o700)
        #expect(try mode(folder.file("deep/er")) == 0o700)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        #expect(Data(base64Encoded: text.dropLast().description)?.count == 32)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("deep/er"))
        #expect(left == ["key"])
    }

    @Test func `reading makes no key`() throws {
        let path = folder.file("key")
        #expect(throws: SealError.keyMissing(path: path)) { try KeyFile(path: path).seal() }
        #expect(!KeyFile(path: path).exists)
    }

    @Test func `of many who make the key at once all get the same one`() async throws {
        let path = folder.file("key")
        let secret = Secret("x")
        let seals = try await withThrowingTaskGroup(of: SecretSeal.self) { group in
            for _ in 0..<32 { group.addTask { try KeyFile(path: path).sealMakingKey() } }
            var seals: [SecretSeal] = []
            for try await seal in group { seals.append(seal) }
            return seals
        }
        let sealed = try seals[0].seal(secret, tenant: .standard, connection: ConnectionID(1))
        for seal in seals {
            let opened = try seal.open(sealed, tenant: .standard, connection: ConnectionID(1))
            #expect(opened == secret)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o610])
    func `a key that others may read is refused, with the remedy`(mode: Int) throws {
        let path = folder.file("key")
        _ = try KeyFile(path: path).sealMakingKey()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let error = #expect(throws: SealError.keyOpenToOthers(path: path)) {
            try KeyFile(path: path).seal()
        }
        #expect(error?.sentence.contains("chmod 600 \(path)") == true)
    }

    @Test(
        arguments: [
            "", "\n", "short", "not base64 at all, is it", String(repeating: "A", count: 400),
        ]
    )
    func `a file without a key is refused and left as it is`(text: String) throws {
        let path = folder.file("key")
        try #require(
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        )
        #expect(throws: SealError.keyMalformed(path: path)) {
            try KeyFile(path: path).sealMakingKey()
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func `a folder is no key file`() throws {
        #expect(throws: SealError.self) { try KeyFile(path: folder.path).seal() }
    }

    @Test(
        arguments: [
            SealError.keyMissing(path: "/k"), .keyOpenToOthers(path: "/k"),
            .keyUnreadable(path: "/k", why: "because"), .keyMalformed(path: "/k"),
            .otherKey(path: "/k"), .damaged,
        ]
    )
    func `every error is one sentence that says what to do`(error: SealError) {
        #expect(error.sentence.hasSuffix("."))
        #expect(!error.sentence.dropLast().contains(". "))
        #expect(error.sentence.contains(";"))
    }
}
