import Accounts
import Credentials
import Logging
import Mail
import Muster
import PostOffice
import Roster

@testable import MusterTesting
@testable import Passwords

/// A school's mail room, and the real mail server that it hands over to.
struct MailroomScene {
    static let page = "https://accounts.school.example/password/link/A1000000001/"

    let office: SignInOffice
    let server: PostOffice
    let mailer: SMTPMailer

    /// A mail server that behaves as `conduct` says; one mail may take `patience`.
    init(
        _ conduct: PostOffice.Conduct = .init(),
        people: Int = 3,
        patience: Duration = .seconds(40)
    ) async throws {
        office = try await SignInOffice(people: people)
        server = try PostOffice(conduct)
        mailer = try SMTPMailer(
            settings: SMTPSettings(
                host: "127.0.0.1",
                port: server.port,
                security: .none,
                connectTimeout: .seconds(40),
                timeout: patience
            )
        )
    }

    /// A mail room of a daemon that has just begun, over `store` or the office's own.
    func mailroom(over store: (any CredentialStore)? = nil) throws -> Mailroom {
        Mailroom(
            store: store ?? office.store,
            workshop: office.workshop,
            seal: office.seal,
            mailer: mailer,
            writing: try MailWriting(
                from: "muster@school.example",
                templates: MailTemplates(),
                pages: "https://accounts.school.example"
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Asks for a link, and lets the mail room work until nothing is left to do.
    func ask(for email: String = "p1@school.example") async throws {
        try await office.desk.request(email, of: .standard)
        try await work()
    }

    /// Lets a mail room work until nothing is left to do now.
    func work() async throws {
        let mailroom = try mailroom()
        while await mailroom.work() > 0 {}
    }

    /// The last parts of all links in `mail`, which must be to our pages.
    static func links(in mail: ReceivedMail) -> [String] {
        mail.links.filter { $0.hasPrefix(page) }.map { String($0.dropFirst(page.count)) }
    }

    /// How many links count, by what is kept.
    func livingTokens() -> Int {
        let now = office.clock.now()
        return office.store.read { state in
            state.credentials.tokens.values.filter { $0.isAlive && $0.token.expiresAt > now }.count
        }
    }

    /// The mails that are kept, in whatever state.
    func kept() -> [OutboxMail] {
        office.store.read { $0.credentials.mails.values.map(\.mail) }
    }
}
