import Testing

@testable import MISEmulator

struct ControlTests {
    private func changed(_ sample: Sample, _ id: String) throws -> JSONValue {
        let found = try sample.json(
            "/employees/\(id)?include=roles,hierarchy,classes,employment_details,contact_details"
        )
        return try #require(found["data"])
    }

    @Test func `a change shows in the next read and moves updated_at`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        let before = try changed(sample, id)
        let boss = try #require(try sample.staff.first).id.description
        let schoolClass = try sample.ids("/classes")[0]
        let body = """
            {"surname":"Baker-Núñez","title":null,"workEmail":"new@oakfield.example",
             "phone":"1","teachingStaff":false,"current":false,"endDate":"2026-10-31",
             "roles":["Librarian",{"role":"Head of Year 9","start":"2026-09-02","end":null}],
             "lineManager":"\(boss)","classes":[{"id":"\(schoolClass)","role":"teacher"}]}
            """
        let answer = sample.control("PATCH", "schools/\(sample.school)/employees/\(id)", body)
        #expect(answer.status == 200)
        let after = try changed(sample, id)
        #expect(after["surname"]?.string == "Baker-Núñez")
        #expect(after["title"] == .null)
        #expect(after["forename"] == before["forename"])
        #expect(after.at("contact_details.data.emails.work")?.string == "new@oakfield.example")
        #expect(after.at("employment_details.data.current")?.flag == false)
        #expect(after.at("roles.data.1.role")?.string == "Head of Year 9")
        #expect(after.at("hierarchy.data.0.id")?.string == boss)
        #expect(after.at("classes.data")?.elements.count == 1)
        #expect(after.at("classes.data.0.meta.is_main_teacher")?.flag == false)
        let dates = [before, after].compactMap { $0.at("updated_at.date")?.string }
        #expect(dates.count == 2 && dates[0] < dates[1])
    }

    @Test func `a careless change leaves updated_at`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        let before = try changed(sample, id)
        let body = #"{"surname":"Quiet","touches":false}"#
        _ = sample.control("PATCH", "schools/\(sample.school)/employees/\(id)", body)
        let after = try changed(sample, id)
        #expect(after["surname"]?.string == "Quiet")
        #expect(after["updated_at"] == before["updated_at"])
    }

    @Test(arguments: [
        #"{"surnam":"x"}"#, #"{"surname":5}"#, #"{"current":"yes"}"#,
        #"{"startDate":"2026-02-30"}"#,
        #"{"roles":[5]}"#, #"{"roles":[{"start":"2026-01-01"}]}"#, #"{"classes":[{"id":"A1"}]}"#,
        #"{"lineManager":"A1999999999"}"#, #"{"classes":[{"id":"x","role":"boss"}]}"#,
        #"{"oddity":"none"}"#, "[]", "{", "",
    ])
    func `bad input is refused with a sentence and changes nothing`(_ body: String) throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        let before = try changed(sample, id)
        let answer = sample.control("PATCH", "schools/\(sample.school)/employees/\(id)", body)
        #expect(answer.status == 400 || answer.status == 404)
        let message = try JSONValue(parsing: answer.body)["message"]?.string
        #expect(message?.hasSuffix(".") == true)
        #expect(try changed(sample, id) == before)
    }

    @Test(arguments: [
        ("PATCH", #"{"dates":"strings"}"#), ("PATCH", #"{"date":"object"}"#),
        ("PATCH", #"{"ungranted":["employee.rolls"]}"#), ("PATCH", #"{"hiddenAnswer":410}"#),
        ("PATCH", #"{"offline":1}"#),
    ])
    func `a bad switch is refused and none is changed`(_ method: String, _ body: String) throws {
        let sample = try Sample()
        let answer = sample.control(method, "schools/\(sample.school)", body)
        #expect(answer.status == 400)
        let switches = try sample.world.read(sample.school) { $0.switches }
        #expect(switches == SchoolSwitches())
    }

    @Test(arguments: [
        #"{}"#, #"{"kind":"flood"}"#, #"{"kind":"delay"}"#, #"{"kind":"status","status":99}"#,
        #"{"kind":"status","times":-1}"#, #"{"kind":"reset","path":"x"}"#, #"{"kind":5}"#,
    ])
    func `a bad fault is refused and none is set`(_ body: String) throws {
        let sample = try Sample()
        #expect(sample.control("POST", "faults", body).status == 400)
        #expect(sample.world.faults.faults.isEmpty)
    }

    @Test func `a person can be added, removed and restored`() throws {
        let sample = try Sample()
        let path = "schools/\(sample.school)/employees"
        let made = sample.control("POST", path, #"{"forename":"Jo","surname":"New"}"#)
        #expect(made.status == 201)
        let id = try #require(try JSONValue(parsing: made.body)["id"]?.string)
        #expect(try sample.ids("/employees").last == id)
        #expect(sample.control("DELETE", "\(path)/\(id)").status == 200)
        #expect(sample.ask("/employees/\(id)").status == 404)
        #expect(sample.control("DELETE", "\(path)/\(id)").status == 404)
        #expect(try sample.ids("/deletions?type=employee").last == id)
        #expect(sample.control("POST", "\(path)/\(id)/restore").status == 200)
        let back = try sample.json("/employees/\(id)")
        #expect(back.at("data.restored_at.timezone")?.string == "UTC")
        let rows = try sample.json("/deletions?type=employee")["data"]?.elements ?? []
        #expect(rows.last?["restored_at"] != .null)
    }

    @Test func `people are found by e-mail and by surname`() throws {
        let sample = try Sample()
        let person = try sample.teacher
        let email = try #require(person.contact.workEmail?.uppercased())
        let found = sample.control("GET", "schools/\(sample.school)/employees?email=\(email)")
        let rows = try JSONValue(parsing: found.body)["employees"]?.elements
        #expect(rows?.count == 1)
        #expect(rows?.first?["id"]?.string == person.id.description)
    }

    @Test func `a class can be added, changed and removed`() throws {
        let sample = try Sample()
        let teacher = try sample.teacher.id.description
        let pupil = try sample.ids("/students")[0]
        let subject = try sample.ids("/subjects")[2]
        let path = "schools/\(sample.school)/classes"
        let body = """
            {"name":"12A/Ma1","subject":"\(subject)","teachers":["\(teacher)"],
             "students":["\(pupil)"]}
            """
        let made = sample.control("POST", path, body)
        let id = try #require(try JSONValue(parsing: made.body)["id"]?.string)
        let found = try sample.json("/classes/\(id)?include=subject,employees,students")
        #expect(found.at("data.subject.data.id")?.string == subject)
        #expect(found.at("data.employees.data.0.id")?.string == teacher)
        #expect(found.at("data.students.data.0.id")?.string == pupil)
        let person = try sample.json("/employees/\(teacher)?include=classes")
        let classes = person.at("data.classes.data")?.elements ?? []
        #expect(classes.contains { $0["name"]?.string == "12A/Ma1" })
        _ = sample.control("PATCH", "\(path)/\(id)", #"{"name":"12A/Ma2","teachers":[]}"#)
        let later = try sample.json("/classes/\(id)?include=employees")
        #expect(later.at("data.name")?.string == "12A/Ma2")
        #expect(later.at("data.employees.data")?.elements.isEmpty == true)
        #expect(sample.control("DELETE", "\(path)/\(id)").status == 200)
        #expect(sample.ask("/classes/\(id)").status == 404)
    }

    @Test func `pupils and contacts change and leave`() throws {
        let sample = try Sample()
        let pupil = try sample.ids("/students")[0]
        let contact = try sample.ids("/contacts")[0]
        let root = "schools/\(sample.school)"
        let body = #"{"left":"2026-07-17","surname":"Gone"}"#
        #expect(sample.control("PATCH", "\(root)/students/\(pupil)", body).status == 200)
        #expect(sample.ask("/students/\(pupil)").status == 404)
        let leaver = try sample.json("/students-leaver/\(pupil)?include=education_details")
        #expect(leaver.at("data.surname")?.string == "Gone")
        #expect(leaver.at("data.education_details.data.leaving_date.timezone")?.string != nil)
        let withdrawn = #"{"parentalResponsibility":false}"#
        _ = sample.control("PATCH", "\(root)/contacts/\(contact)", withdrawn)
        #expect(sample.control("DELETE", "\(root)/contacts/\(contact)").status == 200)
        #expect(sample.ask("/contacts/\(contact)").status == 404)
    }

    @Test func `the odd people are as odd as promised`() throws {
        let sample = try Sample(EmulatorConfiguration(employees: 3, students: 0))
        let added = sample.control("POST", "odd-people")
        #expect(added.status == 201)
        let kinds = try JSONValue(parsing: added.body)["added"]
        let page = try sample.json("/employees?include=roles,employment_details,contact_details")
        let rows = page["data"]?.elements ?? []
        func row(_ kind: String) throws -> JSONValue {
            let id = try #require(kinds?[kind]?.string)
            return try #require(rows.first { $0["id"]?.string == id })
        }
        #expect(try row("tenThousandCharacters")["surname"]?.string?.count == 10_000)
        #expect(try row("nul")["surname"]?.string == "Before\u{0}After")
        #expect(try row("nullNames")["surname"] == .null)
        #expect(
            try row("impossibleDate").at("date_of_birth.date")?.string?.hasPrefix("1985-02-30")
                == true
        )
        let twice = try #require(kinds?["duplicateID"]?.string)
        #expect(rows.count { $0["id"]?.string == twice } == 2)
        #expect(rows.contains { $0.keys.contains("surname") && $0["id"] == nil })
        #expect(rows.contains { $0["surname"] == .number(42) })
        #expect(rows.contains { $0.string != nil })
        let emails = rows.compactMap { $0.at("contact_details.data.emails.work")?.string }
        #expect(Set(emails).count == emails.count - 1)
    }

    @Test func `every example of the help page names an endpoint that exists`() throws {
        let sample = try Sample()
        let help = String(decoding: sample.control("GET", "").body, as: UTF8.self)
        #expect(help.contains("S=\(sample.school)"))
        for name in try JSONValue(encoding: SchoolSwitches()).keys { #expect(help.contains(name)) }
        for kind in Fault.Kind.allCases { #expect(help.contains("\n    \(kind.rawValue) ")) }
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}
