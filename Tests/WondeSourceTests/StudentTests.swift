import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `A pupil` {
    private func pupil(
        _ members: String,
        knowing capabilities: Capabilities = Scene.granted,
        withContacts: Bool = false
    ) async throws -> Observation {
        try await Scene.observation(of: .student, members, knowing: capabilities) {
            if withContacts { $0.fields.insert(.contacts) }
        }
    }

    @Test func `is asked for with what pupils have and nothing else`() async throws {
        let scene = Scene(Scene.single(""), Scene.single(""))
        let source = try scene.source()
        let look = await source.lookUp(.student, "A12")
        #expect(look.requests == 1)
        let base = "https://api.wonde.com/v1.0/schools/A1000000001/students/A12?include="
        let parts = "contact_details,education_details,classes,classes.subject"
        #expect(scene.addresses == [base + parts])
        let key = SourceKey(school: Scene.school, kind: .student, id: "A12")
        #expect(source.question(for: key, knowing: Scene.granted) == ["GET \(base)\(parts)"])
        let withContacts = try scene.source { $0.fields.insert(.contacts) }
        let question = withContacts.question(for: key, knowing: Scene.granted)
        #expect(question == ["GET \(base)\(parts),contacts"])
    }

    @Test func `says of staff's fields nothing, whatever the answer has`() async throws {
        let person = try await pupil(
            #""roles":{"data":[{"role":"x"}]},"employment_details":{"data":{"current":false}},"#
                + #""hierarchy":{"data":[{"id":"A3"}]},"surname":"Dale""#
        )
        #expect(person.key.kind == .student)
        #expect(person.standing == .unstated)
        #expect(person.roles == .notSupplied(.notAskedFor))
        #expect(person.managers == .notSupplied(.notAskedFor))
        #expect(person.teachingStaff == .notSupplied(.notAskedFor))
        #expect(person.contacts == .notSupplied(.notAskedFor))
        #expect(person.surname == .value("Dale"))
    }

    @Test(
        arguments: [
            (#""leaving_date":null,"upn":"x""#, .current), (#""leaving_date":"""#, .current),
            // Nothing is shown, so nothing is said.
            (#""leaving_date":null"#, .unstated),
            (#""leaving_date":null,"admission_date":null,"upn":null"#, .unstated),
            (#""leaving_date":"2026-09-15""#, .current),
            (#""leaving_date":"2026-09-16""#, .current),
            (#""leaving_date":"2026-09-14""#, .left(.notCurrent)),
            (
                #""leaving_date":{"date":"2026-07-17 00:00:00.000000","timezone_type":3}"#,
                .left(.notCurrent)
            ),
            (
                #""leaving_date":"2025-07-17","admission_date":"2019-09-01""#,
                .left(.notCurrent)
            ),
            (#""leaving_date":"2025-07-17","admission_date":"2026-09-01""#, .current),
            (#""leaving_date":"2025-07-17","admission_date":"2026-09-15""#, .current),
            // Who comes back later has left until then.
            (#""leaving_date":"2025-07-17","admission_date":"2026-09-16""#, .left(.notCurrent)),
            (#""leaving_date":"2026-09-14","admission_date":"2027-01-04""#, .left(.notCurrent)),
            (#""admission_date":"2026-09-01""#, .current),
            (#""admission_date":"2026-09-15""#, .current),
            (#""part_time":false"#, .current),
        ] as [(String, Standing)]
    )
    func `among those on roll is current unless a last day has passed`(
        details: String,
        standing: Standing
    ) async throws {
        let person = try await pupil(#""education_details":{"data":{\#(details)}}"#)
        #expect(person.standing == standing)
    }

    @Test(arguments: [
        #""admission_date":"2026-09-16""#, #""admission_date":"2026-09-16","leaving_date":null"#,
        #""admission_date":"2026-09-16","leaving_date":"2026-09-15""#,
        #""admission_date":"2026-09-16","leaving_date":"2031-07-17""#,
    ])
    func `with a first day ahead has not started, unless a last day has passed`(
        details: String
    ) async throws {
        let day = try #require(Day("2026-09-16"))
        let person = try await pupil(#""education_details":{"data":{\#(details)}}"#)
        #expect(person.standing == .notYetStarted(day))
    }

    @Test(arguments: [#"null"#, #"{"data":null}"#, #"{"data":[]}"#, #"[]"#, #"{}"#])
    func `without education details is on roll, and nothing is said of a last day`(
        details: String
    ) async throws {
        let person = try await pupil(#""education_details":\#(details)"#)
        #expect(person.standing == .unstated)
        #expect(person.neutralKeys.isEmpty)
    }

    @Test func `a last day that the school does not show is no leaving, and none taken back`()
        async throws
    {
        var denied = Scene.granted
        denied[.student].grants[.standing] = .denied
        let members = #""education_details":{"data":{"leaving_date":"2020-07-17"}}"#
        #expect(try await pupil(members, knowing: denied).standing == .unstated)
        denied = Scene.granted
        denied[.staff].grants[.standing] = .denied
        #expect(try await pupil(members, knowing: denied).standing == .left(.notCurrent))
    }

    @Test(arguments: ["leaving_date", "admission_date"])
    func `with a day that does not exist cannot be read`(member: String) async throws {
        let look = try await Scene(
            Scene.single(#""education_details":{"data":{"\#(member)":"2026-02-30"}}"#)
        ).source().lookUp(.student, "A12")
        guard case .failed(.malformed(let reason)) = look.answer else {
            Issue.record("\(look.answer)")
            return
        }
        #expect(reason.contains("education_details.\(member)"))
    }

    @Test func `has the numbers that can be right`() async throws {
        let person = try await pupil(
            #""education_details":{"data":{"upn":"N823432113104","learner_number":9276308686}}"#
        )
        #expect(Set(person.neutralKeys.map(\.text)) == ["N823432113104", "9276308686"])
        let wrong = try await pupil(
            #""education_details":{"data":{"upn":"A823432113104","learner_number":""}}"#
        )
        #expect(wrong.neutralKeys.isEmpty)
    }

    @Test(
        arguments: [
            (#""work":"w@x.example","primary":"p@x.example""#, "w@x.example"),
            (#""work":null,"primary":"p@x.example","email":"e@x.example""#, "p@x.example"),
            (#""email":"e@x.example","home":"h@x.example""#, "e@x.example"),
            (#""email":"h@x.example","home":"H@x.example""#, nil),
            (#""home":"h@x.example""#, nil),
        ] as [(String, String?)]
    )
    func `is never known by a home address`(emails: String, chosen: String?) async throws {
        let person = try await pupil(#""contact_details":{"data":{"emails":{\#(emails)}}}"#)
        #expect(person.email == (chosen.map { .value($0) } ?? .empty))
    }

    @Test func `is a student in every class, whatever a link says`() async throws {
        let person = try await pupil(
            #""classes":{"data":[{"id":"A1","name":"7B/En1","meta":{"is_main_teacher":true}},"#
                + #"{"id":"A2","name":"7B/Ma1","academic_year":"2026/2027"},"#
                + #"{"id":"A2","name":"7B/Ma1","academic_year":"2026/2027","meta":null}]}"#
        )
        let places = try #require(person.classes.value)
        #expect(places.map(\.role) == [.student, .student])
        #expect(places.map(\.teachingClass.key.id) == ["A1", "A2"])
    }

    @Test func `has groups where the school keeps no classes`() async throws {
        var primary = Scene.granted
        primary[.student].hasClasses = false
        let person = try await pupil(
            #""groups":{"data":[{"id":"A1","name":"7B","type":"REGISTRATION"},"#
                + #"{"id":"A2","name":"Red","type":"HOUSE"},"#
                + #"{"id":"A3","name":"Year 7","type":"year"}]},"classes":{"data":[{"id":"A9"}]}"#,
            knowing: primary
        )
        #expect(person.classes.value?.map(\.teachingClass.key.id) == ["A1", "A3"])
        #expect(person.classes.value?.map(\.role) == [.student, .student])
    }

    @Test func `states who is responsible for her, each once`() async throws {
        let person = try await pupil(
            #""contacts":{"data":[{"id":"A5","relationship":{"relationship":"Mother","#
                + #""parental_responsibility":true,"priority":1}},"#
                + #"{"id":"A6","relationship":{"relationship":null,"#
                + #""parental_responsibility":null}},{"id":"A7","relationship":null},"#
                + #"{"id":"A8","relationship":"Uncle"},"#
                + #"{"id":"A5","relationship":{"parental_responsibility":"0"}},"#
                + #"{"id":"A6","relationship":{"relationship":"Aunt"}}]}"#,
            withContacts: true
        )
        func entry(_ id: String, _ word: String?, _ flag: Bool?) -> ContactEntry {
            ContactEntry(
                key: SourceKey(school: Scene.school, kind: .contact, id: id),
                relationship: word,
                parentalResponsibility: flag
            )
        }
        #expect(
            person.contacts
                == .value([
                    entry("A5", "Mother", false), entry("A6", "Aunt", nil), entry("A7", nil, nil),
                    entry("A8", "Uncle", nil),
                ])
        )
    }

    @Test func `has nobody responsible only where the school shows it`() async throws {
        let none = #""contacts":{"data":[]}"#
        #expect(try await pupil(none, withContacts: true).contacts == .empty)
        var denied = Scene.granted
        denied[.student].grants[.contacts] = .denied
        let unknown = try await pupil(none, knowing: denied, withContacts: true)
        #expect(unknown.contacts == .notSupplied(.notGranted))
        #expect(try await pupil("", withContacts: true).contacts == .notSupplied(.notGranted))
    }

    @Test(arguments: [
        (#"{"id":"A2","contacts":{"data":[{"id":"A3","relationship":7}]}}"#, "contacts"),
        (#"{"id":"A2","contacts":{"data":{"id":"A3"}}}"#, "contacts"),
        (#"{"id":"A2","education_details":{"data":"x"}}"#, "education_details"),
        (#"{"id":"A2","classes":{"data":[{"name":"x"}]}}"#, "classes"),
        (#"{"id":"A2","surname":{"x":1}}"#, "surname"),
    ])
    func `of a wrong shape is counted and stops nobody else`(
        record: String,
        word: String
    ) async throws {
        let other = Scene.employee(#""surname":"Dale""#, id: "A1")
        let page = try await Scene(Scene.list([record, other]))
            .source { $0.fields.insert(.contacts) }.page(of: .student)
        #expect(page.observations.map(\.key.id) == ["A1"])
        #expect(page.unreadable.map(\.id) == ["A2"])
        #expect(page.unreadable.first?.reason.contains(word) == true)
    }

    @Test(arguments: [#"{"forename":"x"}"#, #"{"id":7}"#, #"{"id":null}"#, #""x""#, "null"])
    func `keeps the contacts she had where an entry does not say of whom it is`(
        entry: String
    ) async throws {
        let contacts = #""contacts":{"data":[{"id":"A3"},\#(entry)]},"surname":"Dale""#
        let pupil = try await pupil(contacts, withContacts: true)
        #expect(pupil.contacts == .notSupplied(.unreadable) && pupil.surname == .value("Dale"))
    }

    @Test func `without a name in use has the one in law, and without both none`() async throws {
        let legal = try await pupil(
            #""surname":null,"forename":"","legal_surname":"Dale","legal_forename":"Jo""#
        )
        #expect(legal.surname == .value("Dale") && legal.forename == .value("Jo"))
        var unknown = Scene.granted
        unknown[.student] = KindCapabilities()
        let none = try await pupil(#""surname":null,"legal_surname":null"#, knowing: unknown)
        #expect(none.surname == .notSupplied(.notGranted))
    }
}
