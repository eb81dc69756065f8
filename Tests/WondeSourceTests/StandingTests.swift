import Roster
import Testing

@testable import WondeSource

@Suite struct `Whether a person is current` {
    @Test(
        arguments: [
            (#""current":true"#, .current), (#""current":"true""#, .current),
            (#""current":1"#, .current), (#""current":"1""#, .current),
            (#""current":false"#, .left(.notCurrent)), (#""current":"false""#, .left(.notCurrent)),
            (#""current":0"#, .left(.notCurrent)),
            (#""current":null"#, .unstated), (#""current":"""#, .unstated),
            (#""staff_code":"x""#, .unstated),
            (#""current":true,"employment_end_date":"2020-01-01""#, .current),
            (#""current":null,"employment_end_date":"2020-01-01""#, .unstated),
            (#""current":false,"employment_end_date":null"#, .left(.notCurrent)),
            (#""current":false,"employment_start_date":"2026-09-15""#, .left(.notCurrent)),
            (#""current":false,"employment_start_date":null"#, .left(.notCurrent)),
            (#""current":false,"employment_start_date":"0000-00-00""#, .left(.notCurrent)),
            (#""current":true,"employment_start_date":"2026-02-30""#, .current),
        ] as [(String, Standing)]
    )
    func `is what the record states`(details: String, standing: Standing) async throws {
        let person = try await Scene.observation(
            #""employment_details":{"data":{\#(details)}}"#
        )
        #expect(person.standing == standing)
    }

    @Test(arguments: [
        #"{"date":"2027-01-04 00:00:00.000000","timezone_type":3,"timezone":"Europe/London"}"#,
        #"{"date":"2027-01-04 00:00:00"}"#, #""2027-01-04""#, #""2027-01-04T00:00:00+00:00""#,
    ])
    func `a first day ahead is no leaving`(date: String) async throws {
        let person = try await Scene.observation(
            #""employment_details":{"data":{"current":false,"employment_start_date":\#(date)}}"#
        )
        #expect(person.standing == .notYetStarted(try #require(Day("2027-01-04"))))
    }

    @Test func `a false that the school does not show is no leaving`() async throws {
        var denied = Scene.granted
        denied[.staff].grants[.standing] = .denied
        let members = #""employment_details":{"data":{"current":false}}"#
        #expect(try await Scene.observation(members, knowing: denied).standing == .unstated)
        let unknown = try await Scene.observation(members, knowing: Capabilities())
        #expect(unknown.standing == .left(.notCurrent))
    }

    @Test(arguments: [#"null"#, #"{"data":null}"#, #"{"data":[]}"#, #"[]"#, #"{}"#])
    func `no employment details state nothing`(details: String) async throws {
        let person = try await Scene.observation(#""employment_details":\#(details)"#)
        #expect(person.standing == .unstated)
        #expect(!(person.teachingStaff == .value(false)))
    }

    @Test(arguments: [("true", true), ("false", false), ("\"1\"", true), ("0", false)])
    func `teaching is read in every form`(text: String, teaches: Bool) async throws {
        let person = try await Scene.observation(
            #""employment_details":{"data":{"teaching_staff":\#(text)}}"#
        )
        #expect(person.teachingStaff == .value(teaches))
    }
}
