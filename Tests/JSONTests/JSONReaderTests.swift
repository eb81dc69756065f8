import JSON
import Testing

private func read<Value>(
    _ text: String,
    _ body: (inout JSONReader) throws(JSONError) -> Value
) throws(JSONError) -> Value {
    try JSONReader.read(Array(text.utf8), body)
}

@Test(
    arguments: [
        (" {}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number),
        ("9", .number), ("true", .bool), ("false", .bool), ("null", .null),
    ] as [(String, JSONKind)]
)
func `the kind is told without reading the value`(text: String, expected: JSONKind) throws {
    let kinds = try read(text) { reader throws(JSONError) in
        [try reader.kind(), try reader.kind()]
    }
    #expect(kinds == [expected, expected])
}

@Test(
    arguments: [
        (#""x""#, "x"), ("12.50", "12.50"), ("-1E9", "-1E9"), ("true", "true"), ("false", "false"),
        ("null", nil), (#"{"a":[1]}"#, nil), ("[1,2]", nil), (#""\u0000""#, "\0"),
    ] as [(String, String?)]
)
func `text takes any scalar`(text: String, expected: String?) throws {
    #expect(try read(text) { reader throws(JSONError) in try reader.text() } == expected)
}

@Test(
    arguments: [
        ("true", true), ("false", false), ("1", true), ("0", false), (#""true""#, true),
        (#""false""#, false), (#""1""#, true), (#""0""#, false), (#""\u0031""#, true),
        ("null", nil), ("2", nil), ("10", nil), ("1.0", nil), ("-1", nil), (#""yes""#, nil),
        (#""TRUE""#, nil), (#""""#, nil), ("{}", nil), ("[true]", nil),
    ] as [(String, Bool?)]
)
func `a truth is taken in its usual spellings`(text: String, expected: Bool?) throws {
    #expect(try read(text) { reader throws(JSONError) in try reader.bool() } == expected)
}

@Test(
    arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("3.0", 3), ("-3.000", -3),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("92233720368547758070", nil),
        ("18446744073709551617", nil), ("3.5", nil), ("3.05", nil), ("1e3", nil), ("2.0e1", nil),
        (#""42""#, 42), (#""-42""#, -42), (#""007""#, 7), (#""\u0034""#, 4), (#""+1""#, nil),
        (#"" 1""#, nil), (#""1.0""#, nil), (#""""#, nil), (#""-""#, nil), (#""١""#, nil),
        (#""9223372036854775808""#, nil), ("true", nil), ("null", nil), ("[1]", nil), ("{}", nil),
    ] as [(String, Int?)]
)
func `a whole number is taken from digits, quoted or not`(text: String, expected: Int?) throws {
    #expect(try read(text) { reader throws(JSONError) in try reader.integer() } == expected)
}

@Test(arguments: ["text", "bool", "integer", "skip"])
func `a lenient read leaves the reader behind the value`(method: String) throws {
    let values = [#""x""#, "1", "2.5e1", "true", "null", "{\"a\":[1]}", "[[],{}]", #""\n""#]
    for value in values {
        let positions = try read("[\(value) , 7]") { reader throws(JSONError) in
            var positions: [Int] = []
            try reader.array { element throws(JSONError) in
                switch method {
                case "text": _ = try element.text()
                case "bool": _ = try element.bool()
                case "integer": _ = try element.integer()
                default: try element.skip()
                }
                positions.append(element.position)
            }
            return positions
        }
        #expect(positions == [1 + value.utf8.count, 5 + value.utf8.count], "\(value)")
    }
}

@Test func `names are told apart in place`() throws {
    let text = #"""
        {"":1,"a":2,"id":3,"surname":4,"forename":5,"forename_":6,"legal_surname":7,
        "employment_details":8,"employment_detailz":9,"\u0069d":10,"surn\u0061me":11,"naïve":12,
        "na\u00EFve":13,"surname\u0000":14}
        """#
    var seen: [String: [Int?]] = [:]
    try read(text) { reader throws(JSONError) in
        try reader.object { key, value throws(JSONError) in
            let name =
                switch key {
                case "": "empty"
                case "a": "a"
                case "id": "id"
                case "surname": "surname"
                case "forename": "forename"
                case "legal_surname": "legal_surname"
                case "employment_details": "employment_details"
                case "naïve": "naïve"
                default: "other: \(key.text)"
                }
            seen[name, default: []].append(try value.integer())
        }
    }
    #expect(
        seen == [
            "empty": [1], "a": [2], "id": [3, 10], "surname": [4, 11], "forename": [5],
            "other: forename_": [6], "legal_surname": [7], "employment_details": [8],
            "other: employment_detailz": [9], "naïve": [12, 13], "other: surname\0": [14],
        ]
    )
}

@Test func `a name equals no other of its length`() throws {
    // One byte differs, at every place of names of every length up to three words.
    let long: StaticString = "abcdefghijklmnopqrstuvwx"
    let name = "abcdefghijklmnopqrstuvwx"
    for index in name.indices {
        let other = name.replacingCharacters(at: index, with: "#")
        try read("{\"\(other)\":0,\"\(name)\":0}") { reader throws(JSONError) in
            var matches: [Bool] = []
            try reader.object { key, _ throws(JSONError) in matches.append(key.equals(long)) }
            #expect(matches == [false, true], "\(other)")
        }
    }
    try read(#"{"surnamf":0,"turname":0,"surnam":0}"#) { reader throws(JSONError) in
        try reader.object { key, _ throws(JSONError) in #expect(!key.equals("surname")) }
    }
}

@Test func `what a closure leaves unread is skipped`() throws {
    let text = #"[{"a":{"b":[1,2]},"c":"x","d":3},[4,[5]],"z"]"#
    var names: [String] = []
    var elements = 0
    try read(text) { reader throws(JSONError) in
        try reader.array { element throws(JSONError) in
            elements += 1
            guard try element.kind() == .object else { return }
            try element.object { key, _ throws(JSONError) in names.append(key.text) }
        }
    }
    #expect(elements == 3)
    #expect(names == ["a", "c", "d"])
    try read(text) { _ throws(JSONError) in }
    #expect(throws: JSONError(.unexpected(byte: 0x5D), at: 3)) {
        try read("[1,]") { _ throws(JSONError) in }
    }
}

@Test func `a value of the wrong kind stays unread`() throws {
    let text = try read(" [\"x\"]") { reader throws(JSONError) in
        do throws(JSONError) {
            _ = try reader.string()
        } catch {
            #expect(error == JSONError(.wrongKind(expected: .string, found: .array), at: 1))
            #expect(!error.isMalformed)
        }
        do throws(JSONError) {
            try reader.object { _, _ throws(JSONError) in }
        } catch {
            #expect(error == JSONError(.wrongKind(expected: .object, found: .array), at: 1))
        }
        var text: String?
        try reader.array { element throws(JSONError) in text = try element.string() }
        return text
    }
    #expect(text == "x")
}

/// Reads `[{"id": …, "tags": [[…]]}, …]`, passing over the elements that do not fit.
private func recoveredIDs(_ text: String) throws(JSONError) -> (ids: [String], bad: [String]) {
    let bytes = Array(text.utf8)
    var ids: [String] = []
    var bad: [String] = []
    try JSONReader.read(bytes) { reader throws(JSONError) in
        try reader.array { element throws(JSONError) in
            let start = element.position
            do throws(JSONError) {
                ids.append(try identifier(&element))
            } catch {
                element.rewind(to: start)
                bad.append(String(decoding: bytes[try element.skipCapturing()], as: UTF8.self))
            }
        }
    }
    return (ids, bad)
}

private func identifier(_ reader: inout JSONReader) throws(JSONError) -> String {
    var id = ""
    try reader.object { key, value throws(JSONError) in
        switch key {
        case "id": id = try value.string()
        case "tags":
            try value.array { tag throws(JSONError) in
                try tag.array { inner throws(JSONError) in _ = try inner.string() }
            }
        default: break
        }
    }
    return id
}

@Test func `one bad element does not cost the page`() throws {
    let text = #"""
        [{"id":"a"},{"tags":[["x"],[1,2]],"id":"b"},7,{"id":null},{"id":"c","tags":[["y"]]},
        {"tags":[[{"z":[1]}]]}]
        """#
    let (ids, bad) = try recoveredIDs(text)
    #expect(ids == ["a", "c"])
    #expect(
        bad == [
            #"{"tags":[["x"],[1,2]],"id":"b"}"#, "7", #"{"id":null}"#, #"{"tags":[[{"z":[1]}]]}"#,
        ]
    )
}

@Test func `recovering many times does not use up the depth`() throws {
    let count = 10 * JSONReader.depthLimit
    let bad = Array(repeating: #"{"tags":[[1]]}"#, count: count).joined(separator: ",")
    #expect(try recoveredIDs("[\(bad)]").bad.count == count)
}

@Test(arguments: [
    (#"[{"id":1},{"id":"b}]"#, JSONError(.unexpectedEnd, at: 20)),
    (#"[{"id":1,},{"id":"b"}]"#, JSONError(.unexpected(byte: 0x7D), at: 9)),
    (#"[{"id":tru}]"#, JSONError(.invalidLiteral, at: 7)),
])
func `a malformed element ends the page, however it is caught`(text: String, expected: JSONError) {
    #expect(throws: expected) { try recoveredIDs(text) }
}

@Test func `a captured range can be read again by itself`() throws {
    let bytes = Array(#"{"x": {"id" : "7", "n":[1]} , "y": 2}"#.utf8)
    var range = 0..<0
    try JSONReader.read(bytes) { reader throws(JSONError) in
        try reader.object { key, value throws(JSONError) in
            if case "x" = key { range = try value.skipCapturing() }
        }
    }
    #expect(String(decoding: bytes[range], as: UTF8.self) == #"{"id" : "7", "n":[1]}"#)
    let value = try JSONReader.read(bytes, in: range) { reader throws(JSONError) in
        try reader.value()
    }
    #expect(value == .object([("id", .string("7")), ("n", .array([.number("1")]))]))
}

@Test func `a captured range leaves out the white space around`() throws {
    let range = try read("  [1, 2]  ") { reader throws(JSONError) in try reader.skipCapturing() }
    #expect(range == 2..<8)
}

@Test func `a document without bytes is an unexpected end`() {
    #expect(throws: JSONError(.unexpectedEnd, at: 0)) {
        try JSONReader.read([]) { _ throws(JSONError) in }
    }
    #expect(throws: JSONError(.unexpectedEnd, at: 0)) {
        try JSONReader.read([], in: 0..<0) { _ throws(JSONError) in }
    }
}

@Test func `a reader cannot be wound forwards`() async {
    await #expect(processExitsWith: .failure) {
        try JSONReader.read([0x31]) { reader throws(JSONError) in reader.rewind(to: 1) }
    }
}

@Test(
    arguments: [
        (.unexpectedEnd, "The JSON breaks off at byte 12."),
        (.unexpected(byte: 0x2C), "The JSON has the byte 0x2C at byte 12, where it cannot stand."),
        (.invalidNumber, "The JSON has a malformed number at byte 12."),
        (.invalidLiteral, "The JSON has a word other than true, false and null at byte 12."),
        (.invalidEscape, "The JSON has a malformed escape in a string at byte 12."),
        (.invalidUTF8, "The JSON is not valid UTF-8 at byte 12."),
        (.tooDeep, "The JSON is nested more than 128 deep at byte 12."),
        (.trailingBytes, "The JSON goes on at byte 12, after the end of its value."),
        (
            .wrongKind(expected: .string, found: .null),
            "The JSON has null at byte 12 where a string was expected."
        ),
    ] as [(JSONError.Fact, String)]
)
func `an error is one sentence`(fact: JSONError.Fact, sentence: String) {
    #expect(JSONError(fact, at: 12).description == sentence)
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with character: Character) -> String {
        var copy = self
        copy.replaceSubrange(index...index, with: String(character))
        return copy
    }
}
