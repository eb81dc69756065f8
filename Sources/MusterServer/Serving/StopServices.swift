import Foundation
import Hummingbird
import Muster
import NIOCore
import Passwords
import ServiceLifecycle

/// The first to hear that the server is to stop: from then on it says that it is not ready.
struct Notice: Service {
    let stopping: Stopping
    let runs: LiveRuns
    let clock: any MusterClock
    /// How long requests are still taken, so that whoever sends them sees it in time.
    let wait: Duration

    func run() async throws {
        try? await gracefulShutdown()
        stopping.begin()
        if wait > .zero { try? await clock.sleep(for: wait) }
        // Whoever watches a run would otherwise hold the server up until the run ends.
        runs.stop()
    }
}

/// The server itself: told to stop, it takes no more connections and ends with the last answer.
struct Doorway<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let application: Application<Responder>
    let settings: ServerSettings

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw ServerError.address(
                host: settings.host,
                port: settings.port,
                why: String(cString: strerror(error.errnoCode))
            )
        }
    }
}

/// Sends mails for as long as the server runs; what is being handed over when it stops waits for
/// its next attempt.
struct MailService: Service {
    let mailroom: Mailroom
    /// Ends once the server listens: one that cannot begin takes no mail along.
    let listening: AsyncStream<Never>

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in listening {}
            await mailroom.run()
        }
    }
}

/// The last to stop: waits for what goes on behind the answers, up to a limit.
struct Aftermath: Service {
    let login: LoginRefresh
    let runs: LiveRuns
    let traffic: Traffic
    let clock: any MusterClock
    let limit: Duration

    func run() async throws {
        try? await gracefulShutdown()
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        // Unstructured on purpose: a group would wait for whichever of the two comes second.
        let work = Task {
            async let synced: Void = runs.finish()
            // They might wait for an MIS for hours; what is on its way ends.
            login.giveUpPromises()
            await login.finishDeferred(within: limit)
            await synced
            end.finish()
        }
        let timer = Task {
            try? await clock.sleep(for: limit)
            end.finish()
        }
        for await _ in ended {}
        work.cancel()
        timer.cancel()
        // Nobody is asked any more, and no probe or alarm is left behind.
        traffic.close()
    }
}
