import Synchronization
import Testing

@testable import MISEmulator

/// Every fault, seen through a real socket.
@Suite(.timeLimit(.minutes(2)))
struct FaultTests {
    private struct Place {
        let emulator: WondeEmulator
        let path: String

        func get(
            limit: Int = .max,
            onBytes: (@Sendable (Int) -> Void)? = nil
        ) async throws
            -> WireAnswer
        {
            try await Wire.call(
                path,
                port: emulator.port,
                token: emulator.token,
                limit: limit,
                onBytes: onBytes
            )
        }
    }

    private func withEmulator(_ body: (Place) async throws -> Void) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 20, students: 10)
        )
        let school = try #require(emulator.schoolIDs.first)
        let place = Place(
            emulator: emulator,
            path: "/v1.0/schools/\(school)/employees?per_page=5&include=roles,classes"
        )
        do {
            try await body(place)
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    @Test func `without a fault the answer is whole`() async throws {
        try await withEmulator { place in
            let answer = try await place.get()
            #expect(answer.status == 200)
            #expect(answer.body.isComplete)
            #expect(try JSONValue(parsing: answer.body.bytes)["data"]?.elements.count == 5)
            #expect(answer.header("content-type") == "application/json")
        }
    }

    @Test(arguments: [false, true])
    func `a truncated body ends early and the connection closes`(_ chunked: Bool) async throws {
        try await withEmulator { place in
            let whole = try await place.get().body.bytes
            place.emulator.add(Fault(.truncate, times: 1, chunked: chunked))
            let answer = try await place.get()
            #expect(answer.status == 200)
            #expect(!answer.body.isComplete)
            #expect(answer.body.bytes == Array(whole[..<(whole.count / 2)]))
            #expect((answer.header("transfer-encoding") == "chunked") == chunked)
            #expect(try await place.get().body.bytes == whole)
        }
    }

    @Test(arguments: [(429, 2), (503, nil), (500, nil), (404, nil)])
    func `a status comes with JSON and the time to wait`(
        _ status: Int,
        _ seconds: Int?
    ) async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.status, status: status, retryAfter: seconds))
            let answer = try await place.get()
            #expect(answer.status == status)
            #expect(answer.header("retry-after") == seconds.map { String($0) })
            #expect(try JSONValue(parsing: answer.body.bytes).keys == ["error", "message"])
        }
    }

    @Test func `a reset ends the connection with an error`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.reset))
            let answer = try await place.get()
            #expect(answer.bytes.isEmpty)
            #expect(answer.error != 0)
        }
    }

    @Test func `a body can be reset in the middle`() async throws {
        try await withEmulator { place in
            let whole = try await place.get().body.bytes
            place.emulator.add(Fault(.resetBody, times: 1))
            let answer = try await place.get()
            #expect(answer.error != 0)
            #expect(answer.body.bytes.count < whole.count)
            #expect(try await place.get().body.bytes == whole)
        }
    }

    @Test func `the right body can come under a wrong name`() async throws {
        try await withEmulator { place in
            let whole = try await place.get().body.bytes
            place.emulator.add(Fault(.contentType, times: 1))
            place.emulator.add(Fault(.contentType, contentType: "image/png"))
            for name in ["text/plain; charset=UTF-8", "image/png"] {
                let answer = try await place.get()
                #expect(answer.header("content-type") == name)
                #expect(answer.body.bytes == whole)
            }
        }
    }

    @Test(arguments: Fault.LimitStyle.allCases)
    func `headers say that nothing remains`(_ style: Fault.LimitStyle) async throws {
        try await withEmulator { place in
            let whole = try await place.get().body.bytes
            place.emulator.add(Fault(.exhausted, times: 1, style: style, resetAfter: 7))
            let good = try await place.get()
            #expect(good.status == 200)
            #expect(good.body.bytes == whole)
            #expect(good.header("retry-after") == nil)
            place.emulator.add(Fault(.status, status: 429, style: style, resetAfter: 7))
            let refusal = try await place.get()
            #expect(refusal.status == 429)
            for answer in [good, refusal] { expectNothingLeft(answer, style) }
        }
    }

    private func expectNothingLeft(_ answer: WireAnswer, _ style: Fault.LimitStyle) {
        switch style {
        case .rateLimit:
            #expect(answer.header("ratelimit")?.hasPrefix(#""minute";r=0;t=7,"#) == true)
            #expect(answer.header("ratelimit-policy") != nil)
        case .rateLimitFields:
            #expect(answer.header("ratelimit-remaining") == "0")
            #expect(answer.header("ratelimit-reset") == "7")
        case .xRateLimit:
            #expect(answer.header("x-ratelimit-remaining") == "0")
            #expect(answer.header("x-ratelimit-reset") == "7")
        case .xRateLimitEpoch:
            let moment = answer.header("x-ratelimit-reset").flatMap { Int64($0) } ?? 0
            #expect(moment * 1_000_000 > Timestamp.now.microseconds)
        }
    }

    @Test func `a stalled body stays open until the faults are cleared`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.stall))
            let emulator = place.emulator
            let answer = try await place.get { _ in emulator.clearFaults() }
            #expect(answer.status == 200)
            #expect(!answer.body.isComplete)
        }
    }

    @Test func `a stall ends by itself after its time`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.stall, milliseconds: 20))
            let answer = try await place.get()
            #expect(!answer.body.isComplete)
        }
    }

    @Test(arguments: [Fault.Kind.hang, .hold])
    func `a request can be kept until the faults are cleared`(_ kind: Fault.Kind) async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(kind))
            async let pending = place.get()
            await place.emulator.waitForRequests(1)
            #expect(place.emulator.requests.first?.status == nil)
            place.emulator.clearFaults()
            let answer = try await pending
            #expect(answer.body.isComplete == (kind == .hold))
            #expect(answer.bytes.isEmpty == (kind == .hang))
        }
    }

    @Test func `a delayed answer comes late and whole`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.delay, milliseconds: 60))
            let whole = try await place.get()
            #expect(whole.body.isComplete)
            let entry = try #require(place.emulator.requests.first)
            #expect(try #require(entry.milliseconds) >= 60)
            #expect(entry.fault == "delay")
        }
    }

    @Test(arguments: [false, true])
    func `a trickle brings every byte`(_ chunked: Bool) async throws {
        try await withEmulator { place in
            let whole = try await place.get().body.bytes
            place.emulator.add(Fault(.trickle, milliseconds: 0, bytes: 500, chunked: chunked))
            let answer = try await place.get()
            #expect(answer.body.isComplete)
            #expect(answer.body.bytes == whole)
        }
    }

    @Test func `a page for people is no JSON`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.html))
            let answer = try await place.get()
            #expect(answer.status == 200)
            #expect(answer.header("content-type")?.hasPrefix("text/html") == true)
            #expect(answer.text.hasPrefix("<!DOCTYPE html>"))
        }
    }

    @Test func `malformed JSON comes in a whole body`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.malformed))
            let answer = try await place.get()
            #expect(answer.body.isComplete)
            #expect(throws: ControlError.self) { try JSONValue(parsing: answer.body.bytes) }
        }
    }

    @Test(arguments: [false, true])
    func `a huge body is as long as asked`(_ chunked: Bool) async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.hugeBody, bytes: 3_000_001, chunked: chunked))
            let answer = try await place.get()
            #expect(answer.body.isComplete)
            #expect(answer.body.bytes.count == 3_000_001)
        }
    }

    @Test func `a huge body of two gigabytes can be left`() async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(.hugeBody, times: 1))
            let answer = try await place.get(limit: 5_000_000)
            #expect(answer.bytes.count >= 5_000_000)
            let whole = try await place.get()
            #expect(whole.body.isComplete)
        }
    }

    @Test(arguments: [
        (Fault.Kind.halfList, 2), (.emptyList, 0), (.duplicateID, 6), (.missingID, 5),
        (.repeatPage, 5), (.missingPage, 5),
    ])
    func `a spoilt list is whole JSON`(_ kind: Fault.Kind, _ count: Int) async throws {
        try await withEmulator { place in
            place.emulator.add(Fault(kind))
            let answer = try await place.get()
            let page = try JSONValue(parsing: answer.body.bytes)
            #expect(page["data"]?.elements.count == count)
            let next = page.at("meta.pagination.next")?.string
            switch kind {
            case .halfList, .emptyList: #expect(next == nil)
            case .repeatPage: #expect(next?.hasSuffix("page=1") == true)
            case .missingPage: #expect(next?.hasSuffix("page=3") == true)
            default: #expect(next?.hasSuffix("page=2") == true)
            }
        }
    }

    @Test func `a fault chooses its requests, lets some pass and expires`() async throws {
        try await withEmulator { place in
            place.emulator.add(
                Fault(.status, pathContains: "/employees", skip: 1, times: 2, status: 503)
            )
            var seen: [Int?] = []
            for _ in 0..<4 { seen.append(try await place.get().status) }
            #expect(seen == [200, 503, 503, 200])
            let schools = try await Wire.call(
                "/v1.0/schools",
                port: place.emulator.port,
                token: place.emulator.token
            )
            #expect(schools.status == 200)
            #expect(place.emulator.requests.map(\.status) == [200, 503, 503, 200, 200])
        }
    }

    @Test func `stopping breaks off what is under way`() async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 5, students: 0)
        )
        emulator.add(Fault(.trickle, milliseconds: 600_000, bytes: 1))
        async let pending = Wire.call(
            "/v1.0/schools",
            port: emulator.port,
            token: emulator.token
        )
        await emulator.waitForRequests(1)
        await emulator.stop()
        let answer = try await pending
        #expect(!answer.body.isComplete)
    }
}
