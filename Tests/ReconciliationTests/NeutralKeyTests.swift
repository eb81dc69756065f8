import MusterTesting
import Roster
import Testing

@Suite struct NeutralKeyTests {
    @Test(arguments: [
        "N823432113104", "B801200005001", "P207000016049", "G82343211310A", "Y80120000500Z",
    ])
    func `a pupil's number with its check letter is one`(text: String) {
        #expect(NeutralKey(.upn, text)?.text == text)
    }

    @Test(arguments: [
        // A well-known page prints this letter, which its own sum contradicts.
        "Q207000016049", "N823432113107", "N823432113102", "N82343211310", "N8234321131044",
        "823432113104", "G82343211310I", "NA23432113104", "A000000000000", "", "N/A",
        "Ｎ823432113104",
    ])
    func `what cannot be a pupil's number is none`(text: String) {
        #expect(NeutralKey(.upn, text) == nil)
    }

    @Test(arguments: ["9276308686", "5142333720"])
    func `a learner's number with its check digit is one`(text: String) {
        #expect(NeutralKey(.uln, text)?.text == text)
    }

    @Test(arguments: [
        "1000000060", "9276308685", "0276308686", "9999999999", "927630868", "92763086861",
        "ABCDEFGHIJ",
    ])
    func `what cannot be a learner's number is none`(text: String) {
        #expect(NeutralKey(.uln, text) == nil)
    }

    @Test func `a prefix whose sum leaves nothing has no learner's number`() {
        let last = (0...9).map { "100000006\($0)" }
        #expect(last.compactMap { NeutralKey(.uln, $0) } == [])
    }

    @Test(arguments: [
        ("2345687", "2345687"), (" 23/45687 ", "2345687"), ("RP23/45687", "2345687"),
        ("rp 23 45687", "2345687"), ("654320", "654320"), ("0045678", "0045678"),
    ])
    func `a teacher's number has seven digits, or six in Scotland`(raw: String, text: String) {
        #expect(NeutralKey(.teacherNumber, raw)?.text == text)
    }

    @Test(arguments: [
        "9999999", "0000000", "999999", "999999999", "1234567", "123456", "0123456", "12345678",
        "12345", "234567A", "unknown", "", "RP",
    ])
    func `what fills a gap is no teacher's number`(raw: String) {
        #expect(NeutralKey(.teacherNumber, raw) == nil)
    }

    @Test(arguments: [
        (NeutralKey.Kind.upn, " n823432113104", "N823432113104"),
        (.upn, "g82343211310a ", "G82343211310A"), (.uln, "927 630 8686", "9276308686"),
    ])
    func `case and spacing make no other number`(
        kind: NeutralKey.Kind,
        raw: String,
        text: String
    ) {
        #expect(NeutralKey(kind, raw) == NeutralKey(kind, text))
        #expect(NeutralKey(kind, raw)?.text == text)
    }

    /// Every digit wrong in every way, and every swap of neighbours, over many numbers.
    @Test func `no single error and no swap in a pupil's number goes unseen`() {
        for serial in stride(from: 0, to: 1000, by: 7) {
            guard let number = Set.pupil(serial).first?.text else {
                Issue.record("no letter checks \(serial)")
                continue
            }
            let symbols = Array(number)
            for place in 1..<13 {
                for digit in "0123456789" where digit != symbols[place] {
                    var wrong = symbols
                    wrong[place] = digit
                    #expect(NeutralKey(.upn, String(wrong)) == nil, "\(number) \(place) \(digit)")
                }
            }
            for place in 1..<12 where symbols[place] != symbols[place + 1] {
                var wrong = symbols
                wrong.swapAt(place, place + 1)
                #expect(NeutralKey(.upn, String(wrong)) == nil, "\(number) swapped at \(place)")
            }
        }
    }

    @Test func `no single error in a learner's number goes unseen`() {
        for number in ["9276308686", "5142333720"] {
            let symbols = Array(number)
            for place in symbols.indices {
                for digit in "0123456789" where digit != symbols[place] {
                    var wrong = symbols
                    wrong[place] = digit
                    #expect(NeutralKey(.uln, String(wrong)) == nil, "\(number) \(place) \(digit)")
                }
            }
        }
    }

    @Test func `any bytes are a number or none`() {
        var random = SeededGenerator(seed: 41)
        for _ in 0..<20_000 {
            let scalars = (0..<Int.random(in: 0...15, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &random))
            }
            let raw = String(String.UnicodeScalarView(scalars))
            for kind in NeutralKey.Kind.allCases {
                guard let number = NeutralKey(kind, raw) else { continue }
                #expect(NeutralKey(kind, number.text) == number, "\(random)")
            }
        }
    }

    @Test func `a number shows neither in a log nor whole to who compares`() {
        let number = Set.teacher(345).first
        #expect(number?.description == "teacherNumber")
        #expect(number?.masked == "teacherNumber …345")
        #expect(number.map { "\($0)" } == "teacherNumber")
    }
}
