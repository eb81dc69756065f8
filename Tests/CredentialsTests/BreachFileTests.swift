import Foundation
import Testing

@testable import Credentials

@Suite struct BreachFileTests {
    /// One file is read whole, the other searched on disk.
    static let ways = [Int.max, 0]

    private func sha1(_ text: String) -> String {
        HashLine(hashing: text.utf8).hex.map { String(UnicodeScalar($0)) }.joined()
    }

    private func sorted(_ lines: [String]) -> [String] {
        lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func failure(of content: some Sequence<UInt8>, loading: Int) throws -> BreachFileError?
    {
        try withFile(content) { path in
            do throws(BreachFileError) {
                _ = try BreachFile(path: path, maximumLoadedBytes: loading)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `the hash of a password is the known one`() {
        #expect(sha1("password") == "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8")
    }

    @Test(arguments: ways, ["\n", "\r\n"])
    func `passwords are found in a list of them`(loading: Int, lineEnd: String) throws {
        let listed = sorted([
            "alpha beta gamma", "Björk's kettle", "zebra crossing 9", "  blanks  ",
        ])
        try withFile(listed.joined(separator: lineEnd).utf8) { path in
            let file = try BreachFile(path: path, maximumLoadedBytes: loading)
            for password in listed { #expect(try file.contains(Password(password)), "\(password)") }
            #expect(try file.contains(Password("ALPHA beta gamma")))
            #expect(try file.contains(Password("Bjo\u{308}rk's kettle")))
            for password in ["alpha", "alpha beta gamma ", "beta", "zebra crossing 99", "!", "~~~"]
            {
                #expect(try !file.contains(Password(password)), "\(password)")
            }
        }
    }

    @Test(arguments: ways, ["", ":17"])
    func `passwords are found in a list of hashes`(loading: Int, count: String) throws {
        let listed = (0..<500).map { "listed \($0)" }
        let lines = sorted(listed.map { sha1($0) + count })
        for text in [lines.joined(separator: "\n"), lines.joined(separator: "\r\n").lowercased()] {
            try withFile(text.utf8) { path in
                let file = try BreachFile(path: path, maximumLoadedBytes: loading)
                for password in listed { #expect(try file.contains(Password(password))) }
                for number in 500..<600 {
                    #expect(try !file.contains(Password("listed \(number)")))
                }
            }
        }
    }

    @Test func `a small list needs no order`() throws {
        let lines = ["zebra crossing", "", "apple tart", "middle lane", ""].joined(separator: "\n")
        try withFile(lines.utf8) { path in
            let file = try BreachFile(path: path)
            #expect(try file.contains(Password("apple tart")))
            #expect(try file.contains(Password("zebra crossing")))
        }
    }

    @Test func `both ways of searching agree on random lists`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            let passwords = (0..<Int.random(in: 1...300, using: &generator)).map { _ in
                String(
                    (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                        Character(
                            ["a", "b", "c", "d", "é"].randomElement(using: &generator) ?? "a"
                        )
                    }
                )
            }
            let listed = sorted(Array(Set(passwords.filter { $0.count % 2 == 0 } + ["b"])))
            try withFile((listed.joined(separator: "\n") + "\n").utf8) { path in
                let loaded = try BreachFile(path: path)
                let onDisk = try BreachFile(path: path, maximumLoadedBytes: 0)
                for password in passwords {
                    let expected = listed.contains(password)
                    #expect(try loaded.contains(Password(password)) == expected, "seed \(seed)")
                    #expect(try onDisk.contains(Password(password)) == expected, "seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: ways)
    func `a file that is none is told apart`(loading: Int) throws {
        let hash = sha1("one")
        let long = String(repeating: "x", count: 20_000)
        let compressed: [UInt8] =
            [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x0A] + Array(repeating: 0, count: 99)
        #expect(try isEmpty(failure(of: "".utf8, loading: loading)))
        #expect(try isNotText(failure(of: compressed, loading: loading)))
        #expect(try isMalformed(failure(of: "\(hash)\nnot a hash\n".utf8, loading: loading)))
        #expect(
            try isMalformed(failure(of: "\(hash):x\n\(hash):1\n".utf8, loading: loading)) == false
        )
        guard loading == 0 else { return }
        #expect(try isMalformed(failure(of: "a\n\(long)\nb\n".utf8, loading: loading)))
        let unsorted = (0..<1000).reversed().map { "\($0 + 1000)" }.joined(separator: "\n")
        #expect(try isUnsorted(failure(of: unsorted.utf8, loading: loading)))
    }

    private func isEmpty(_ error: BreachFileError?) -> Bool {
        if case .empty = error { true } else { false }
    }

    private func isNotText(_ error: BreachFileError?) -> Bool {
        if case .notText = error { true } else { false }
    }

    private func isMalformed(_ error: BreachFileError?) -> Bool {
        if case .malformed = error { true } else { false }
    }

    private func isUnsorted(_ error: BreachFileError?) -> Bool {
        if case .unsorted = error { true } else { false }
    }

    @Test func `a missing file and a folder are told apart`() {
        let missing = "/nowhere/list.txt"
        #expect(throws: BreachFileError.missing(path: missing)) { try BreachFile(path: missing) }
        #expect(
            throws: BreachFileError.unreadable(path: "/", why: "it is not a regular file")
        ) { try BreachFile(path: "/") }
    }

    @Test func `every error is one sentence with the path`() {
        let errors: [BreachFileError] = [
            .missing(path: "/x/list"), .unreadable(path: "/x/list", why: "no permission"),
            .empty(path: "/x/list"), .notText(path: "/x/list"),
            .malformed(path: "/x/list", place: "line 3"), .unsorted(path: "/x/list"),
        ]
        for error in errors {
            #expect(error.sentence.hasSuffix(".") && error.sentence.contains("/x/list"))
        }
    }
}
