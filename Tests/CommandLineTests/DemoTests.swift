import Foundation
import Testing

@Suite struct DemoTests {
    private func run(_ more: [String] = []) async throws -> (Outcome, left: [String]) {
        let folder = try Scene.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let outcome = try await Invocation(
            ["demo"] + more,
            environment: ["TMPDIR": folder, "PATH": "/usr/bin:/bin", "NO_PROXY": "127.0.0.1"],
            folder: folder
        ).outcome()
        return (outcome, try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    /// Times, the port and the numbers of runs differ from run to run; the columns beside them do not.
    private func steady(_ text: String) -> String {
        text.replacing(/[0-9]+\.[0-9]+ (ms|s)/) { "# \($0.output.1)" }
            .replacing(/127\.0\.0\.1:[0-9]+/, with: "HOST")
            .replacing(/(run|undo) [0-9]+/, with: "RUN")
    }

    @Test func `the demo shows the whole way, alike each time, and leaves nothing`() async throws {
        let (first, left) = try await run()
        #expect(first.status == 0, "\(first.messages)")
        #expect(first.messages.isEmpty)
        #expect(left.isEmpty)
        for words in [
            "1. Connect a school", "2. Sync Data", "surname", "→  Fairweather", "Head of Year",
            "The look-up took", "Muster added", "was not asked", "could not be reached",
            "Allow: the MIS could not be asked",
        ] {
            #expect(first.output.contains(words), "\(words)")
        }
        let (second, _) = try await run()
        #expect(steady(second.output) == steady(first.output))
    }

    @Test func `as JSON it tells what each step came to`() async throws {
        let (outcome, left) = try await run(["--json"])
        #expect(outcome.status == 0)
        #expect(left.isEmpty)
        let json = try outcome.json()
        #expect(json["sync"]["state"] == "completed")
        #expect(json["login"]["outcome"] == "refreshed")
        #expect(json["fresh"]["outcome"] == "fresh")
        #expect(json["fresh"]["lookup"]["requests"] == 0)
        #expect(json["sourceDown"]["decision"] == "allow")
        #expect(json["sourceDown"]["outcome"] == "sourceUnavailable")
        let fields = Set(json["login"]["changes"].elements.compactMap { $0["field"].text })
        #expect(fields == ["title", "surname", "jobTitle", "lineManager", "classes"])
    }
}
