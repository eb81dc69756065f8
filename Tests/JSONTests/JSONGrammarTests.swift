import JSON
import Testing

private func error(reading bytes: [UInt8]) -> JSONError? {
    if case .failure(let error) = readValue(bytes) { error } else { nil }
}

@Test(
    arguments: [
        ("0", .number("0")), ("-0", .number("-0")), ("-12.50e+07", .number("-12.50e+07")),
        ("1E5", .number("1E5")), ("1e-0", .number("1e-0")),
        ("123456789012345678901234567890", .number("123456789012345678901234567890")),
        (" \t\r\n null \n", .null), ("true", .bool(true)), ("false", .bool(false)),
        ("\u{FEFF} true", .bool(true)),
        (#""""#, .string("")), (#""\u0000""#, .string("\0")), ("\"\u{7F}\"", .string("\u{7F}")),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u0041\u00e9\u00E9\u2028\uFFFF""#, .string("Aéé\u{2028}\u{FFFF}")),
        (#""\uD83D\uDE00""#, .string("😀")), (#""\ud800\udc00""#, .string("\u{10000}")),
        (#""\uDBFF\uDFFF""#, .string("\u{10FFFF}")),
        (
            "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
            .string("\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}")
        ),
        (
            "\"seven77ééaligned-to-words-then-a-quote\\u0021\"",
            .string("seven77ééaligned-to-words-then-a-quote!")
        ),
        ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([])), ("{ \n}", .object([])),
        ("[1 , [2],{ }]", .array([.number("1"), .array([.number("2")]), .object([])])),
        (#"{"":0}"#, .object([("", .number("0"))])),
        (#"{"a":1,"a":null}"#, .object([("a", .number("1")), ("a", .null)])),
        (
            #"{ "a" : [ { "b" : "c" } ] }"#,
            .object([("a", .array([.object([("b", .string("c"))])]))])
        ),
    ] as [(String, JSONValue)]
)
func `a sound document is read as it stands`(text: String, expected: JSONValue) {
    #expect(readValue(text) == .success(expected))
    #expect(skipError(Array(text.utf8)) == nil)
}

@Test(arguments: [
    (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""a\ud83dz""#, "a\u{FFFD}z"),
    (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""\udc00\udc00""#, "\u{FFFD}\u{FFFD}"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
    (#""\ud800\u0041""#, "\u{FFFD}A"),
])
func `half of a surrogate pair becomes the replacement character`(text: String, expected: String) {
    #expect(readValue(text) == .success(.string(expected)))
}

@Test(
    arguments: [
        ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("\u{FEFF}", 3, .unexpectedEnd),
        ("[", 1, .unexpectedEnd), ("{", 1, .unexpectedEnd), ("[1", 2, .unexpectedEnd),
        ("[1,", 3, .unexpectedEnd), (#"{"a""#, 4, .unexpectedEnd), (#"{"a":"#, 5, .unexpectedEnd),
        (#"""#, 1, .unexpectedEnd), (#""abcdefgh"#, 9, .unexpectedEnd), (#""\"#, 2, .unexpectedEnd),
        (#""\u00"#, 5, .unexpectedEnd), ("-", 1, .unexpectedEnd), ("1.", 2, .unexpectedEnd),
        ("1e", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd), ("tru", 3, .unexpectedEnd),
        ("01", 1, .invalidNumber), ("-01", 2, .invalidNumber), ("-a", 1, .invalidNumber),
        ("1.e5", 2, .invalidNumber), ("1.-5", 2, .invalidNumber), ("1ee5", 2, .invalidNumber),
        ("1e+-5", 3, .invalidNumber), ("--1", 1, .invalidNumber), ("-Infinity", 1, .invalidNumber),
        ("+1", 0, .unexpected(byte: 0x2B)), (".5", 0, .unexpected(byte: 0x2E)),
        ("NaN", 0, .unexpected(byte: 0x4E)), ("True", 0, .unexpected(byte: 0x54)),
        ("trux", 0, .invalidLiteral), ("nul ", 0, .invalidLiteral), ("fALSE", 0, .invalidLiteral),
        ("[1,]", 3, .unexpected(byte: 0x5D)), ("[,1]", 1, .unexpected(byte: 0x2C)),
        ("[1 2]", 3, .unexpected(byte: 0x32)), ("[1}", 2, .unexpected(byte: 0x7D)),
        ("[1:2]", 2, .unexpected(byte: 0x3A)), ("]", 0, .unexpected(byte: 0x5D)),
        (#"{"a":1,}"#, 7, .unexpected(byte: 0x7D)), (#"{"a" 1}"#, 5, .unexpected(byte: 0x31)),
        (#"{"a",1}"#, 4, .unexpected(byte: 0x2C)), (#"{1:2}"#, 1, .unexpected(byte: 0x31)),
        (#"{a:2}"#, 1, .unexpected(byte: 0x61)), (#"{"a":1]"#, 6, .unexpected(byte: 0x5D)),
        (#"{"a"::1}"#, 5, .unexpected(byte: 0x3A)), ("{'a':1}", 1, .unexpected(byte: 0x27)),
        ("/* */1", 0, .unexpected(byte: 0x2F)), ("\u{A0}1", 0, .unexpected(byte: 0xC2)),
        ("\u{0C}1", 0, .unexpected(byte: 0x0C)), ("\0", 0, .unexpected(byte: 0)),
        ("\"\n\"", 1, .unexpected(byte: 0x0A)), ("\"\0\"", 1, .unexpected(byte: 0)),
        ("\"abcdefghi\u{1F}\"", 10, .unexpected(byte: 0x1F)),
        (#""\x""#, 1, .invalidEscape), (#""\U0041""#, 1, .invalidEscape),
        (#""\u00g0""#, 1, .invalidEscape), (#""\u12""#, 1, .invalidEscape),
        (#""\u+123""#, 1, .invalidEscape), (#""\'""#, 1, .invalidEscape),
        ("1 2", 2, .trailingBytes), ("{}}", 2, .trailingBytes), ("1,", 1, .trailingBytes),
        ("\u{FEFF}\u{FEFF}1", 3, .unexpected(byte: 0xEF)), ("1\u{FEFF}", 1, .trailingBytes),
    ] as [(String, Int, JSONError.Fact)]
)
func `a malformed document is an error at its byte`(
    text: String,
    offset: Int,
    fact: JSONError.Fact
) {
    let expected = JSONError(fact, at: offset)
    #expect(error(reading: Array(text.utf8)) == expected)
    #expect(skipError(Array(text.utf8)) == expected)
}

@Test(
    arguments: [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2, 0x22], [0xC2, 0xC2],
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80, 0x22], [0xE2, 0x28, 0xA1],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF1, 0x80, 0x80, 0x22], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xE1, 0x80, 0xC0], [0xF1, 0x80, 0xC2, 0x80], [0xF1, 0x80, 0x80, 0xE1],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ] as [[UInt8]]
)
func `bytes that are not UTF-8 are an error, in values and in names`(bytes: [UInt8]) {
    // The run of letters moves the bytes through every place in an eight-byte word.
    for count in 0..<9 {
        let string = [0x22] + Array(repeating: 0x61, count: count) + bytes + [0x22]
        let expected = JSONError(.invalidUTF8, at: count + 1)
        #expect(error(reading: string) == expected)
        let named = Array("{".utf8) + string + Array(":1}".utf8)
        #expect(error(reading: named) == JSONError(.invalidUTF8, at: count + 2))
        #expect(skipError(named) == JSONError(.invalidUTF8, at: count + 2))
    }
}

@Test func `every scalar value survives, raw and escaped`() {
    // Every scalar of the first plane that matters at a boundary, and a sample of the others.
    let values =
        Array(UInt32(0)...0x900) + Array(stride(from: 0x900, through: 0x10FFFF, by: 251))
        + [0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10FFFF]
    for scalar in values.compactMap(Unicode.Scalar.init) {
        let text = String(scalar)
        let escaped = scalar.utf16Escapes(uppercase: false)
        #expect(readValue("\"\(escaped)\"") == .success(.string(text)))
        if scalar.value >= 0x20, scalar != "\"", scalar != "\\" {
            #expect(readValue("\"\(text)\"") == .success(.string(text)))
        }
    }
}

private let sample = #"""
    {"data": [{"id": "A12", "n\u0061me": "Zo\u00eb \"Zé\" \ud83d\ude00 Ångström", "x": -1.5e+10,
    "flags": [true, false, null, {}, []]}], "meta": {"more": false, "next": null}}
    """#

@Test func `every cut of a document is an unexpected end, and no byte beyond the cut is read`()
    throws
{
    let whole = Array(sample.utf8)
    #expect(skipError(whole) == nil)
    for count in 0..<whole.count {
        let expected = JSONError(.unexpectedEnd, at: count)
        let cut = Array(whole.prefix(count))
        #expect(error(reading: cut) == expected, "cut to \(count) bytes")
        #expect(skipError(cut) == expected, "cut to \(count) bytes")
        #expect(throws: expected, "cut to \(count) bytes") {
            try JSONReader.read(whole, in: 0..<count) { reader throws(JSONError) in
                _ = try reader.value()
            }
        }
    }
}

@Test func `as many containers as the limit are read, and one more is an error`() {
    let limit = JSONReader.depthLimit
    for (opening, closing) in [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")] {
        let levels = opening.count(where: { $0 == "[" || $0 == "{" })
        let count = limit / levels
        func nested(_ count: Int) -> [UInt8] {
            let text =
                String(repeating: opening, count: count) + "0"
                + String(repeating: closing, count: count)
            return Array(text.utf8)
        }
        let tooDeep = JSONError(.tooDeep, at: opening.utf8.count * count)
        #expect(error(reading: nested(count)) == nil)
        #expect(skipError(nested(count)) == nil)
        #expect(error(reading: nested(count + 1)) == tooDeep)
        #expect(skipError(nested(count + 1)) == tooDeep)
    }
}

@Test func `a skip inside containers counts those around it`() {
    let limit = JSONReader.depthLimit
    let text = String(repeating: "[", count: limit + 1) + String(repeating: "]", count: limit + 1)
    #expect(throws: JSONError(.tooDeep, at: limit)) {
        try JSONReader.read(Array(text.utf8)) { reader throws(JSONError) in
            try reader.array { reader throws(JSONError) in
                try reader.array { _ throws(JSONError) in }
            }
        }
    }
}

@Test(arguments: ["[", #"{"a":"#, #"[{"a":"#])
func `a hundred thousand nested containers are an error and not a crash`(opening: String) {
    let bytes = Array(String(repeating: opening, count: 100_000).utf8)
    #expect(skipError(bytes)?.fact == .tooDeep)
    #expect(error(reading: bytes)?.fact == .tooDeep)
}
