import Roster
import Testing

@testable import WondeSource

@Suite struct `An employee becomes an observation` {
    @Test func `every field of a complete record is read`() async throws {
        let person = try await Scene.observation(complete) { $0.fields.insert(.address) }
        let start = Day("2020-09-01")
        #expect(person.key == Scene.key("A12"))
        #expect(person.sequence == 1)
        #expect(person.standing == .current)
        #expect(person.title == .value("Ms"))
        #expect(person.forename == .value("Jo"))
        #expect(person.surname == .value("Dale"))
        #expect(person.initials == .value("JD"))
        #expect(person.email == .value("jo@school.example"))
        #expect(person.phone == .value("01632 960001"))
        #expect(person.address == .value("12 High Street, Town, AB1 2CD"))
        #expect(person.teachingStaff == .value(true))
        #expect(
            person.roles == .value([StaffRole(title: "Class Teacher", term: Term(start: start))])
        )
        #expect(
            person.managers
                == .value([
                    ManagerEntry(key: Scene.key("A13"), term: Term(start: Day("2023-09-01")))
                ])
        )
        let key = ClassKey(school: Scene.school, academicYear: "2026/27", id: "A15")
        let taught = TeachingClass(
            key: key,
            name: "10B/Sc1",
            description: "Science",
            subject: "Physics"
        )
        #expect(
            person.classes == .value([ClassMembership(teachingClass: taught, role: .mainTeacher)])
        )
    }

    @Test(arguments: [
        (#""2345687""#, "2345687"), ("2345687", "2345687"), (#""RP 23/45687""#, "2345687"),
        (#""9999999""#, nil), (#""see file""#, nil), (#""""#, nil), ("null", nil), ("true", nil),
        (#"{"number":"2345687"}"#, nil), ("[1]", nil),
    ])
    func `a teacher's number is read, and what is none costs nobody her record`(
        json: String,
        number: String?
    ) async throws {
        let person = try await Scene.observation(
            #""surname":"Dale","employment_details":{"data":{"teacher_number":\#(json),"current":true}}"#
        )
        #expect(person.neutralKeys.map(\.text) == [number].compactMap(\.self))
        #expect(person.neutralKeys.allSatisfy { $0.kind == .teacherNumber })
        #expect(person.standing == .current)
    }

    @Test func `what was not asked for is said so`() async throws {
        let person = try await Scene.observation(complete) { $0.fields = [] }
        #expect(person.title == .notSupplied(.notAskedFor))
        #expect(person.phone == .notSupplied(.notAskedFor))
        #expect(person.address == .notSupplied(.notAskedFor))
        #expect(person.teachingStaff == .notSupplied(.notAskedFor))
        #expect(person.roles == .notSupplied(.notAskedFor))
        #expect(person.managers == .notSupplied(.notAskedFor))
        #expect(person.classes == .notSupplied(.notAskedFor))
        #expect(person.surname == .value("Dale"))
        #expect(person.email == .value("jo@school.example"))
    }

    @Test func `reports instead of managers say nothing of managers`() async throws {
        let person = try await Scene.observation(complete) { $0.hierarchy = .reports }
        #expect(person.managers == .notSupplied(.notAskedFor))
    }

    @Test(arguments: [
        #""surname":null"#, #""surname":"""#, #""surname":"  \t""#,
        #""surname":null,"legal_surname":null"#, #""surname":"\u00a0","legal_surname":" ""#,
    ])
    func `a null and a blank are none only where the school grants the field`(
        members: String
    ) async throws {
        #expect(try await Scene.observation(members).surname == .empty)
        let unknown = try await Scene.observation(members, knowing: Capabilities())
        #expect(unknown.surname == .notSupplied(.notGranted))
        var never = Scene.granted
        never.neverByProvider = [.surname]
        let lacking = try await Scene.observation(members, knowing: never)
        #expect(lacking.surname == .notSupplied(.neverByProvider))
    }

    @Test func `a member that is not there says nothing even where it is granted`() async throws {
        let person = try await Scene.observation("")
        #expect(person.surname == .notSupplied(.notGranted))
        #expect(person.roles == .notSupplied(.notGranted))
        #expect(person.email == .notSupplied(.notGranted))
        #expect(person.teachingStaff == .notSupplied(.notGranted))
        #expect(person.standing == .unstated)
    }

    @Test func `a value counts even where the provider is said never to have it`() async throws {
        var never = Scene.granted
        never.neverByProvider = [.roles, .managers, .classes]
        let person = try await Scene.observation(complete, knowing: never)
        #expect(person.roles.value?.count == 1)
        #expect(person.managers.value?.count == 1)
        #expect(person.classes.value?.count == 1)
    }

    @Test(arguments: [
        (#""forename":"Jo","legal_forename":"Joanna""#, "Jo"),
        (#""forename":"","legal_forename":"Joanna""#, "Joanna"),
        (#""forename":null,"legal_forename":"Joanna""#, "Joanna"),
        (#""legal_forename":"Joanna""#, "Joanna"),
        (#""forename":" D'Arcy ""#, " D'Arcy "),
        (#""forename":42"#, "42"),
        (#""forename":"\u05e9\u05e8\u05d4""#, "שרה"),
        (#""forename":"Zoe\u0308 😀""#, "Zoe\u{308} 😀"),
        (#""forename":"a\u0000b""#, "a\0b"),
    ])
    func `the name in use comes first and arrives as it is written`(
        members: String,
        name: String
    ) async throws {
        let forename = try #require(try await Scene.observation(members).forename.value)
        // Text compares by meaning; these must agree in every scalar.
        #expect(Array(forename.unicodeScalars) == Array(name.unicodeScalars))
    }

    @Test func `a name of 10,000 characters arrives whole`() async throws {
        let name = String(repeating: "é", count: 10_000)
        #expect(try await Scene.observation(#""surname":"\#(name)""#).surname == .value(name))
    }

    @Test(arguments: [
        (#"{"email":"e@x","primary":"p@x","home":"h@x","work":"w@x"}"#, "w@x"),
        (#"{"email":"e@x","primary":"p@x","home":"h@x","work":""}"#, "p@x"),
        (#"{"email":"e@x","primary":null,"home":"h@x","work":null}"#, "e@x"),
        (#"{"email":"e@x","primary":"H@x","home":"h@x"}"#, "e@x"),
        (#"{"email":"h@x","primary":"h@x","home":"h@x","work":null}"#, nil),
        (#"{"email":null,"primary":null,"home":"h@x","work":null}"#, nil),
        (#"{"email":"h@x","primary":null,"home":"h@x","work":"h@x"}"#, "h@x"),
        (#"{}"#, nil), (#"[]"#, nil), (#"null"#, nil),
    ])
    func `the e-mail at work comes first and the one at home never`(
        emails: String,
        chosen: String?
    ) async throws {
        let person = try await Scene.observation(
            #""contact_details":{"data":{"emails":\#(emails)}}"#
        )
        #expect(person.email == chosen.map { .value($0) } ?? .empty)
    }

    @Test(arguments: [
        (#"{"phone":"3","primary":"2","home":"4","work":"1","mobile":"5"}"#, "1"),
        (#"{"phone":"3","primary":"2","home":"4","work":null,"mobile":"5"}"#, "2"),
        (#"{"phone":3,"primary":"4","home":"4"}"#, "3"),
        (#"{"home":"4","mobile":"5"}"#, nil),
    ])
    func `the telephone at work comes first and private ones never`(
        phones: String,
        chosen: String?
    ) async throws {
        let person = try await Scene.observation(
            #""contact_details":{"data":{"phones":\#(phones)}}"#
        )
        #expect(person.phone == chosen.map { .value($0) } ?? .empty)
    }

    @Test(arguments: [
        (#"{"home":{"street":"H"},"work":{"street":"W"},"postal":{"street":"P"}}"#, "W"),
        (#"{"home":{"street":"H"},"work":null,"postal":{"street":"P"}}"#, "P"),
        (#"{"home":{"street":"H"},"work":[],"postal":{"street":" "}}"#, "H"),
        (
            #"{"work":{"house_name":"Lodge","house_number":3,"street":"Way","county":"Kent"}}"#,
            "Lodge, 3 Way, Kent"
        ),
        (#"{"work":null}"#, nil),
    ])
    func `an address is one line`(addresses: String, line: String?) async throws {
        let members = #""contact_details":{"data":{"addresses":\#(addresses)}}"#
        let person = try await Scene.observation(members) { $0.fields.insert(.address) }
        #expect(person.address == line.map { .value($0) } ?? .empty)
    }

    private var complete: String {
        """
        "upi":"0123456789abcdef0123456789abcdef","mis_id":"42","initials":"JD","title":"Ms",
        "surname":"Dale","forename":"Jo","legal_surname":"Dale","legal_forename":"Joanna",
        "date_of_birth":{"date":"1985-02-30","timezone":"Europe/London"},
        "employment_details":{"data":{"current":true,"teaching_staff":true,
          "employment_start_date":{"date":"2020-09-01 00:00:00.000000"}}},
        "contact_details":{"data":{
          "emails":{"email":null,"primary":null,"home":"j@home.example","work":"jo@school.example"},
          "phones":{"phone":null,"primary":null,"home":"1","work":"01632 960001","mobile":null},
          "addresses":{"home":null,"work":{"house_number":"12","house_name":null,
            "street":"High Street","town":"Town","county":null,"postcode":"AB1 2CD"},"postal":null},
          "salutation":null}},
        "roles":{"data":[{"id":"A13","role":"Class Teacher","role_code":"TCHR","contract":"A14",
          "start_date":{"date":"2020-09-01 00:00:00.000000","timezone_type":3,"timezone":"UTC"},
          "end_date":null}]},
        "hierarchy":{"data":[{"id":"A13","forename":"Ray","meta":{"role":"Line manager",
          "start_date":{"date":"2023-09-01 00:00:00.000000"},"end_date":null}}]},
        "classes":{"data":[{"id":"A15","mis_id":"14001","name":"10B/Sc1","code":null,
          "description":"Science","academic_year":"2026/27",
          "subject":{"data":{"id":"A16","name":"Physics"}},
          "meta":{"is_main_teacher":true,"is_class_teacher":true,"role":"Main Class Teacher",
            "all_roles":["Main Class Teacher","Class Teacher"]}}]}
        """
    }
}
