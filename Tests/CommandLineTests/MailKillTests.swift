import Accounts
import Foundation
import PostOffice
import Roster
import SQLiteStore
import Synchronization
import Testing

/// A daemon that is killed while it hands a mail over to a real mail server.
@Suite(.timeLimit(.minutes(3))) struct MailKillTests {
    /// Kills `process` when the whole of the first mail has come, which the server keeps.
    private func office(killing process: Killable) throws -> PostOffice {
        try PostOffice(
            PostOffice.Conduct { stage, count in
                guard stage == .body, count == 1 else { return .proceed }
                process.kill()
                return .keepAndDrop
            }
        )
    }

    private func environment(_ office: PostOffice) -> [String: String] {
        [
            "MUSTER_PAGES_URL": "http://127.0.0.1:8080", "MUSTER_MAIL_HOST": "127.0.0.1",
            "MUSTER_MAIL_PORT": "\(office.port)", "MUSTER_MAIL_SECURITY": "none",
            "MUSTER_MAIL_FROM": "muster@school.example", "MUSTER_SERVE_SCHEDULES": "0",
        ]
    }

    private func serve(_ scene: Scene, _ office: PostOffice) async throws -> Invocation {
        let daemon = try scene.start(
            ["serve", "--port", "0"],
            environment: environment(office)
        )
        try #require(await daemon.said("listening on "), "the daemon does not listen")
        return daemon
    }

    private func links(in mail: ReceivedMail) -> [Substring] {
        mail.source.split(separator: "\r\n").filter { $0.contains("/password/") }
    }

    @Test func `a mail that was taken and not noted comes once more, the same, and no other does`()
        async throws
    {
        let scene = try await Scene.synced()
        let process = Killable()
        let office = try office(killing: process)
        defer { office.close() }
        let first = try await serve(scene, office)
        process.take(first)
        let invited = try await scene.run("invite", Scene.name, environment: environment(office))
        #expect(invited.status == 0, "\(invited.messages)")
        let mail = try #require(await office.nextMail())
        #expect(await first.outcome().isSignalled)
        let second = try await serve(scene, office)
        defer { second.kill() }
        // Other mails go on; this one is taken to be in somebody's hands for five minutes.
        _ = try #require(await office.nextMail())
        let id = try #require(mail["Message-ID"])
        #expect(office.mails.count { $0["Message-ID"] == id } == 1)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        _ = try await SQLiteStore(path: scene.file("muster.sqlite")).takeMails(
            dueAt: now.advanced(by: .seconds(301)),
            until: now.advanced(by: .seconds(-1)),
            limit: 1
        )
        var again: ReceivedMail?
        while again == nil, let next = await office.nextMail() {
            again = next["Message-ID"] == id ? next : nil
        }
        #expect(try links(in: #require(again)) == links(in: mail) && !links(in: mail).isEmpty)
        _ = try #require(await office.nextMail())
        let counts = Dictionary(grouping: office.mails, by: { $0["Message-ID"] })
        #expect(counts.values.map(\.count).sorted().last == 2)
        #expect(counts.values.count { $0.count > 1 } == 1)
    }
}

/// A process that can be killed as soon as it is there.
private final class Killable: Sendable {
    private let process = Mutex<Invocation?>(nil)

    func take(_ invocation: Invocation) { process.withLock { $0 = invocation } }
    func kill() { process.withLock { $0?.kill() } }
}
