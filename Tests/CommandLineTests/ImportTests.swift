import MISEmulator
import Testing

@testable import muster

@Suite struct ImportTests {
    @Test func `a sync joins imported accounts instead of making doubles`() async throws {
        let scene = try await Scene.connected()
        let teacher = try scene.teacher()
        scene.write(
            """
            \u{FEFF}Email,surname,forename,roles,teachingStaff\r
            \(teacher.email.uppercased()),\(teacher.surname ?? ""),"Old, name",,true\r
            \r
            other@school.example,Other,O,"reports;admin",\r
            other@school.example,Again,A,,\r
            no-at-sign,No,N,,\r
            short@school.example,S\r
            q@school.example,"open,O,,
            """,
            to: "people.csv"
        )
        let json = try await scene.json("import", "acorn", scene.file("people.csv"))
        #expect(json.names == ["imported", "existing", "failed"])
        #expect(json["imported"] == 2)
        #expect(json["existing"] == 0)
        let failed = json["failed"].elements
        #expect(failed.map { $0["line"] } == [5, 6, 7, 8])
        #expect(failed.allSatisfy { $0["reason"].text?.hasSuffix(".") == true })
        let before = try await scene.json("show", "acorn", teacher.email)
        #expect(before["credential"] == "host")
        #expect(before["forename"] == "Old, name")
        let sync = try await scene.json("sync", "acorn")
        let after = try await scene.json("show", "acorn", teacher.email)
        #expect(after["id"] == before["id"])
        #expect(after["credential"] == "host")
        #expect(after["forename"].text == teacher.forename)
        #expect(sync["disputed"] == 0)
        let other = try await scene.json("show", "acorn", "other@school.example")
        #expect(other["roles"] == ["admin", "reports"])
        let again = try await scene.json("import", "acorn", scene.file("people.csv"))
        #expect(again["imported"] == 0)
        #expect(again["existing"] == 2)
    }

    @Test(
        arguments: [
            "", "surname,forename\na,b\n", "email,shoe\na@b.example,44\n",
            "email,Email\na@b.example,a@b.example\n", "email,\"surname\na@b.example,B\n",
        ]
    )
    func `a file without a usable header ends with 2`(text: String) async throws {
        let scene = try await Scene.connected()
        scene.write(text, to: "people.csv")
        let json = try await scene.json("import", "acorn", scene.file("people.csv"), status: 2)
        #expect(json["error"]["code"] == "badFile")
    }

    @Test func `a missing file ends with 2`() async throws {
        let scene = try await Scene.connected()
        let json = try await scene.json("import", "acorn", scene.file("none.csv"), status: 2)
        #expect(json["error"]["code"] == "badFile")
    }

    @Test(
        arguments: [
            (
                "a,b\nc,d",
                [CSVRow(line: 1, fields: ["a", "b"]), CSVRow(line: 2, fields: ["c", "d"])]
            ),
            (
                "a,b\r\n\r\nc,\r\n",
                [CSVRow(line: 1, fields: ["a", "b"]), CSVRow(line: 3, fields: ["c", ""])]
            ),
            ("a\rb", [CSVRow(line: 1, fields: ["a"]), CSVRow(line: 2, fields: ["b"])]),
            ("\"a \"\"b\"\"\",\"c,d\"", [CSVRow(line: 1, fields: ["a \"b\"", "c,d"])]),
            (
                "\"a\r\nb\"\nc",
                [CSVRow(line: 1, fields: ["a\r\nb"]), CSVRow(line: 3, fields: ["c"])]
            ),
            ("a,\u{301}b", [CSVRow(line: 1, fields: ["a", "\u{301}b"])]),
            ("", []), ("\n\n", []), (",,\n", []),
            ("a b \"c\",d", [CSVRow(line: 1, fields: ["a b \"c\"", "d"])]),
        ]
    )
    func `rows are read as spreadsheets write them`(text: String, rows: [CSVRow]) {
        #expect(CSVReader.rows(text) == rows)
    }

    @Test func `a bad row gives up its own line only`() {
        let rows = CSVReader.rows("\"a\"x,b\nc,d\n\"open,e\nf,g\n")
        #expect(rows.map(\.line) == [1, 2, 3, 4])
        #expect(rows.map { $0.problem == nil } == [false, true, false, true])
        #expect(rows[3].fields == ["f", "g"])
    }
}
