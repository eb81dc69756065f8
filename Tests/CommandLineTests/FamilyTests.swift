import MISEmulator
import Testing

/// Pupils and contacts from the command line.
@Suite struct FamilyTests {
    private static let everybody = "staff,students,contacts"

    /// A school of every kind, synced.
    private func synced() async throws -> Scene {
        let scene = try await Scene()
        let outcome = try await scene.connect(Scene.name, "--people", "students,staff, contacts")
        try #require(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.messages.contains("Granted of pupils: "))
        #expect(outcome.messages.contains("Granted of contacts: "))
        let sync = try await scene.json("sync", Scene.name)
        #expect(sync["state"] == "completed")
        return scene
    }

    @Test func `everybody who is asked for is connected, synced and listed`() async throws {
        let scene = try await synced()
        let connection = try await scene.json("connections")["connections"][0]
        #expect(connection["people"] == ["contact", "staff", "student"])
        let accounts = try await scene.json("list", Scene.name)["accounts"].elements
        for kind in ["staff", "student", "contact"] {
            #expect(accounts.contains { $0["kinds"] == [.text(kind)] }, "\(kind)")
        }
        let pupil = try #require(accounts.first { $0["kinds"] == ["student"] })
        #expect(pupil["classes"].elements.count == 8)
        #expect(pupil["classes"][0]["role"] == "student")
    }

    @Test func `a pupil logs in by her id and by her address, and is explained`() async throws {
        let scene = try await synced()
        let pupils = try scene.emulator.students(school: scene.school).filter { !$0.hasLeft }
        let pupil = pupils[0]
        try scene.emulator.change(school: scene.school, student: pupil.id) {
            $0.surname = "Fairweather"
        }
        let email = try #require(pupil.email)
        let login = try await scene.json("login", Scene.name, "--source-id", pupil.id)
        #expect(login["decision"] == "allow" && login["outcome"] == "refreshed")
        #expect(login["account"]["surname"] == "Fairweather")
        let explained = try await scene.json("explain", Scene.name, email)
        let asked = try #require(explained["asked"][0].text)
        #expect(asked.contains("/students/\(pupil.id)?include=contact_details,education_details"))
        #expect(explained["answer"] == "Found: the MIS has the person as current.")
        // Another, for she is fresh now.
        try scene.emulator.change(school: scene.school, student: pupils[1].id) {
            $0.left = "2026-07-17"
        }
        let other = try #require(pupils[1].email)
        let left = try await scene.json("login", Scene.name, "--email", other, status: 1)
        #expect(left["decision"] == "deny" && left["outcome"] == "left")
    }

    @Test func `a preview counts all kinds, and changes are read of all kinds`() async throws {
        let scene = try await synced()
        let pupil = try #require(
            try scene.emulator.students(school: scene.school).first { !$0.hasLeft }
        )
        try scene.emulator.change(school: scene.school, student: pupil.id) {
            $0.surname = "Fairweather"
        }
        let preview = try await scene.json("sync", Scene.name, "--preview")
        #expect(preview["state"] == "preview" && preview["changed"] == 1)
        let delta = try await scene.json("sync", Scene.name, "--delta")
        #expect(delta["state"] == "completed" && delta["changed"] == 1)
    }

    @Test func `a permission that the school takes back is told, and what to ask for`()
        async throws
    {
        let scene = try await synced()
        let ask = "ask it to share parents and carers of pupils with this application again"
        #expect(try await scene.json("connections")["connections"][0]["withdrawn"] == [])
        try scene.emulator.setSwitches(school: scene.school) { $0.ungranted = ["student.contacts"] }
        let sync = try await scene.json("sync", Scene.name)
        #expect(sync["state"] == "completed" && sync["changed"] == 0)
        let told = try #require(sync["withdrawn"].elements.first)
        #expect(told["school"].text == scene.school)
        #expect(told["kind"] == "student" && told["field"] == "contacts")
        #expect(told["words"].text?.contains(ask) == true)
        #expect(try await scene.run("sync", Scene.name).output.contains(ask))
        let connection = try await scene.json("connections")["connections"][0]
        #expect(connection["withdrawn"].elements == [told])
        #expect(try await scene.run("connections").output.contains(ask))
        #expect(try await scene.run("check-config").output.contains(ask))
        try scene.emulator.setSwitches(school: scene.school) { $0.ungranted = [] }
        #expect(try await scene.json("sync", Scene.name)["withdrawn"].elements == [])
        #expect(!(try await scene.run("connections").output.contains(ask)))
    }

    @Test func `connections tell of a kind of people that the school shows no more`() async throws {
        let scene = try await synced()
        #expect(try await scene.json("connections")["connections"][0]["trouble"] == nil)
        try scene.emulator.setSwitches(school: scene.school) { $0.deniedResources = ["students"] }
        let failed = try await scene.run("sync", Scene.name)
        #expect(failed.status == 1)
        let reason = failed.messages.split(separator: "\n").map(String.init).first ?? ""
        #expect(reason.contains("403"), "\(reason)")
        let connection = try await scene.json("connections")["connections"][0]
        #expect(connection["trouble"].text == reason)
        let text = try await scene.run("connections").output
        #expect(text.contains("\(Scene.name): the last sync failed: \(reason)"))
        try scene.emulator.setSwitches(school: scene.school) { $0.deniedResources = [] }
        #expect(try await scene.json("sync", Scene.name)["state"] == "completed")
        #expect(try await scene.json("connections")["connections"][0]["trouble"] == nil)
    }

    @Test func `a list says what everybody is, and who has no address by what she would have`()
        async throws
    {
        let scene = try await synced()
        let lines = try await scene.run("list", Scene.name).output.split(separator: "\n")
        #expect(lines[0].contains("NAME") && lines[0].contains("KIND"))
        for kind in ["staff", "student", "contact"] {
            #expect(lines.dropFirst().contains { $0.contains("  \(kind) ") }, "\(kind)")
        }
        let all = try await scene.json("review", Scene.name, "--all")["records"].elements
        let words = Set(
            all.filter { $0["reason"] == "noWorkEmail" }.compactMap { record in
                record["words"].text.map { "\(record["kind"].text ?? "") \($0)" }
            }
        )
        #expect(words.contains("contact the record has no home e-mail address"))
        #expect(words.contains("staff the record has no work e-mail address"))
        let sync = try await scene.run("sync", Scene.name).output
        #expect(sync.contains("the record has no e-mail address to log in with"))
    }

    @Test(arguments: [("students", "pupils"), ("contacts", "contacts")])
    func `a kind that the school does not show is refused, and nothing is kept`(
        resource: String,
        people: String
    ) async throws {
        let scene = try await Scene()
        try scene.emulator.setSwitches(school: scene.school) { $0.deniedResources = [resource] }
        let outcome = try await scene.connect(Scene.name, "--people", Self.everybody)
        #expect(outcome.status == 1)
        let message = try #require(try outcome.json()["error"]["message"].text)
        #expect(message.contains("may not read the \(people) of \(scene.school) (403)"))
        #expect(try await scene.json("connections")["connections"] == [])
        #expect(try await scene.connect().status == 0)
    }
}
