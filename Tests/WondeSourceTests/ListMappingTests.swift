import Roster
import Testing

@testable import WondeSource

@Suite struct `Roles, managers and classes` {
    @Test(arguments: [
        (#"[{"role":"A","start_date":null,"end_date":null}]"#, ["A ...-..."]),
        (
            #"[{"role":"A","start_date":"2020-09-01","end_date":"2021-08-31"}]"#,
            ["A 2020-09-01-2021-08-31"]
        ),
        (
            #"[{"role":"A","start_date":{"date":"2020-09-01 00:00:00"},"end_date":"-0001-11-30"}]"#,
            ["A 2020-09-01-..."]
        ),
        (#"[{"role":"B"},{"role":"A"},{"role":"B"}]"#, ["B ...-...", "A ...-...", "B ...-..."]),
        (#"[{"role":null,"role_code":"X"},{"role":"A"}]"#, ["A ...-..."]),
    ])
    func `roles keep their order and terms`(roles: String, texts: [String]) async throws {
        let person = try await Scene.observation(#""roles":{"data":\#(roles)}"#)
        let read = try #require(person.roles.value)
        #expect(
            read.map {
                "\($0.title) \($0.term.start?.description ?? "...")-\($0.term.end?.description ?? "...")"
            } == texts
        )
    }

    @Test(arguments: [
        ("roles", #"{"data":[]}"#), ("roles", #"{"data":null}"#), ("roles", "null"),
        ("roles", "{}"), ("hierarchy", #"{"data":[]}"#), ("hierarchy", "null"),
        ("classes", #"{"data":[]}"#), ("classes", #"{"data":null}"#), ("classes", "[]"),
    ])
    func `an empty list is none only where the school grants it`(
        part: String,
        data: String
    ) async throws {
        func said(_ person: Observation) -> [String] {
            switch part {
            case "roles": ["\(person.roles)"]
            case "hierarchy": ["\(person.managers)"]
            default: ["\(person.classes)"]
            }
        }
        let granted = try await Scene.observation(#""\#(part)":\#(data)"#)
        #expect(said(granted) == ["empty"])
        let unknown = try await Scene.observation(
            #""\#(part)":\#(data)"#,
            knowing: Capabilities()
        )
        #expect(said(unknown)[0].contains("notGranted"))
    }

    @Test func `roles without any title say nothing`() async throws {
        let person = try await Scene.observation(
            #""roles":{"data":[{"id":"A1","role":null},{"id":"A2","role":" "}]}"#
        )
        #expect(person.roles == .notSupplied(.notGranted))
    }

    @Test func `several managers are all read, with their terms`() async throws {
        let person = try await Scene.observation(
            #"""
            "hierarchy":{"data":[
              {"id":"A20","meta":{"start_date":"2020-01-01","end_date":"2021-01-01"}},
              {"id":"A21","meta":null},{"id":"A22"},{"id":"A23","meta":[]}]}
            """#
        )
        let managers = try #require(person.managers.value)
        #expect(managers.map(\.key.id) == ["A20", "A21", "A22", "A23"])
        #expect(managers[0].term == Term(start: Day("2020-01-01"), end: Day("2021-01-01")))
        #expect(managers[1].term == Term())
    }

    @Test(
        arguments: [
            (#"{"is_main_teacher":true,"is_class_teacher":true}"#, .mainTeacher),
            (#"{"is_main_teacher":"1"}"#, .mainTeacher),
            (#"{"is_main_teacher":false,"is_class_teacher":true}"#, .teacher),
            (
                #"{"is_main_teacher":false,"is_class_teacher":false,"role":"Teaching Assistant"}"#,
                .supervisor
            ),
            (#"{"is_main_teacher":false,"is_class_teacher":false,"role":null}"#, .supervisor),
            (
                #"{"is_main_teacher":null,"is_class_teacher":null,"role":"Main Class Teacher"}"#,
                .mainTeacher
            ),
            (#"{"role":"Class Teacher"}"#, .teacher), (#"{"role":"Supervisor"}"#, .supervisor),
            ("null", .teacher), ("{}", .teacher), ("[]", .teacher),
        ] as [(String, ClassRole)]
    )
    func `the role in a class comes from the link`(meta: String, role: ClassRole) async throws {
        let person = try await Scene.observation(
            #""classes":{"data":[{"id":"A15","name":"10B","meta":\#(meta)}]}"#
        )
        #expect(person.classes.value?.first?.role == role)
    }

    @Test(arguments: [
        (#""subject":"A16""#, nil), (#""subject":null"#, nil),
        (#""subject":{"data":null}"#, nil), (#""subject":{"data":{"id":"A16","name":null}}"#, nil),
        (#""subject":{"data":{"id":"A16","name":"Art"}}"#, "Art"),
        (#""mis_id":"1""#, nil),
    ])
    func `a subject is a name and never an id`(member: String, subject: String?) async throws {
        let person = try await Scene.observation(
            #""classes":{"data":[{"id":"A15","name":"10B",\#(member)}]}"#
        )
        #expect(person.classes.value?.first?.teachingClass.subject == subject)
    }

    @Test(arguments: [
        (#""name":"10B","description":null"#, "10B", nil),
        (#""name":"10B","description":"10B""#, "10B", "10B"),
        (#""name":null,"code":"TB","description":"Ten B""#, "TB", "Ten B"),
        (#""description":"Ten B""#, "Ten B", "Ten B"),
        (#""name":"""#, "A15", nil),
    ])
    func `a class is named as well as it can be`(
        members: String,
        name: String,
        description: String?
    ) async throws {
        let person = try await Scene.observation(
            #""classes":{"data":[{"id":"A15",\#(members)}]}"#
        )
        let taught = try #require(person.classes.value?.first?.teachingClass)
        #expect(taught.name == name)
        #expect(taught.description == description)
    }

    @Test func `a class that is listed twice is one, with the higher role`() async throws {
        let person = try await Scene.observation(
            #"""
            "classes":{"data":[{"id":"A15","name":"a","meta":{"role":"Supervisor"}},
              {"id":"A16","name":"b"},
              {"id":"A15","name":"a","meta":{"is_main_teacher":true}}]}
            """#
        )
        let classes = try #require(person.classes.value)
        #expect(classes.map(\.teachingClass.key.id) == ["A15", "A16"])
        #expect(classes.map(\.role) == [.mainTeacher, .teacher])
    }

    @Test func `registration and year groups stand in where there are no classes`() async throws {
        var primary = Scene.granted
        primary[.staff].hasClasses = false
        let groups = #"""
            "groups":{"data":[{"id":"A30","name":"Oak","type":"REGISTRATION","description":"1 Oak"},
              {"id":"A31","name":"Red","type":"HOUSE"},{"id":"A32","name":"Year 1","type":"year"},
              {"id":"A33","name":"None","type":null}]},
            "classes":{"data":[{"id":"A15","name":"not asked for"}]}
            """#
        let person = try await Scene.observation(groups, knowing: primary)
        let classes = try #require(person.classes.value)
        #expect(classes.map(\.teachingClass.name) == ["Oak", "Year 1"])
        #expect(classes.map(\.role) == [.teacher, .teacher])
        let houses = try await Scene.observation(
            #""groups":{"data":[{"id":"A31","name":"Red","type":"HOUSE"}]}"#,
            knowing: primary
        )
        #expect(houses.classes == .notSupplied(.notGranted))
    }
}
