import Foundation
import Testing

/// The manners of the house that can be checked.
@Suite struct HouseTests {
    @Test func `no file is longer than 600 lines`() throws {
        for file in try Checkout.swiftFiles(in: "Sources") + Checkout.swiftFiles(in: "Tests") {
            #expect(file.lines.count <= 600, "\(file) has \(file.lines.count) lines")
        }
    }

    @Test func `shipped code forces nothing and leaves nothing open`() throws {
        let banned = ["try" + "!", "as" + "! ", "fatal" + "Error(", "TO" + "DO", "FIX" + "ME"]
        for file in try Checkout.swiftFiles(in: "Sources") {
            for word in banned {
                #expect(!file.text.contains(word), "\(file) has \(word)")
            }
        }
    }

    @Test func `no test sleeps`() throws {
        // The benchmarks measure real time, and wait in it.
        let exempt = ["TidyTests", "Benchmarks"]
        for file in try Checkout.swiftFiles(in: "Tests")
        where !exempt.contains(where: file.path.contains) {
            for call in ["Task.sleep", "usleep(", "Thread.sleep"] {
                #expect(!file.text.contains(call), "\(file) has \(call)")
            }
        }
    }

    @Test func `every decision is one page with four headings`() throws {
        let folder = Checkout.root.appending(path: "Docs/Decisions").path
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!pages.isEmpty)
        for page in pages {
            let text = try Checkout.text("Docs/Decisions/\(page)")
            for heading in [
                "## Context", "## Decision", "## Alternatives considered",
                "## What would change our mind",
            ] {
                #expect(text.contains("\n\(heading)\n"), "\(page) lacks \(heading)")
            }
            #expect(text.split(separator: "\n").count <= 60, "\(page) is longer than a page")
        }
    }

    @Test func `the architecture page names every room`() throws {
        let page = try Checkout.text("Docs/Architecture.md")
        for room in try Checkout.rooms() {
            #expect(page.contains("`\(room)`"), "Docs/Architecture.md does not name \(room)")
        }
    }
}
