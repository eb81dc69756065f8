import Testing

@testable import MISEmulator

struct SwitchTests {
    private let includes = "roles,hierarchy,classes,groups,employment_details,contact_details"

    private func person(
        _ sample: Sample,
        _ edit: (inout SchoolSwitches) -> Void
    ) throws -> JSONValue {
        try sample.edit { edit(&$0.switches) }
        let found = try sample.json("/employees/\(sample.teacher.id)?include=\(includes)")
        return try #require(found["data"])
    }

    @Test func `dates can be texts or nothing`() throws {
        let sample = try Sample()
        let texts = try person(sample) { $0.dates = .string }
        #expect(texts.at("employment_details.data.employment_start_date")?.string?.count == 10)
        #expect(texts["updated_at"]?.string?.count == 19)
        let nothing = try person(sample) { $0.dates = .null }
        #expect(nothing["updated_at"] == .null)
        #expect(nothing.at("roles.data.0.start_date") == .null)
    }

    @Test func `the page size can be a text and the meta can be missing`() throws {
        let sample = try Sample()
        try sample.edit { $0.switches.perPageAs = .string }
        #expect(try sample.json("/employees").at("meta.pagination.per_page")?.string == "50")
        try sample.edit { $0.switches.metaMissing = true }
        #expect(try sample.json("/employees").keys == ["data"])
        #expect(try sample.json("/employees/\(sample.teacher.id)").keys == ["data"])
    }

    @Test func `the hierarchy lists managers, reports or nobody`() throws {
        let sample = try Sample()
        let boss = try #require(try sample.staff.first)
        let path = "/employees/\(boss.id)?include=hierarchy"
        #expect(try sample.json(path).at("data.hierarchy.data")?.elements.isEmpty == true)
        try sample.edit { $0.switches.hierarchy = .reports }
        let reports = try sample.json(path).at("data.hierarchy.data")?.elements ?? []
        let wanted = try sample.staff.filter { $0.managers.last?.manager == boss.id }
        #expect(reports.compactMap { $0["id"]?.string } == wanted.map(\.id.description))
        #expect(reports.first?["meta"]?.keys == ["role", "start_date", "end_date"])
        try sample.edit { $0.switches.hierarchy = .absent }
        #expect(try sample.json(path).at("data.hierarchy.data")?.elements.isEmpty == true)
    }

    @Test func `roles and classes can be absent while groups remain`() throws {
        let sample = try Sample()
        let found = try person(sample) {
            $0.rolesAbsent = true
            $0.classesAbsent = true
        }
        #expect(found.at("roles.data")?.elements.isEmpty == true)
        #expect(found.at("classes.data")?.elements.isEmpty == true)
        #expect(found.at("groups.data")?.elements.isEmpty == false)
        #expect(try sample.ids("/classes").isEmpty)
        let types = Set(
            try sample.json("/groups")["data"]?.elements.compactMap { $0["type"]?.string } ?? []
        )
        #expect(types == ["REGISTRATION", "YEAR"])
        #expect(try sample.ids("/groups?type=YEAR").count == 5)
    }

    @Test func `people who left can be listed or hidden`() throws {
        let sample = try Sample(EmulatorConfiguration(employees: 50, leaversPercent: 50))
        let left = try sample.staff.filter { $0.current == false }.map(\.id.description)
        #expect(!left.isEmpty)
        #expect(Set(try sample.ids("/employees")).isSuperset(of: left))
        try sample.edit { $0.switches.nonCurrentStaff = .hidden }
        #expect(Set(try sample.ids("/employees")).isDisjoint(with: left))
        #expect(sample.ask("/employees/\(left[0])").status == 404)
        let count = try sample.json("/counts?include=employees")
        #expect(count.at("data.employees.data.count") == .number(Double(50 - left.count)))
    }

