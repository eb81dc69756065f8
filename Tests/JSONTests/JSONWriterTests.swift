import Foundation
import JSON
import Testing

private func written(
    pretty: Bool = false,
    _ members: (inout JSONObjectWriter) -> Void
) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.object(members)
    return String(decoding: writer.finish(), as: UTF8.self)
}

private func fill(_ answer: inout JSONObjectWriter) {
    answer.member("outcome", "allowed")
    answer.member("email", String?.none)
    answer.member("count", 3)
    answer.member("least", Int.min)
    answer.member("share", 2.5)
    answer.member("fresh", true)
    answer.member("absent", ifPresent: String?.none)
    answer.member("present", ifPresent: "x")
    answer.member("number", ifPresent: 4)
    answer.null("nothing")
    answer.member("names", ["a", "b"])
    answer.object("empty") { _ in }
    answer.array("mixed") { mixed in
        mixed.element("x")
        mixed.element(1)
        mixed.element(false)
        mixed.element(0.5)
        mixed.null()
        mixed.array { _ in }
        mixed.object { inner in inner.member("deep", 1) }
    }
}

@Test func `members come out in the order written, without white space`() {
    let expected =
        #"{"outcome":"allowed","email":null,"count":3,"least":-9223372036854775808,"#
        + #""share":2.5,"fresh":true,"present":"x","number":4,"nothing":null,"#
        + #""names":["a","b"],"empty":{},"mixed":["x",1,false,0.5,null,[],{"deep":1}]}"#
    #expect(written(fill) == expected)
}

@Test func `pretty output has a member a line`() {
    let text = written(pretty: true) { answer in
        answer.member("a", 1)
        answer.object("none") { _ in }
        answer.array("list") { list in
            list.element("x")
            list.object { inner in inner.member("y", false) }
            list.array { _ in }
        }
    }
    #expect(
        text == """
            {
              "a": 1,
              "none": {},
              "list": [
                "x",
                {
                  "y": false
                },
                []
              ]
            }
            """
    )
}

@Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("a\nb", #""a\nb""#),
    ("\r\t", #""\r\t""#), ("\0\u{8}\u{C}\u{1F}", #""\u0000\u0008\u000c\u001f""#),
    ("/", #""/""#), ("\u{7F}é€😀\u{2028}", "\"\u{7F}é€😀\u{2028}\""), ("x\"y\"", #""x\"y\"""#),
])
func `text is escaped where it must be and nowhere else`(text: String, expected: String) {
    #expect(written { $0.member("k", text) } == "{\"k\":\(expected)}")
    #expect(written { $0.member(text, 1) } == "{\(expected):1}")
}

@Test(
    arguments: [
        (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1e300, "1e+300"),
        (.leastNonzeroMagnitude, "5e-324"),
        (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ] as [(Double, String)]
)
func `a number is written in the fewest digits, or null`(number: Double, expected: String) {
    #expect(written { $0.member("k", number) } == "{\"k\":\(expected)}")
}

@Test func `absent numbers and truths are null`() {
    let text = written { answer in
        answer.member("a", Int?.none)
        answer.member("b", Double?.none)
        answer.member("c", Bool?.none)
        answer.array("d") { list in
            list.element(Int?.none)
            list.element(Double?.none)
            list.element(Bool?.none)
            list.element(String?.none)
        }
    }
    #expect(text == #"{"a":null,"b":null,"c":null,"d":[null,null,null,null]}"#)
}

private struct Refusal: Error, Equatable {}

@Test func `every bracket is closed when a closure throws`() {
    var writer = JSONWriter()
    #expect(throws: Refusal()) {
        try writer.object { object throws(Refusal) in
            object.member("a", 1)
            try object.array("b") { array throws(Refusal) in
                array.element(2)
                try array.object { inner throws(Refusal) in
                    inner.member("c", 3)
                    throw Refusal()
                }
            }
        }
    }
    #expect(String(decoding: writer.finish(), as: UTF8.self) == #"{"a":1,"b":[2,{"c":3}]}"#)
}

@Test func `a document may be an array`() {
    var writer = JSONWriter()
    writer.array { list in list.element("x") }
    #expect(writer.finish() == Array(#"["x"]"#.utf8))
}

@Test func `a document without a value is a programmer's error`() async {
    await #expect(processExitsWith: .failure) { _ = JSONWriter().finish() }
}

@Test func `a second value is a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.array { _ in }
        writer.array { _ in }
    }
}

@Test(arguments: [1, 2, 3, 4] as [UInt64])
func `what is written is read back, by us and by Foundation`(seed: UInt64) throws {
    var generator = DocumentGenerator(seed: seed)
    for round in 0..<300 {
        let elements = [generator.value().inOurNumbers, generator.value().inOurNumbers]
        for pretty in [false, true] {
            var writer = JSONWriter(pretty: pretty)
            writer.array { array in
                for element in elements { element.write(to: &array) }
            }
            let bytes = writer.finish()
            let place: Comment = "seed \(seed), round \(round), pretty \(pretty)"
            #expect(readValue(bytes) == .success(.array(elements)), place)
            let object = try JSONSerialization.jsonObject(with: Data(bytes))
            // Held in a variable: a failure then prints the place and not the whole document.
            let agrees = JSONValue.array(elements).agrees(with: object)
            #expect(agrees, place)
        }
    }
}

extension JSONValue {
    /// The same value with its numbers spelt as the writer spells them.
    fileprivate var inOurNumbers: JSONValue {
        switch self {
        case .number(let digits):
            .number(Int(digits)?.description ?? Double(digits)?.description ?? digits)
        case .array(let elements): .array(elements.map(\.inOurNumbers))
        case .object(let members): .object(members.map { ($0.name, $0.value.inOurNumbers) })
        case .string, .bool, .null: self
        }
    }

    fileprivate func write(to array: inout JSONArrayWriter) {
        switch self {
        case .object(let members):
            array.object { object in
                for (name, value) in members { value.write(name, to: &object) }
            }
        case .array(let elements):
            array.array { inner in
                for element in elements { element.write(to: &inner) }
            }
        case .string(let text): array.element(text)
        case .number(let digits):
            if let whole = Int(digits) {
                array.element(whole)
            } else {
                array.element(Double(digits))
            }
        case .bool(let truth): array.element(truth)
        case .null: array.null()
        }
    }

    fileprivate func write(_ name: String, to object: inout JSONObjectWriter) {
        switch self {
        case .object(let members):
            object.object(name) { inner in
                for (name, value) in members { value.write(name, to: &inner) }
            }
        case .array(let elements):
            object.array(name) { inner in
                for element in elements { element.write(to: &inner) }
            }
        case .string(let text): object.member(name, text)
        case .number(let digits):
            if let whole = Int(digits) {
                object.member(name, whole)
            } else {
                object.member(name, Double(digits))
            }
        case .bool(let truth): object.member(name, truth)
        case .null: object.null(name)
        }
    }
}
