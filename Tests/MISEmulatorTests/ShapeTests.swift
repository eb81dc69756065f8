import Testing

@testable import MISEmulator

/// The shapes that the sourced facts show, with invented values.
struct ShapeTests {
    private static let date = """
        {"date": "2025-09-06 23:03:59.000000", "timezone_type": 3, "timezone": "UTC"}
        """

    private static let employee = """
        {"data": {
          "id": "A1200000001", "upi": "0123456789abcdef0123456789abcdef", "mis_id": "42",
          "initials": "JD", "title": "Ms", "surname": "Dale", "forename": "Jo",
          "middle_names": null, "legal_surname": "Dale", "legal_forename": "Joanna",
          "gender": null, "date_of_birth": null, "restored_at": null,
          "created_at": \(date), "updated_at": \(date),
          "employment_details": {"data": {"current": true, "teaching_staff": true,
            "staff_code": "JDA", "role_text": null, "employment_end_date": null}},
          "contact_details": {"data": {
            "emails": {"email": "jo@school.example", "primary": null, "home": null,
                       "work": "jo@school.example"},
            "phones": {"phone": null, "primary": null, "home": null, "work": null, "mobile": null},
            "addresses": {"home": null, "work": null, "postal": null}, "salutation": null}},
          "roles": {"data": [{"id": "A1300000001", "mis_id": "9", "role": "Classroom Teacher",
            "role_code": "TCHR", "contract": "A1400000001", "start_date": \(date),
            "end_date": null}]},
          "hierarchy": {"data": [{"id": "A1200000002", "upi": "fe", "mis_id": "7",
            "forename": "Ray", "surname": "Boss",
            "meta": {"role": "x", "start_date": \(date), "end_date": null}}]},
          "classes": {"data": [{"id": "A1500000001", "mis_id": "14001", "name": "10B/Sc1",
            "code": null, "description": "10B/Sc1", "subject": "A1600000001",
            "alternative": null, "priority": null, "restored_at": null,
            "meta": {"is_main_teacher": true, "is_class_teacher": true,
              "role": "Main Class Teacher", "all_roles": ["Class Teacher"]}}]}},
         "meta": {"includes": ["contact_details"]}}
        """

    private static let school = """
        {"data": {"id": "A1000000001", "name": "Example Academy", "establishment_number": "1234",
          "urn": 100001, "phase_of_education": "SECONDARY", "la_code": "999",
          "timezone": "Europe/London", "mis": "SIMS",
          "address": {"address_line_1": "1 Road", "address_line_2": null, "address_town": "Town",
            "address_postcode": "AB1 2CD", "address_country": {"code": "GBR", "name": "England"}},
          "extended": {"allows_writeback": true, "has_timetables": true,
            "has_lesson_attendance": true, "audit_approved_at": \(date)},
          "region": {"code": "GBR", "domain": "d.example", "school_url": "https://d.example/",
            "identifiers": {"la_code": "999", "establishment_number": "1234", "urn": 100001}}},
         "meta": {"includes": ["cbds"]}}
        """

    private static let list = """
        {"data": [{"id": "A1"}],
         "meta": {"pagination": {"next": "https://x", "previous": null, "more": true,
           "per_page": 50, "current_page": 1}, "includes": ["contact_details"]}}
        """

    private static let baseFields: Set<String> = [
        "id", "upi", "mis_id", "initials", "title", "surname", "forename", "middle_names",
        "legal_surname", "legal_forename", "gender", "date_of_birth", "restored_at", "created_at",
        "updated_at",
    ]

    private func check(_ found: JSONValue, against example: String) throws {
        let wanted = try JSONValue(parsing: Array(example.utf8))
        #expect(found.differences(from: wanted) == [])
    }

    @Test func `a single employee with includes has the documented shape`() throws {
        let sample = try Sample()
        let names = "classes,hierarchy,employment_details,contact_details,roles"
        let found = try sample.json("/employees/\(sample.teacher.id)?include=\(names)")
        try check(found, against: Self.employee)
        #expect(found["meta"]?.keys == ["includes"])
        #expect(found.at("data.upi")?.string?.utf8.count == 32)
    }

    @Test func `an employee without includes has the base fields and nothing else`() throws {
        let sample = try Sample()
        let found = try sample.json("/employees/\(sample.teacher.id)")
        #expect(found["data"]?.keys == Self.baseFields)
    }

    @Test func `a manager inside an employee has no restored_at`() throws {
        let sample = try Sample()
        let found = try sample.json("/employees/\(sample.teacher.id)?include=hierarchy")
        let keys = try #require(found.at("data.hierarchy.data.0")?.keys)
        #expect(keys == Self.baseFields.subtracting(["restored_at"]).union(["meta"]))
    }