    @Test(arguments: [403, 404])
    func `a hidden person is nowhere to be seen`(_ status: Int) throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        try sample.edit {
            $0.switches.hidden = [id]
            $0.switches.hiddenAnswer = status
        }
        #expect(sample.ask("/employees/\(id)").status == status)
        #expect(try !sample.ids("/employees").contains(id))
        let classes = try sample.json("/classes?include=employees&per_page=500")
        for row in classes["data"]?.elements ?? [] {
            #expect(row.at("employees.data")?.elements.contains { $0["id"]?.string == id } == false)
        }
    }

    @Test(arguments: [
        ("employee.contact_details.emails", "contact_details.data.emails.work"),
        ("employee.contact_details", "contact_details.data.emails.work"),
        ("employee.employment_details.current", "employment_details.data.current"),
        ("employee.employment_details", "employment_details.data.teaching_staff"),
        ("employee.employment_details", "employment_details.data.teacher_number"),
        ("employee.initials", "initials"), ("employee.title", "title"),
    ])
    func `a field that was not granted is null`(_ identity: String, _ path: String) throws {
        let sample = try Sample()
        #expect(try person(sample) { _ in }.at(path) != .null)
        let found = try person(sample) { $0.ungranted = [identity] }
        #expect(found.at(path) == .null)
        #expect(found["surname"]?.string != nil)
    }

    @Test(arguments: ["roles", "hierarchy", "classes", "groups"])
    func `a list that was not granted is empty or refused`(_ name: String) throws {
        let sample = try Sample()
        let found = try person(sample) { $0.ungranted = ["employee.\(name)"] }
        #expect(found.at("\(name).data")?.elements.isEmpty == true)
        try sample.edit { $0.switches.ungrantedAnswer = .invalidInclude }
        #expect(sample.ask("/employees?include=\(name)").status == 400)
        try sample.edit { $0.switches.ungranted = ["employees.read"] }
        #expect(sample.ask("/employees").status == 403)
    }

    @Test func `a school can name a foreign domain`() throws {
        let sample = try Sample()
        try sample.edit { $0.switches.regionDomain = "elsewhere.example" }
        let found = try sample.json("schools/\(sample.school)")
        #expect(found.at("data.region.domain")?.string == "elsewhere.example")
    }

    @Test func `text can be escaped as PHP does`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        try sample.world.change(
            school: sample.school,
            employee: id,
            {
                var change = EmployeeChange()
                change.surname = "Zoë/\u{1F600}\"\\\n\u{0}"
                return change
            }()
        )
        let plain = try sample.json("/employees/\(id)")
        try sample.edit { $0.switches.escapesText = true }
        let answer = sample.ask("/employees/\(id)")
        #expect(answer.body.allSatisfy { $0 < 0x80 })
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains(#"Zo\u00eb\/\ud83d\ude00\"\\\n\u0000"#))
        #expect(try JSONValue(parsing: answer.body) == plain)
    }

    @Test func `a migration renews staff and classes and keeps pupils`() throws {
        let sample = try Sample()
        let staff = try sample.ids("/employees")
        let pupils = try sample.ids("/students")
        let classes = try sample.ids("/classes")
        let boss = try #require(try sample.teacher.managers.last?.manager.description)
        let teacher = try sample.teacher.id.description
        let path = "schools/\(sample.school)/migration"
        let renewed = try JSONValue(
            parsing: sample.control("POST", path, #"{"mis":"Bromcom"}"#).body
        )
        #expect(Set(try sample.ids("/employees")).isDisjoint(with: staff))
        #expect(try sample.ids("/employees").count == staff.count)
        #expect(Set(try sample.ids("/classes")).isDisjoint(with: classes))
        #expect(try sample.ids("/students") == pupils)
        #expect(sample.ask("/employees/\(teacher)").status == 404)
        let newTeacher = try #require(renewed["ids"]?[teacher]?.string)
        let found = try sample.json("/employees/\(newTeacher)?include=hierarchy,classes")
        let manager = found.at("data.hierarchy.data.0.id")?.string
        #expect(manager == renewed["ids"]?[boss]?.string)
        #expect(found.at("data.classes.data")?.elements.isEmpty == false)
        #expect(Set(try sample.ids("/deletions?type=employee")).isSuperset(of: staff))
        #expect(try sample.json("schools/\(sample.school)").at("data.mis")?.string == "Bromcom")
    }
}
