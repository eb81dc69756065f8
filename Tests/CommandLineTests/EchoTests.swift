import Foundation
import MISEmulator
import Testing

@testable import muster

@Suite struct EchoTests {
    /// As long as one argument may be.
    private static let long = String(repeating: "x", count: 120_000)
    private static let hostile = "a\u{1B}]0;b\u{7}c\u{9B}31m\u{202E}d\ne"

    @Test(
        arguments: [
            ["list", "LONG"], ["list", "a", "LONG"], ["list", "--LONG"], ["sync", "LONG"], ["LONG"],
            ["show", "acorn", "LONG"], ["explain", "acorn", "LONG"],
            ["policy", "acorn", "--set", "LONG"],
            ["policy", "acorn", "--set", "LONG=1"],
            ["policy", "acorn", "--set", "freeze=2026-01-01..2026-02-01,LONG"],
            ["policy", "acorn", "--set=newcomers=LONG"],
            ["edit", "acorn", "a@school.example", "--set", "LONG=1"],
            ["connections", "rename", "acorn", "LONG"], ["connections", "remove", "LONG"],
            ["login", "acorn", "--email", "a", "--method", "LONG"],
            ["connections", "--store", "LONG"],
            ["connections", "--config", "LONG"], ["check-config", "--config", "LONG"],
            ["connections", "--store", "/LONG"], ["import", "acorn", "LONG"],
            ["connect", "wonde", "--name", "n", "--school-id", "s", "--token-file", "LONG"],
            [
                "connect", "wonde", "--name", "n", "--school-id", "s", "--token-file", "token",
                "--also", "a,LONG",
            ],
            [
                "connect", "wonde", "--name", "n", "--school-id", "s", "--token-file", "token",
                "--hierarchy", "LONG",
            ],
        ]
    )
    func `no argument comes back whole`(words: [String]) async throws {
        let scene = try await Scene.connected()
        let arguments = words.map { $0.replacing("LONG", with: Self.long) }
        for form in [[], ["--json"]] {
            let outcome = try await scene.run(arguments + form)
            let said = outcome.output + outcome.messages
            #expect(outcome.status != 0)
            let limit = words.contains("/LONG") ? 200 : 40
            let isWhole = said.contains(Self.long.prefix(limit))
            #expect(!isWhole && said.count < 2_000, "\(said.prefix(500))")
        }
    }

    @Test func `no variable comes back whole`() async throws {
        let scene = try await Scene()
        for name in ["MUSTER_STORE", "MUSTER_SYNC_CHUNK", "MUSTER_CONFIG"] {
            let outcome = try await scene.run("connections", environment: [name: Self.long])
            #expect(outcome.status == 2)
            #expect(outcome.messages.count < 300, "\(name)")
        }
    }

    @Test(
        arguments: [
            ["list", hostile], ["list", "a", hostile], [hostile], ["show", "acorn", hostile],
            ["connections", "--store", hostile], ["policy", "acorn", "--set", hostile],
        ]
    )
    func `no argument is a command to the terminal`(arguments: [String]) async throws {
        let scene = try await Scene.connected()
        let outcome = try await scene.run(arguments)
        #expect(outcome.status != 0)
        Self.expectPlain(outcome)
        #expect(outcome.messages.contains("31m d e"), "\(outcome.messages)")
    }

    @Test func `no name from the MIS is a command to the terminal`() async throws {
        let scene = try await Scene()
        try scene.emulator.setSwitches(school: scene.school) { $0.mis = Self.hostile }
        let outcome = try await scene.run(
            "connect",
            "wonde",
            "--name",
            "acorn",
            "--school-id",
            scene.school,
            "--token-file",
            scene.file("token"),
            "--base-url",
            scene.emulator.origin
        )
        #expect(outcome.status == 0, "\(outcome.messages)")
        Self.expectPlain(outcome)
        #expect(outcome.messages.contains("the MIS is a"))
        let list = try await scene.run("connections")
        Self.expectPlain(list)
    }

    @Test func `lines are ours alone`() {
        #expect(TerminalText.lines("a\u{1B}[2Jb\nc\r\u{2028}\u{2066}") == "a [2Jb\nc   ")
        #expect(TerminalText.line("a\nb\tc\u{9B}") == "a b c ")
        #expect(TerminalText.line("Zoë 李 👩‍🏫") == "Zoë 李 👩‍🏫")
    }

    @Test func `a long text keeps its start, a long path its end`() {
        #expect(String(repeating: "y", count: 40).brief.count == 40)
        #expect(String(repeating: "y", count: 41).brief.count == 40)
        let path = "/" + String(repeating: "y", count: 300) + "/muster.yaml"
        #expect(path.briefPath.hasSuffix("y/muster.yaml"))
        #expect(path.briefPath.count == 200)
    }

    private static func expectPlain(_ outcome: Outcome) {
        let said = (outcome.output + outcome.messages).unicodeScalars
        for scalar in said where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control, "\(outcome.messages)")
            #expect(!scalar.properties.isBidiControl)
        }
    }
}