    @Test func `a list has the documented envelope`() throws {
        let sample = try Sample()
        try check(try sample.json("/employees?per_page=5"), against: Self.list)
        try check(try sample.json("schools"), against: #"{"data":[{"id":"A1"}],"meta":{}}"#)
    }

    @Test func `a school has the documented shape and sends the caller back where it was`() throws {
        let sample = try Sample()
        let found = try sample.json("schools/\(sample.school)")
        try check(found, against: Self.school)
        #expect(found.at("data.region.domain")?.string == "127.0.0.1:8808")
    }

    @Test(arguments: ["cbds", ""])
    func `a school read takes only the include it offers`(_ name: String) throws {
        let sample = try Sample()
        #expect(sample.ask("schools/\(sample.school)?include=\(name)").status == 200)
        #expect(sample.ask("schools/\(sample.school)?include=employees").status == 400)
    }

    @Test func `the meta of a school says how it stands`() throws {
        let sample = try Sample()
        let found = try sample.json("meta/schools/\(sample.school)")
        #expect(
            found["data"]?.keys == ["online", "approved", "audited", "custom_attendance_codes"]
        )
        try sample.edit { $0.switches.offline = true }
        let later = try sample.json("meta/schools/\(sample.school)")
        #expect(later.at("data.online")?.flag == false)
        let offline = try sample.json("schools/offline")
        #expect(offline["data"]?.elements.count == 1)
    }

    @Test func `a permission has the documented members`() throws {
        let sample = try Sample()
        try sample.edit { $0.switches.ungranted = ["employee.roles"] }
        let found = try sample.json("meta/schools/\(sample.school)/permissions")
        let rows = try #require(found["data"]?.elements)
        for row in rows {
            #expect(
                row.keys == [
                    "identity", "name", "description", "parent", "group", "active_from",
                    "optional", "approved", "audited", "declined",
                ]
            )
        }
        let roles = try #require(rows.first { $0["identity"]?.string == "employee.roles" })
        #expect(roles["approved"]?.flag == false)
        #expect(roles["parent"]?.string == "employees.read")
    }

    @Test func `hidden people are in the access list`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        try sample.edit { $0.switches.hidden = [id] }
        let found = try sample.json("meta/schools/\(sample.school)/acl?with_user_type=1")
        #expect(found.at("data.ids.0.id")?.string == id)
        #expect(found.at("data.ids.0.type")?.string == "employee")
    }

    @Test func `a deletion and a count have the documented shape`() throws {
        let sample = try Sample()
        let rows = try sample.json("/deletions?type=employee")
        #expect(
            rows.at("data.0")?.keys == ["id", "mis_id", "type", "deleted_at", "restored_at"]
        )
        let counts = try sample.json("/counts?include=students,employees")
        #expect(counts.at("data.employees.data.count") == .number(60))
        #expect(counts["data"]?.keys == ["students", "employees"])
    }

    @Test func `a student and a contact carry what the facts name`() throws {
        let sample = try Sample()
        let found = try sample.json(
            "/students?per_page=1&include=education_details,contact_details,year,classes.subject,"
                + "groups,contacts.contact_details,registration"
        )
        let student = try #require(found.at("data.0"))
        #expect(student.keys.isSuperset(of: Self.baseFields.union(["gender_identity"])))
        #expect(student.at("education_details.data.upn")?.string?.utf8.count == 13)
        #expect(student.at("contact_details.data.emails.primary")?.string != nil)
        #expect(student.at("classes.data.0.subject.data.name")?.string != nil)
        #expect(student.at("groups.data")?.elements.count == 2)
        #expect(student.at("contacts.data.0.relationship.parental_responsibility")?.flag != nil)
        #expect(student.at("contacts.data.0.contact_details.data.phones.mobile")?.string != nil)
    }

    @Test func `every offered include of staff can be asked for at once`() throws {
        let sample = try Sample()
        let names = IncludeCatalogue.employee
        let found = try sample.json(
            "/employees/\(sample.teacher.id)?include=\(names.joined(separator: ","))"
        )
        let person = try #require(found["data"])
        for name in names where !name.contains(".") {
            #expect(person[name]?.keys == ["data"], "\(name)")
        }
        #expect(person.at("classes.data.0.subject.data.id")?.string != nil)
        #expect(person.at("hierarchy.data.0.employment_details.data.current")?.flag == true)
        #expect(person.at("roles.data.0.contract.data.employment_type")?.string != nil)
    }

    @Test(arguments: ["students", "contacts", "classes", "groups", "subjects"])
    func `every offered include of a list can be asked for at once`(_ name: String) throws {
        let sample = try Sample(EmulatorConfiguration(employees: 20, students: 30))
        let resource = try #require(Resource(rawValue: name))
        let includes = resource.catalogue(single: false).joined(separator: ",")
        let found = try sample.json("/\(name)?per_page=100&include=\(includes)")
        #expect(found["data"]?.elements.isEmpty == false)
        let id = try #require(found.at("data.0.id")?.string)
        #expect(try sample.json("/\(name)/\(id)").at("data.id")?.string == id)
    }
}
