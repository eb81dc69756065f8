import Foundation
import Testing

@testable import MISEmulator

struct RefusalTests {
    private func code(_ answer: ServiceAnswer) throws -> String? {
        try JSONValue(parsing: answer.body)["error"]?.string
    }

    @Test(arguments: ["", "Bearer wrong", "Basic d3Jvbmc6", "Token", "bearer"])
    func `a wrong credential is answered with 401 and JSON`(_ header: String) throws {
        let sample = try Sample()
        let answer = sample.ask("schools", authorization: header)
        #expect(answer.status == 401)
        #expect(try code(answer) == "unauthenticated")
    }

    @Test func `the token works as a bearer and as a user name`() throws {
        let sample = try Sample()
        let token = sample.world.token
        let basic = Data("\(token):".utf8).base64EncodedString()
        for header in ["Bearer \(token)", "bearer \(token)", "Basic \(basic)"] {
            #expect(sample.ask("schools", authorization: header).status == 200)
        }
    }

    @Test(arguments: [
        "subjects", "nonsense", "classes.nonsense", "classes,form_group", "classes.lessons",
        "Classes",
    ])
    func `an include that is not offered is refused whole`(_ include: String) throws {
        let sample = try Sample()
        let answer = sample.ask("/employees?include=\(include)")
        #expect(answer.status == 400)
        #expect(try code(answer) == "invalid_include")
    }

    @Test func `a denied include takes what lies below it along`() throws {
        let sample = try Sample()
        try sample.edit { $0.switches.deniedIncludes = ["hierarchy"] }
        for include in ["hierarchy", "roles,hierarchy.employment_details"] {
            let answer = sample.ask("/employees?include=\(include)")
            #expect(try code(answer) == "invalid_include")
        }
        #expect(sample.ask("/employees?include=roles").status == 200)
    }

    @Test(arguments: [
        "/employees/A1999999999", "/employees/x", "/employees/A+100000000", "/nonsense",
        "schools/A1999999999/employees", "schools/x", "nonsense", "meta/schools/A1999999999",
        "/employees/A1000000001/more",
    ])
    func `what is not there is answered with 404`(_ path: String) throws {
        let sample = try Sample()
        let answer = sample.ask(path)
        #expect(answer.status == 404)
        #expect(try code(answer) == "resource_not_found")
    }

    @Test(arguments: ["lessons", "periods", "attendance-codes"])
    func `resources outside the agreement are answered with 403`(_ name: String) throws {
        let sample = try Sample()
        #expect(sample.ask("/\(name)").status == 403)
    }

    @Test(arguments: [SchoolSwitches.State.pending, .declined, .revoked, .approved])
    func `a school that has not let us in answers 403`(_ state: SchoolSwitches.State) throws {
        let sample = try Sample()
        try sample.edit { $0.switches.state = state }
        #expect(sample.ask("/employees").status == 403)
        let readable = state == .approved ? 1 : 0
        #expect(try sample.json("schools")["data"]?.elements.count == readable)
        #expect(try sample.json("schools/all")["data"]?.elements.count == 1)
    }

    @Test func `access can be asked for and given up`() throws {
        let sample = try Sample()
        let path = "schools/\(sample.school)"
        let revoked = sample.ask("\(path)/revoke-access", method: "DELETE")
        #expect(try JSONValue(parsing: revoked.body)["state"]?.string == "revoked")
        #expect(try sample.ids("schools/revoked") == [sample.school])
        let wrong = sample.ask("\(path)/request-access", method: "POST", body: "[1")
        #expect(wrong.status == 422)
        let asked = sample.ask("\(path)/request-access", method: "POST", body: "{}")
        #expect(try JSONValue(parsing: asked.body)["state"]?.string == "pending")
        #expect(try sample.ids("schools/pending") == [sample.school])
    }

    @Test func `all schools can be searched by postcode and number`() throws {
        let sample = try Sample(EmulatorConfiguration(schools: 3, employees: 2, students: 0))
        let second = sample.world.schools[1].id.description
        #expect(try sample.ids("schools/all?establishment_number=4001") == [second])
        #expect(try sample.ids("schools/all?postcode=zz2") == [second])
        #expect(try sample.ids("schools/all?postcode=AB").isEmpty)
    }

    @Test func `the members of an error can be renamed`() throws {
        let sample = try Sample()
        try sample.edit {
            $0.switches.errorCodeMember = "code"
            $0.switches.errorMessageMember = "detail"
        }
        let answer = try JSONValue(parsing: sample.ask("/employees?include=x").body)
        #expect(answer["code"]?.string == "invalid_include")
        #expect(answer.keys == ["code", "detail"])
    }
}
