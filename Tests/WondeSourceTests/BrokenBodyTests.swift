import JSON
import Roster
import Testing

@testable import WondeSource

@Suite struct `A broken body` {
    private static let body = Array(
        """
        {"data":[{"id":"A1","surname":"O'Neill","forename":"Zo\\u00eb","employment_details":{"data":
        {"current":true,"employment_start_date":{"date":"2020-09-01 00:00:00"}}},"roles":{"data":[
        {"role":"Teacher","start_date":null}]},"classes":{"data":[{"id":"A15","name":"10B","subject":
        {"data":{"name":"Art"}},"meta":{"is_main_teacher":true}}]}},{"id":"A2"}],
        "meta":{"pagination":{"next":null,"more":false,"per_page":"50"}}}
        """.utf8
    )

    private func mapping() throws -> PersonMapping {
        let source = try Scene().source()
        let parts = source.parts(of: .staff, knowing: Scene.granted)
        return source.mapping(of: .staff, parts, knowing: Scene.granted, sequence: 1)
    }

    @Test func `cut at any byte is never read as a shorter page`() throws {
        let mapping = try mapping()
        #expect(try PersonList.read(Self.body, mapping: mapping)?.observations.count == 2)
        for length in 0..<Self.body.count {
            #expect(throws: JSONError.self, "cut after \(length) bytes") {
                _ = try PersonList.read(Array(Self.body.prefix(length)), mapping: mapping)
            }
        }
    }

    @Test func `with any one byte changed is read, refused or counted, and nobody is lost`()
        throws
    {
        let mapping = try mapping()
        for place in Self.body.indices {
            for byte in [UInt8(0), 0x20, 0x22, 0x2C, 0x39, 0x5B, 0x7B, 0xFF] {
                var body = Self.body
                body[place] = byte
                guard let list = try? PersonList.read(body, mapping: mapping) else { continue }
                let found = list.observations.count + list.unreadable.count
                #expect(found == list.rows, "byte \(byte) at \(place)")
            }
        }
    }
}
