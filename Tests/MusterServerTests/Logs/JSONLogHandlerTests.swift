import Foundation
import Logging
import Muster
import MusterServer
import Roster
import Testing

@Suite struct JSONLogHandlerTests {
    /// Writes by `write`, and gives what arrived at the other end of a pipe.
    private func lines(
        level: Logger.Level = .trace,
        hasPriority: Bool = false,
        _ write: (inout Logger) -> Void
    ) throws -> [String] {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        var logger = Logger(label: "muster.test") { label in
            JSONLogHandler(
                label: label,
                level: level,
                descriptor: writing,
                hasPriority: hasPriority,
                clock: StoppedClock(time: Timestamp(milliseconds: 1_788_768_000_007))
            )
        }
        write(&logger)
        close(writing)
        let data = try FileHandle(fileDescriptor: reading, closeOnDealloc: true).readToEnd()
        let text = String(decoding: data ?? Data(), as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }

    private func object(_ line: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func `a line is one object, and numbers stay numbers`() throws {
        let lines = try lines { logger in
            logger[metadataKey: "node"] = "a"
            logger.info(
                "Login answered",
                metadata: [
                    "ms": .stringConvertible(1.5), "requests": .stringConvertible(2),
                    "known": .stringConvertible(true), "login.id": "00ff",
                ]
            )
        }
        #expect(
            lines == [
                #"{"time":"2026-09-07T08:00:00.007Z","level":"info","label":"muster.test","#
                    + #""message":"Login answered","known":true,"login.id":"00ff","ms":1.5,"#
                    + #""node":"a","requests":2}"#
            ]
        )
    }

    @Test(arguments: [
        (Logger.Level.trace, "<7>{"), (.debug, "<7>{"), (.info, "<6>{"), (.notice, "<5>{"),
        (.warning, "<4>{"), (.error, "<3>{"), (.critical, "<2>{"),
    ])
    func `a line for the journal begins with its priority`(
        level: Logger.Level,
        start: String
    ) throws {
        let lines = try lines(hasPriority: true) { $0.log(level: level, "Word") }
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix(start), "\(lines)")
        _ = try object(String(lines[0].dropFirst(3)))
    }

    @Test func `only the stream that the variable names is the journal`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var facts = stat()
        try #require(fstat(ends[1], &facts) == 0)
        let name = "\(facts.st_dev):\(facts.st_ino)"
        #expect(JSONLogHandler.isJournal(ends[1], journalStream: name))
        for other in [nil, "", "\(name)0", "1:2"] {
            #expect(!JSONLogHandler.isJournal(ends[1], journalStream: other))
        }
        #expect(!JSONLogHandler.isJournal(-1, journalStream: name))
    }

    @Test func `nested metadata become flat, and none takes the place of our own`() throws {
        let lines = try lines { logger in
            logger.warning(
                "m",
                metadata: [
                    "http": ["status": "200", "route": ["name": "logins"]], "list": ["a", "b"],
                    "time": "never", "level": "none",
                ]
            )
        }
        let line = try object(try #require(lines.first))
        #expect(line["http.status"] as? String == "200")
        #expect(line["http.route.name"] as? String == "logins")
        #expect(line["list.0"] as? String == "a" && line["list.1"] as? String == "b")
        #expect(line["time"] as? String == "2026-09-07T08:00:00.007Z")
        #expect(line["level"] as? String == "warning")
        #expect(line["metadata.time"] as? String == "never")
        #expect(line["metadata.level"] as? String == "none")
    }

    @Test func `only the level asked for and above is written`() throws {
        let lines = try lines(level: .warning) { logger in
            logger.info("no")
            logger.warning("yes")
            logger.logLevel = .info
            logger.info("now")
        }
        #expect(try lines.map { try object($0)["message"] as? String } == ["yes", "now"])
    }

    @Test(arguments: [
        "two\nlines", "\u{1B}[31mred", "bell\u{7}", "quote\" and \\", "\u{9B}31m", "\u{7F}",
        "\u{202E}backwards", "ü 👩🏽‍🏫", "", "\0",
    ])
    func `no text breaks a line or reaches a terminal as a command`(text: String) throws {
        let lines = try lines { $0.info("\(text)", metadata: ["\(text)": "\(text)"]) }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        let hidden = line.unicodeScalars.filter {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.properties.isBidiControl
        }
        #expect(hidden.isEmpty)
        let message = try #require(try object(line)["message"] as? String)
        #expect(message.unicodeScalars.count == text.unicodeScalars.count)
    }

    @Test(arguments: ["a", "\u{1}", "\"", "é", "\u{202E}", "👩🏽‍🏫"])
    func `a line is never longer than a pipe takes in one piece`(character: String) throws {
        let long = String(repeating: character, count: 10_000)
        var metadata: Logger.Metadata = [:]
        for number in 0..<100 { metadata["\(number)\(long)"] = "\(long)" }
        let lines = try lines { $0.error("\(long)", metadata: metadata) }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(line.utf8.count < 4096)
        let object = try object(line)
        #expect(object["cut"] as? Bool == true)
        #expect((object["message"] as? String)?.hasSuffix("…") == true)
    }

    @Test func `an error is told by its type alone`() throws {
        struct Leak: Error { let name = "Okafor" }
        let lines = try lines { $0.error("Failed", error: Leak()) }
        let line = try #require(lines.first)
        #expect(!line.contains("Okafor"))
        #expect(try object(line)["error"] as? String == "Leak")
    }

    @Test func `lines of many tasks do not mix`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let logger = Logger(label: "muster") {
            JSONLogHandler(label: $0, descriptor: writing)
        }
        async let data = Self.all(of: reading)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<250 {
                        logger.info(
                            "m",
                            metadata: ["x": .string(String(repeating: "\(task)", count: 500))]
                        )
                    }
                }
            }
        }
        close(writing)
        let lines = String(decoding: await data, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1000)
        for line in lines {
            let text = try #require(try object(String(line))["x"] as? String)
            #expect(text.count == 500 && Set(text).count == 1)
        }
    }

    @concurrent
    private static func all(of descriptor: Int32) async -> Data {
        (try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd()) ?? Data()
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_102_444_800_001, "2100-01-01T00:00:00.001Z"),
    ])
    func `the time is UTC to the millisecond`(milliseconds: Int64, text: String) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writing = ends[1]
        let clock = StoppedClock(time: Timestamp(milliseconds: milliseconds))
        let logger = Logger(label: "t") { label in
            JSONLogHandler(label: label, descriptor: writing, clock: clock)
        }
        logger.info("m")
        close(writing)
        let data = try FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readToEnd()
        let line = String(decoding: try #require(data), as: UTF8.self)
        #expect(try object(line)["time"] as? String == text)
    }
}

private struct StoppedClock: MusterClock {
    let time: Timestamp

    func now() -> Timestamp { time }
    func instant() -> ContinuousClock.Instant { .now }
    func sleep(for duration: Duration) async throws {}
}
