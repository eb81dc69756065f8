import Foundation
import MusterTesting
import Testing

/// The host's store of the page.
private enum OurStore {
    static func empty() async throws -> MemoryStore { MemoryStore() }
}

// As `Docs/WritingAStore.md` shows it.
@Suite struct `Our account store` {
    @Test(arguments: AccountStoreConformance.hostLaws)
    func `it keeps the law`(_ law: ConformanceLaw) async throws {
        try await law.check(accounts: { try await OurStore.empty() })
    }
}

@Suite struct `The page on writing a store` {
    @Test func `its code is compiled and run`() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        func lines(_ path: String) throws -> [String] {
            try String(contentsOf: root.appending(path: path), encoding: .utf8)
                .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let compiled = Set(
            try lines("Tests/MusterTestingTests/HostConformanceTests.swift")
                + lines("Tests/MusterTests/HostStoreTests.swift")
        )
        let page = try lines("Docs/WritingAStore.md")
        var shown: [String] = []
        var isCode = false
        for line in page {
            if line.hasPrefix("```") {
                isCode = line == "```swift"
            } else if isCode {
                shown.append(line)
            }
        }
        #expect(shown.count > 10)
        #expect(shown.filter { !compiled.contains($0) } == [])
    }
}
