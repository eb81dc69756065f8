import Testing

@testable import CurlTransport

struct ResponseCollectorTests {
    @Test func `a folded line continues the value before it`() {
        let collector = collected("HTTP/1.1 200 OK", "X-A: one", "\t two ", "X-B:three", "")
        #expect(collector.headers["X-A"] == "one two")
        #expect(collector.headers["x-b"] == "three")
    }

    @Test func `a later block replaces an earlier one`() {
        let collector = collected("HTTP/1.1 401 No", "X-A: 1", "", "HTTP/2 200", "X-B: 2", "")
        #expect(collector.status == 200)
        #expect(collector.headers["X-A"] == nil)
        #expect(collector.headers["X-B"] == "2")
    }

    @Test(arguments: [
        ["HTTP/1.1 100 Continue", ""], ["HTTP/1.1 200 OK"], ["HTTP/1.1 200 OK", "X-A: 1"], [],
        ["X-A: 1", ""],
    ])
    func `a head without its end is none`(lines: [String]) {
        #expect(!collected(lines).hasHead)
    }

    @Test(arguments: [
        ("200", "11", false, true), ("200", "10", false, false), ("200", "11", true, false),
        ("204", "11", false, false), ("304", "11", false, false), ("100", "11", false, false),
        ("200", "-1", false, false), ("200", "99999999999999999999", false, false),
    ])
    func `an announced length stops only a body that would come`(
        status: String,
        length: String,
        announcesOnly: Bool,
        stops: Bool
    ) {
        let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(length)", ""]
        let collector = collected(lines, announcesOnly: announcesOnly)
        #expect(collector.stop == (stops ? .bodyTooLarge : nil))
    }

    @Test func `header lines without end stop the transfer`() {
        let line = "X-A: " + String(repeating: "a", count: 995)
        let lines = ["HTTP/1.1 200 OK"] + Array(repeating: line, count: 300)
        #expect(collected(lines).stop == .headersTooLarge)
    }

    private func collected(_ lines: String...) -> ResponseCollector { collected(lines) }

    private func collected(_ lines: [String], announcesOnly: Bool = false) -> ResponseCollector {
        var collector = ResponseCollector(limitBytes: 10, announcesOnly: announcesOnly)
        for line in lines {
            guard collector.take(headerLine: line + "\r\n") else { break }
        }
        return collector
    }
}
