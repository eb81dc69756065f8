import CurlTransport
import Roster
import Testing

@testable import WondeSource

@Suite struct `Settings` {
    @Test(arguments: [
        "http://127.0.0.1:8808", "https://api.wonde.com", "https://api.wonde.com/",
        "https://[::1]:8443", "HTTPS://School.Example:65535",
    ])
    func `take an origin`(text: String) throws {
        _ = try Scene().source { $0.baseURL = text }
    }

    @Test(arguments: [
        "", "api.wonde.com", "https://", "https://api.wonde.com/v1.0", "ftp://api.wonde.com",
        "https://user:secret@api.wonde.com", "https://api.wonde.com?x", "https://api.wonde.com#x",
        "https://api.wonde.com:0x50", "https://api.wonde.com:65536", "https://api.wonde.com:",
        "https://a b", "https://é.example", "https://[::1", "https://[]", "https://a:b:1",
        "//api.wonde.com",
    ])
    func `refuse what is none, in one sentence`(text: String) {
        #expect {
            _ = try Scene().source { $0.baseURL = text }
        } throws: { error in
            guard let sentence = (error as? WondeSettingsError)?.sentence else { return false }
            return sentence.hasSuffix(".") && !sentence.contains("secret")
        }
    }

    @Test(arguments: ["", "..", "."])
    func `refuse an id that no school has`(id: String) {
        #expect(throws: WondeSettingsError.self) {
            _ = try Scene().source { $0.schoolID = id }
        }
    }

    @Test(arguments: ["", "  \n", "two words", "line\r\nX-Other: y", "é"])
    func `refuse a token that can be none, without repeating it`(token: String) {
        #expect {
            _ = try make(token: token)
        } throws: { error in
            let sentence = (error as? WondeSettingsError)?.sentence ?? token
            return token.isBlank || !sentence.contains(token)
        }
    }

    @Test func `take a token as a file ends it and never print it`() throws {
        let source = try make(token: "\(Scene.token)\r\n")
        #expect(source.client.token.authorization == "Bearer \(Scene.token)")
        var dumped = ""
        dump(source, to: &dumped)
        for text in [dumped, "\(source)", String(reflecting: source.client), "\(source.settings)"] {
            #expect(!text.contains(Scene.token))
        }
    }

    @Test func `come back from a store as they went in`() throws {
        var settings = WondeSettings(schoolID: "A1000000001")
        settings.baseURL = "http://127.0.0.1:1"
        settings.region = "api.wonde.com"
        settings.provider = "Arbor"
        settings.hierarchy = .reports
        settings.fields = [.roles, .email]
        settings.pageSize = 50
        #expect(try WondeSettings(stored: settings.stored) == settings)
        #expect(
            try WondeSettings(stored: ["school": "A1"]) == WondeSettings(schoolID: "A1")
        )
    }

    @Test(arguments: [
        [:], ["school": "A1", "hierarchy": "both"], ["school": "A1", "fields": "shoe_size"],
        ["school": "A1", "pageSize": "many"],
    ])
    func `that a store garbled are refused`(stored: [String: String]) {
        #expect(throws: WondeSettingsError.self) { _ = try WondeSettings(stored: stored) }
    }

    @Test func `ask for an address only on purpose`() {
        #expect(!WondeSettings(schoolID: "A1").fields.contains(.address))
    }

    private func make(token: String) throws -> WondeSource {
        let day = try #require(Scene.today)
        return try WondeSource(
            connection: ConnectionID(1),
            settings: WondeSettings(schoolID: "A1"),
            token: token,
            transport: CurlTransport(),
            today: { day }
        )
    }
}
