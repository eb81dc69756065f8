import Testing

@testable import Mail

@Suite struct SMTPSettingsTests {
    static func changed(_ change: (inout SMTPSettings) -> Void) -> SMTPSettings {
        var settings = SMTPSettings(host: "mail.school.example")
        change(&settings)
        return settings
    }

    static let faults: [(SMTPSettings, SMTPSettingsError?)] = [
        (changed { _ in }, nil),
        (changed { $0.host = "2001:db8::1" }, nil),
        (changed { $0.host = "192.0.2.7" }, nil),
        (changed { $0.security = .tls }, nil),
        (changed { $0.host = "" }, .host),
        (changed { $0.host = "mail.school.example/x" }, .host),
        (changed { $0.host = "user@mail.school.example" }, .host),
        (changed { $0.host = "mail school" }, .host),
        (changed { $0.host = "mail\r\nx" }, .host),
        (changed { $0.port = 0 }, .port),
        (changed { $0.port = 70_000 }, .port),
        (changed { $0.security = .none }, .insecure(host: "mail.school.example")),
        (changed { ($0.security, $0.host) = (.none, "192.0.2.7") }, .insecure(host: "192.0.2.7")),
        (changed { ($0.security, $0.host) = (.none, "127.0.0.1") }, nil),
        (changed { ($0.security, $0.host) = (.none, "::1") }, nil),
        (changed { ($0.security, $0.host) = (.none, "localhost") }, nil),
        (
            changed { ($0.security, $0.host) = (.none, "localhost.school.example") },
            .insecure(host: "localhost.school.example")
        ),
        (changed { $0.caFile = "/nowhere/ca.pem" }, .caFile(path: "/nowhere/ca.pem")),
        (changed { $0.helloName = "a b" }, .helloName),
        (changed { $0.helloName = "x/y" }, .helloName),
        (changed { $0.timeout = .zero }, .timeout),
        (changed { $0.connectTimeout = .seconds(-1) }, .timeout),
        (changed { $0.signIn = .init(name: "", secret: "x") }, .signIn),
        (changed { $0.signIn = .init(name: "x", secret: "a\nb") }, .signIn),
        (changed { $0.signIn = .init(name: "x", secret: "a\u{0}") }, .signIn),
    ]

    @Test(arguments: faults)
    func `settings are refused before any mail is`(
        settings: SMTPSettings,
        fault: SMTPSettingsError?
    ) throws {
        guard let fault else {
            _ = try SMTPMailer(settings: settings)
            return
        }
        #expect(throws: fault) { try SMTPMailer(settings: settings) }
        #expect(fault.sentence.hasSuffix("."))
    }

    @Test func `each security has its port`() {
        #expect(Self.changed { _ in }.url == "smtp://mail.school.example:587/localhost")
        #expect(
            Self.changed { $0.security = .tls }.url == "smtps://mail.school.example:465/localhost"
        )
        #expect(
            Self.changed { ($0.security, $0.host) = (.none, "::1") }.url
                == "smtp://[::1]:25/localhost"
        )
    }

    @Test func `a sign-in does not print itself`() {
        let settings = Self.changed { $0.signIn = .init(name: "muster", secret: "s3cr3t") }
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(dumped)".contains("s3cr3t"))
    }
}
