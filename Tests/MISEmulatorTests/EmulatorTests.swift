import Testing

@testable import MISEmulator

@Suite(.timeLimit(.minutes(2)))
struct EmulatorTests {
    @Test func `several emulators run side by side and stop alone`() async throws {
        let first = try await WondeEmulator.start(EmulatorConfiguration(employees: 3, students: 0))
        let second = try await WondeEmulator.start(
            EmulatorConfiguration(seed: 2, employees: 4, students: 0, token: "other")
        )
        #expect(first.port != second.port)
        let wrong = try await Wire.call("/v1.0/schools", port: second.port, token: first.token)
        #expect(wrong.status == 401)
        await first.stop()
        let right = try await Wire.call("/v1.0/schools", port: second.port, token: "other")
        #expect(right.status == 200)
        await second.stop()
        await #expect(throws: Wire.Trouble.self) {
            try await Wire.call("/v1.0/schools", port: first.port)
        }
    }

    @Test func `a port that is taken is an error with a sentence`() async throws {
        let first = try await WondeEmulator.start(EmulatorConfiguration(employees: 1, students: 0))
        await #expect(throws: EmulatorError.self) {
            try await WondeEmulator.start(
                EmulatorConfiguration(employees: 1, students: 0, port: first.port)
            )
        }
        await first.stop()
    }

    @Test(arguments: [
        EmulatorConfiguration(schools: 0), EmulatorConfiguration(employees: -1),
        EmulatorConfiguration(port: 70_000), EmulatorConfiguration(token: ""),
        EmulatorConfiguration(today: "2026-02-30"),
    ])
    func `a senseless configuration is refused`(_ configuration: EmulatorConfiguration) async {
        await #expect(throws: EmulatorError.self) {
            try await WondeEmulator.start(configuration)
        }
    }

    @Test func `requests over the wire take a trailing slash and are logged`() async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 3, students: 0)
        )
        let school = try #require(emulator.schoolIDs.first)
        let path = "/v1.0/schools/\(school)/employees/"
        let answer = try await Wire.call(
            "\(path)?per_page=2",
            port: emulator.port,
            token: emulator.token
        )
        #expect(answer.status == 200)
        let next = try JSONValue(parsing: answer.body.bytes).at("meta.pagination.next")?.string
        let origin = "http://127.0.0.1:\(emulator.port)"
        #expect(next == "\(origin)/v1.0/schools/\(school)/employees?per_page=2&page=2")
        #expect(emulator.origin == origin)
        let entry = try #require(emulator.requests.first)
        #expect(entry.path == path && entry.query == "per_page=2" && entry.status == 200)
        #expect(entry.milliseconds != nil)
        emulator.clearRequests()
        #expect(emulator.requestCount == 0)
        await emulator.stop()
    }

    @Test func `the control endpoints answer over the wire without a token`() async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 3, students: 0)
        )
        let school = try #require(emulator.schoolIDs.first)
        let port = emulator.port
        let help = try await Wire.call("/_control", port: port)
        #expect(help.text.contains("a stand-in for the Wonde REST service"))
        let person = try #require(try emulator.employees(school: school).first)
        let path = "/_control/schools/\(school)/employees/\(person.id)"
        let changed = try await Wire.call(
            path,
            method: "PATCH",
            port: port,
            body: #"{"surname":"Baker"}"#
        )
        #expect(changed.status == 200)
        #expect(try emulator.employee(school: school, id: person.id).surname == "Baker")
        let fault = try await Wire.call(
            "/_control/faults",
            method: "POST",
            port: port,
            body: #"{"kind":"status","status":503}"#
        )
        #expect(fault.status == 200)
        #expect(try await Wire.call("/v1.0/schools", port: port).status == 503)
        #expect(try await Wire.call("/_control/faults", method: "DELETE", port: port).status == 200)
        #expect(try await Wire.call("/v1.0/schools", port: port).status == 401)
        let log = try await Wire.call("/_control/requests", port: port)
        #expect(try JSONValue(parsing: log.body.bytes)["requests"]?.elements.count == 2)
        #expect(try await Wire.call("/_control/nonsense", port: port).status == 404)
        #expect(try await Wire.call("/nonsense", port: port).status == 404)
        await emulator.stop()
    }

    @Test func `the functions in process do what the endpoints do`() async throws {
        let emulator = try await WondeEmulator.start()
        let school = try #require(emulator.schoolIDs.first)
        let all = try emulator.employees(school: school)
        let person = try #require(all.first { !$0.classIDs.isEmpty && $0.workEmail != nil })
        try emulator.change(school: school, employee: person.id) {
            $0.surname = "Baker"
            $0.title = nil
            $0.roles = ["Librarian"]
            $0.setLineManager(all.first?.id)
            $0.current = false
        }
        let email = try #require(person.workEmail)
        let later = try emulator.employee(school: school, email: email)
        #expect(later.surname == "Baker" && later.title == nil && later.current == false)
        #expect(later.roles == ["Librarian"])
        #expect(later.lineManagerIDs == [all.first?.id])
        try emulator.remove(.employee, school: school, id: person.id)
        #expect(throws: ControlError.self) {
            try emulator.change(school: school, employee: person.id) { $0.surname = "X" }
        }
        try emulator.restore(.employee, school: school, id: person.id)
        try emulator.setSwitches(school: school) { $0.hierarchy = .reports }
        #expect(try emulator.switches(school: school).hierarchy == .reports)
        let schoolClass = try #require(try emulator.classes(school: school).first)
        try emulator.change(school: school, schoolClass: schoolClass.id) { $0.name = "7Z" }
        #expect(try emulator.classes(school: school).first?.name == "7Z")
        #expect(try emulator.addOddPeople(school: school).count == 13)
        #expect(try emulator.migrate(school: school)[person.id] != nil)
        #expect(throws: ControlError.self) { try emulator.employees(school: "A1") }
        await emulator.stop()
    }
}
