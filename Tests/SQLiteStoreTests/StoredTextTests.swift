import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Stored texts` {
    static let texts = [
        "", "plain", "a\u{0}b", "\\", "\\0", "\\n", "\n", "\r\n", "a\r", "\u{0}\\\u{0}", "é",
        "e\u{301}", "\u{301}x", "\u{1F469}\u{200D}\u{1F3EB}",
    ]

    @Test(arguments: texts)
    func `a text comes back scalar by scalar and is stored without NUL`(_ text: String) {
        let stored = StoredText.encode(text)
        #expect(!stored.utf8.contains(0))
        #expect(StoredText.decode(stored).utf8.elementsEqual(text.utf8))
    }

    @Test func `different texts are stored differently, equal ones have one key`() {
        for first in Self.texts {
            for second in Self.texts {
                let keys = (StoredText.key(first), StoredText.key(second))
                #expect(keys.0.utf8.elementsEqual(keys.1.utf8) == (first == second))
            }
        }
    }

    @Test func `only a text that is not its own key is kept exactly too`() {
        #expect(StoredText.exact("plain") == nil)
        #expect(StoredText.exact("é") == nil)
        #expect(StoredText.exact("e\u{301}")?.unicodeScalars.count == 2)
    }

    @Test(arguments: [[], [""], ["", ""], ["a", "b"], texts])
    func `a list comes back text by text`(_ list: [String]) {
        let decoded = StoredList.decode(StoredList.encode(list))
        #expect(decoded.map { Array($0.utf8) } == list.map { Array($0.utf8) })
    }

    @Test func `lists of numbers and texts are JSON`() {
        #expect(JSONList.of([Int64]()) == "[]")
        #expect(JSONList.of([1, -2] as [Int64]) == "[1,-2]")
        #expect(JSONList.of([String]()) == "[]")
        #expect(JSONList.of(["a\"\\b", "\n\u{1}"]) == #"["a\"\\b","\u000a\u0001"]"#)
    }

    @Test(arguments: [
        Duration.zero, .seconds(600), .milliseconds(800), .milliseconds(-1500),
        Duration(secondsComponent: 3, attosecondsComponent: 1), .seconds(Int64.max / 2),
    ])
    func `times come back to the attosecond`(_ time: Duration) {
        #expect(Duration(stored: time.stored) == time)
    }

    @Test(arguments: ["", "x", "1+", "+1", "1+2+3", "1.5"])
    func `what is no time is refused`(_ text: String) {
        #expect(Duration(stored: text) == nil)
    }

    @Test(arguments: ["", "2026-07-20", "2026-07-20/", "/", "a/b", "//"])
    func `terms are read strictly`(_ text: String) {
        let term = Term(stored: text)
        #expect(term.map(\.stored) == (["2026-07-20/", "/"].contains(text) ? text : nil))
    }
}
