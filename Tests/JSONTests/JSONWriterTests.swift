import JSON
import Testing

@Test func `a smoke test for writing`() throws {
    var writer = JSONWriter()
    writer.object { answer in
        answer.member("outcome", "al\"l\u{1}ow\n😀")
        answer.member("email", String?.none)
        answer.member("n", 3)
        answer.member("d", 2.5)
        answer.member("ok", true)
        answer.member("list", ["a", "b"])
        answer.null("x")
        answer.array("groups") { groups in
            for group in ["x"] { groups.element(group) }
            groups.object { _ in }
        }
    }
    let bytes = writer.finish()
    let text =
        #"{"outcome":"al\"l\u0001ow\n😀","email":null,"n":3,"d":2.5,"ok":true,"list":["a","b"],"x":null,"groups":["x",{}]}"#
    #expect(String(decoding: bytes, as: UTF8.self) == text)
}
