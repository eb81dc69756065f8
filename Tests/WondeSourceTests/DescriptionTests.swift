import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `Describing a source` {
    private static let school =
        #"{"id":"A1000000001","name":"Example Academy","timezone":"Europe/London","mis":"Bromcom","#

    /// Answers every question as a school would that grants everything.
    private static func answer(
        _ address: String,
        region: String = "api.wonde.com",
        mis: String = "Bromcom"
    ) -> Scene.Answer {
        let target = address.split(separator: "/v1.0/").last.map { String($0) } ?? ""
        switch target.prefix(while: { $0 != "?" }) {
        case "schools/A1000000001":
            let school = school.replacing("Bromcom", with: mis)
            return .ok(#"{"data":\#(school)"region":{"code":"GBR","domain":"\#(region)"}}}"#)
        case "meta/schools/A1000000001/permissions":
            return .ok(#"{"data":[{"identity":"employee.roles","approved":true}]}"#)
        case "meta/schools/A1000000001":
            return .ok(#"{"data":{"online":true,"approved":true,"audited":true}}"#)
        default: return .ok(#"{"data":[{"id":"A1"}],"meta":null}"#)
        }
    }

    private func describe(_ source: WondeSource) async throws(SourceError) -> SourceDescription {
        try await source.describe([.staff], by: Scene.soon)
    }

    private func failure(_ source: WondeSource) async -> SourceError? {
        do throws(SourceError) {
            let description = try await describe(source)
            Issue.record("described as \(description)")
            return nil
        } catch {
            return error
        }
    }

    @Test func `four requests tell the school, its MIS, what it grants and what it lacks`()
        async throws
    {
        let scene = Scene { _, address in Self.answer(address) }
        let description = try await describe(try scene.source())
        #expect(
            description.schools == [
                SchoolDescription(
                    id: "A1000000001",
                    name: "Example Academy",
                    timeZone: "Europe/London"
                )
            ]
        )
        #expect(description.requests == 4)
        #expect(scene.addresses.count == 4)
        let capabilities = description.capabilities
        #expect(capabilities.provider == "Bromcom")
        #expect(capabilities.neverByProvider == [.managers, .classes, .subjects])
        #expect(capabilities.ofStaff.grants == [.roles: .granted])
        #expect(capabilities.ofStaff.refusedParts == [])
        #expect(capabilities.ofStaff.hasClasses)
    }

    @Test func `a provider that the operator named beats the school's word`() async throws {
        let scene = Scene { _, address in Self.answer(address) }
        let description = try await describe(try scene.source { $0.provider = "WCBS" })
        #expect(description.capabilities.provider == "WCBS")
        #expect(description.capabilities.neverByProvider == [.roles, .managers])
    }

    @Test func `a school's region is asked from then on, and remembered`() async throws {
        let region = "api-ap-southeast-2.wonde.com"
        let scene = Scene { _, address in Self.answer(address, region: region.uppercased()) }
        let source = try scene.source()
        _ = try await describe(source)
        #expect(scene.addresses.first?.hasPrefix("https://api.wonde.com/v1.0/") == true)
        #expect(scene.addresses.dropFirst().allSatisfy { $0.hasPrefix("https://\(region)/v1.0/") })
        #expect(source.settings.region == region)
        let stored = try WondeSettings(stored: source.settings.stored)
        #expect(stored == source.settings)
        let later = try Scene().source { $0 = stored }
        let question = later.question(for: Scene.key("A12"), knowing: Scene.granted)
        #expect(question.first?.hasPrefix("GET https://\(region)/") == true)
    }

    @Test func `a configured origin beats the region`() async throws {
        let scene = Scene { _, address in Self.answer(address, region: "evil.example") }
        let source = try scene.source { $0.baseURL = "http://127.0.0.1:8808/" }
        _ = try await describe(source)
        #expect(scene.addresses.allSatisfy { $0.hasPrefix("http://127.0.0.1:8808/v1.0/") })
        #expect(source.settings.region == nil)
    }

    @Test(arguments: ["evil.example", "api.wonde.com.evil.example", "https://api.wonde.com"])
    func `a token goes to no host that only a body names`(region: String) async throws {
        let scene = Scene { _, address in Self.answer(address, region: region) }
        let error = await failure(try scene.source())
        #expect(scene.addresses == ["https://api.wonde.com/v1.0/schools/A1000000001"])
        #expect(error?.sentence.contains("base URL") == true)
        let stored = try Scene().source { $0.region = region }
        let question = stored.question(for: Scene.key("A12"), knowing: Scene.granted)
        #expect(question.first?.hasPrefix("GET https://api.wonde.com/") == true)
    }

    @Test func `refused parts are found one by one`() async throws {
        let refused: Set<String> = ["hierarchy", "classes.subject"]
        let scene = Scene { _, address in
            let include = address.split(separator: "include=").last?.prefix { $0 != "&" } ?? ""
            let asked = Set(include.split(separator: ",").map { String($0) })
            return asked.isDisjoint(with: refused) ? Self.answer(address) : .invalidInclude
        }
        let description = try await describe(try scene.source())
        #expect(description.capabilities.ofStaff.refusedParts == refused)
        #expect(description.requests == 4 + 6)
    }

    @Test func `a school that refuses contact details cannot be connected`() async throws {
        let scene = Scene { _, address in
            address.contains("contact_details") ? .invalidInclude : Self.answer(address)
        }
        guard case .refused(let reason) = await failure(try scene.source()) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("contact_details"))
    }

    @Test func `a school without classes has its groups asked for`() async throws {
        let scene = Scene { _, address in
            address.contains("/classes?") ? .ok(#"{"data":[]}"#) : Self.answer(address)
        }
        let description = try await describe(try scene.source())
        #expect(!description.capabilities.ofStaff.hasClasses)
        #expect(scene.addresses.last?.contains("hierarchy,groups&") == true)
    }

    @Test(arguments: [
        #"[{"identity":"classes.read","approved":false}]"#,
        #"[{"identity":"employee.classes","approved":false,"declined":true}]"#,
    ])
    func `a permission taken back does not turn classes into groups`(
        permissions: String
    ) async throws {
        let scene = Scene { _, address in
            if address.hasSuffix("/permissions") { return .ok(#"{"data":\#(permissions)}"#) }
            return address.contains("/classes?") ? .ok(#"{"data":[]}"#) : Self.answer(address)
        }
        let description = try await describe(try scene.source())
        #expect(description.capabilities.ofStaff.hasClasses)
        #expect(description.capabilities.ofStaff.grants[.classes] == .denied)
    }

    @Test(arguments: [Scene.Answer.status(403), .status(404)])
    func `classes that may not be read are taken to be there`(answer: Scene.Answer) async throws {
        let scene = Scene { _, address in
            address.contains("/classes?") ? answer : Self.answer(address)
        }
        #expect(try await describe(try scene.source()).capabilities.ofStaff.hasClasses)
    }

    @Test(arguments: [Scene.Answer.status(500), .failure(.timedOut(host: "h")), .ok("<html>")])
    func `classes that could not be asked for fail the description`(
        answer: Scene.Answer
    ) async throws {
        let scene = Scene { _, address in
            address.contains("/classes?") ? answer : Self.answer(address)
        }
        #expect(await failure(try scene.source()) != nil)
    }

    @Test(arguments: [
        Scene.Answer.status(403), .status(404), .status(500), .ok("<html>"), .ok("{}"),
        .ok(#"{"data":null}"#), .ok(#"{"data":[7,{"identity":[]},{"approved":"maybe"}]}"#),
        .failure(.cut(host: "h")),
    ])
    func `permissions that cannot be read leave the grants unknown`(
        answer: Scene.Answer
    ) async throws {
        let scene = Scene { _, address in
            address.hasSuffix("/permissions") ? answer : Self.answer(address)
        }
        let description = try await describe(try scene.source())
        #expect(description.capabilities.ofStaff.grants == [:])
    }

    @Test(arguments: [
        (Scene.Answer.status(401), "token"), (.status(403), "token"), (.status(404), "no school"),
        (.status(500), "trouble"), (.status(429), "overloaded"), (.ok("<html>"), "web page"),
        (.ok(#"{"data":{"id":"A2"}}"#), "does not describe"), (.ok(#"{"data":null}"#), "describe"),
        (.failure(.unreachable(host: "h", reason: "refused")), "reached"),
        (.failure(.tls(host: "h", reason: "expired")), "secure"),
    ])
    func `a school that is not shown is told from a wrong token`(
        answer: Scene.Answer,
        words: String
    ) async throws {
        let scene = Scene { index, _ in index == 0 ? answer : .status(404) }
        let error = await failure(try scene.source())
        #expect(error?.sentence.contains(words) == true)
        #expect(error?.sentence.contains(Scene.token) == false)
    }

    @Test(arguments: [
        (Scene.Answer.status(403), #""approved":false,"audited":false"#, "not approved"),
        (.status(404), #""approved":true,"audited":false"#, "checking"),
        (.status(403), #""approved":true,"audited":true"#, "approve employees"),
        (.ok(#"{"data":[]}"#), #""approved":false"#, "not approved"),
        (.ok(#"{"data":[]}"#), #""approved":true,"online":false"#, "offline"),
    ])
    func `staff that cannot be read are explained by where the school stands`(
        employees: Scene.Answer,
        state: String,
        words: String
    ) async throws {
        let scene = Scene { _, address in
            if address.contains("/employees?") { return employees }
            if address.hasSuffix("/meta/schools/A1000000001") {
                return .ok(#"{"data":{\#(state)}}"#)
            }
            return Self.answer(address)
        }
        #expect(await failure(try scene.source())?.sentence.contains(words) == true)
    }

    @Test(arguments: [(PersonKind.student, "students"), (.contact, "contacts")])
    func `pupils and contacts are counted likewise`(kind: PersonKind, word: String) async throws {
        let scene = Scene(
            .ok(
                #"{"data":{"employees":{"data":{"count":1}},"\#(word)":"#
                    + #"{"data":{"count":812}}}}"#
            )
        )
        let source = try scene.source()
        #expect(try await source.count(of: kind, in: Scene.school, by: Scene.soon) == 812)
        #expect(scene.addresses.first?.hasSuffix("/counts?include=\(word)") == true)
    }

    @Test(arguments: [
        (#"{"data":{"employees":{"data":{"count":122}}}}"#, 122),
        (#"{"data":{"employees":{"data":{"count":"122"}}}}"#, 122),
    ])
    func `staff are counted by Wonde`(body: String, count: Int?) async throws {
        let scene = Scene(.ok(body))
        let source = try scene.source()
        #expect(try await source.count(of: .staff, in: Scene.school, by: Scene.soon) == count)
        #expect(scene.addresses.first?.hasSuffix("/counts?include=employees") == true)
        let elsewhere = SchoolKey(connection: Scene.school.connection, school: "A2")
        await #expect(throws: SourceError.self) {
            try await source.count(of: .staff, in: elsewhere, by: Scene.soon)
        }
    }

    @Test(arguments: [
        (Scene.Answer.ok(#"{"data":{"employees":{"data":{"count":null}}}}"#), "does not count"),
        (.ok(#"{"data":{"employees":{"data":{"count":-1}}}}"#), "does not count"),
        (.ok(#"{"data":{"students":{"data":{"count":1}}}}"#), "does not count"),
        (.ok(#"{"data":[]}"#), "does not count"), (.ok("<"), "web page"),
        (.status(403), "does not count"), (.status(404), "does not count"),
        (.status(500), "trouble of its own"), (.status(401), "token"),
    ])
    func `an answer without a count is trouble, not a school that has none`(
        answer: Scene.Answer,
        words: String
    ) async throws {
        let source = try Scene(answer).source()
        let trouble = await #expect(throws: SourceError.self) {
            try await source.count(of: .staff, in: Scene.school, by: Scene.soon)
        }
        #expect(trouble?.sentence.contains(words) == true)
    }
}
