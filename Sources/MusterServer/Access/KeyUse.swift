import Accounts
import Muster
import Roster
import ServiceLifecycle
import Synchronization

/// Notes when keys are used, each at most once a minute, behind the answers.
///
/// A use that cannot be noted, or comes while too many wait to be, is passed over: it is there for
/// whoever wonders which keys are still in use.
final class KeyUse: Service {
    private typealias Use = (name: String, at: Timestamp)
    private static let interval = Duration.seconds(60)

    private let access: any AccessStore
    private let clock: any MusterClock
    private let noted = Mutex<[String: ContinuousClock.Instant]>([:])
    private let uses: AsyncStream<Use>
    private let continuation: AsyncStream<Use>.Continuation

    init(access: any AccessStore, clock: any MusterClock) {
        self.access = access
        self.clock = clock
        (uses, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    /// Notes that a key was used; nothing waits for it.
    func note(_ key: AccessKey) {
        let now = clock.instant()
        let isNew = noted.withLock { noted in
            if let last = noted[key.name], last.duration(to: now) < Self.interval { return false }
            noted[key.name] = now
            return true
        }
        if isNew { continuation.yield((key.name, clock.now())) }
    }

    func run() async throws {
        for await use in uses.cancelOnGracefulShutdown() {
            try? await access.noteUse(ofKeyNamed: use.name, at: use.at)
        }
    }
}
