import Testing

@testable import CurlTransport

@Suite struct `The quiet that headers ask for` {
    /// Tue, 15 Sep 2026 10:00:00 GMT.
    private static let now: Int64 = 1_789_466_400

    private func pause(_ lines: [(String, String)], at now: Int64 = now) -> Duration? {
        HTTPHeaders(lines.map { (name: $0.0, value: $0.1) }).pause(at: now)
    }

    @Test(
        arguments: [
            ("7", 7), (" 12 ", 12), ("0", 0), ("1.2", 2), ("100000", 86_400),
            ("9223372036854775807", 86_400), ("99999999999999999999999999", 86_400),
            ("-4", nil), ("soon", nil), ("", nil), ("7, 9", nil), ("1e3", nil), ("٧", nil),
            (".5", nil),
            ("Tue, 15 Sep 2026 10:00:42 GMT", 42), ("Tue, 15 Sep 2026 09:59:42 GMT", 0),
            ("Tuesday, 15-Sep-26 10:00:42 GMT", 42), ("Tue Sep 15 10:00:42 2026", 42),
            ("Sun Nov  6 08:49:37 1994", 0), ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Tue, 15 Sep 2026 10:00:42 CET", nil),
            ("Tue, 15 Sep 2026 25:00:00 GMT", nil), ("Tue, 32 Sep 2026 10:00:00 GMT", nil),
            ("Tue, 15 Foo 2026 10:00:00 GMT", nil), ("Tue, 15 Sep 99999 10:00:00 GMT", nil),
            ("Tue, 15 Sep 2026 10::00 GMT", nil), ("Tue, -5 Sep 2026 10:00:00 GMT", nil),
        ] as [(String, Int64?)]
    )
    func `is what Retry-After says in seconds or as a date`(text: String, seconds: Int64?) {
        #expect(pause([("retry-after", text)]) == seconds.map { .seconds($0) })
    }

    @Test func `is counted from the answer's own date where it has one`() {
        let wait = ("Retry-After", "Fri, 01 Mar 2024 00:00:01 GMT")
        #expect(pause([wait, ("Date", "Thu, 29 Feb 2024 23:59:59 GMT")]) == .seconds(2))
        #expect(pause([wait, ("Date", "yesterday")]) == .zero)
        let reset = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1709251201")]
        let date = ("date", "Thu, 29 Feb 2024 23:59:59 GMT")
        #expect(pause(reset + [date]) == .seconds(2))
    }

    @Test(
        arguments: [
            (#""burst";r=0;t=20"#, 20), (#"burst;r=0;t=20"#, 20), (#""a";r=1;t=20"#, nil),
            (#""a";r=0;t=20, "b";r=5;t=3600"#, 20), (#""a";r=0;t=20, "b";r=0;t=40"#, 40),
            (#""a, \"b\"; r=0";r=0;t=5"#, 5), (#""a";pk=:Zm9v:;r=0;t=6;x;y=?1;z=1.5"#, 6),
            ("\"a\"; r=0; t=7 ,\t\"b\";r=1", 7), (#""a";r=0;t=1;t=8"#, 8), (#""a";r=0"#, nil),
            (#""a";r=0;t=0"#, nil), (#""a";r=0;t=-5"#, nil), (#""a";r=-1;t=5"#, nil),
            (#""a";t=5"#, nil), (#""a";r="0";t=5"#, nil), (#""a";r=0;t=5,"#, nil),
            (#""a;r=0;t=5"#, nil), (#""a";r=0;t=5;"#, nil), (#"5;r=0;t=5"#, nil),
            (#""a";r=0;t=5 "b";r=1"#, nil), (#"("a");r=0;t=5"#, nil), (#""é";r=0;t=5"#, nil),
            (#""a";R=0;t=5"#, nil), ("", nil), (",", nil), ("limit=100, remaining=0, reset=5", nil),
            (#""a";r=0;t=999999999999999"#, 86_400), (#""a";r=0;t=9999999999999999"#, nil),
        ] as [(String, Int64?)]
    )
    func `is the longest wait of a limit with nothing remaining`(text: String, seconds: Int64?) {
        #expect(pause([("ratelimit", text)]) == seconds.map { .seconds($0) })
    }

    @Test func `may be told in several lines`() {
        let lines = [("RateLimit", #""a";r=0;t=20"#), ("RateLimit", #""b";r=0;t=30"#)]
        #expect(pause(lines) == .seconds(30))
        #expect(pause(lines + [("RateLimit", "(")]) == nil)
    }

    @Test func `is not told by a policy`() {
        #expect(pause([("RateLimit-Policy", #""a";q=0;w=20;r=0;t=20"#)]) == nil)
    }

    @Test(arguments: ["RateLimit", "X-RateLimit", "x-ratelimit"])
    func `is told in the older way by either name`(name: String) {
        for (remaining, reset, seconds) in [
            ("0", "20", 20), ("1", "20", nil), ("0", "0", nil), ("0", "19.2", 20),
            ("0", "\(Self.now + 25)", 25), ("0", "\(Self.now - 25)", nil),
            ("0", "\(Self.now * 1000 + 25_500)", 26), ("0", "900000000", 86_400),
            ("0", "-3", nil), ("0", "soon", nil), ("", "20", nil), ("none", "20", nil),
            ("-1", "20", nil), ("0", "99999999999999999999", 86_400),
        ] as [(String, String, Int64?)] {
            let told = pause([
                ("\(name)-Limit", "100"), ("\(name)-Remaining", remaining),
                ("\(name)-Reset", reset),
            ])
            #expect(told == seconds.map { .seconds($0) }, "\(remaining) \(reset)")
        }
        #expect(pause([("\(name)-Remaining", "0")]) == nil)
        #expect(pause([("\(name)-Reset", "20")]) == nil)
    }

    @Test func `is the longest of both ways, unless Retry-After speaks`() {
        let both = [
            ("RateLimit", #""a";r=0;t=20"#), ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", "30"),
        ]
        #expect(pause(both) == .seconds(30))
        #expect(pause(both + [("Retry-After", "3")]) == .seconds(3))
        #expect(pause(both + [("Retry-After", "when it suits")]) == .seconds(30))
        #expect(pause([]) == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func `is never negative and never too long, whatever the clock says`(now: Int64) {
        for text in ["9223372036854775807", "1789466400", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            for lines in [
                [("Retry-After", text)],
                [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", text)],
            ] {
                let told = pause(lines, at: now) ?? .zero
                #expect(told >= .zero && told <= .seconds(86_400))
            }
        }
    }
}
