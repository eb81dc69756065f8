package import Accounts
import Hummingbird
package import Logging
package import Muster
import NIOCore
package import Passwords
package import Sealing
import ServiceLifecycle

/// The daemon: answers the login hooks of applications in any language, over HTTP.
///
/// A value: nothing is opened before `run`. It ends when it is told to stop gracefully: it says
/// that it is not ready, takes no more connections, answers what it has begun, and finishes what
/// goes on behind logins, within a limit.
package struct MusterServer: Service {
    private let parts: Parts
    private let settings: ServerSettings

    /// What a daemon is made of.
    package struct Parts: Sendable {
        /// The store, the sources and the time.
        package var workshop: Workshop
        /// Where keys are kept: the workshop's own store, whose stamp tells of their changes too.
        package var access: any AccessStore
        /// What answers logins.
        package var login: LoginRefresh
        /// What checks and sets passwords.
        package var passwords: PasswordDesk
        /// Where people reach the pages; nil: there are none.
        package var pages: PageURL?
        /// What answers requests for links and sends mails; nil where no mail is sent.
        package var mailroom: Mailroom?
        /// What runs a sync to its end.
        package var sync: SyncWork
        /// The key that opens the secrets of signing keys.
        package var keyFile: KeyFile
        /// What those who watch the daemon are shown.
        package var watch = ServerWatch()
        /// Where it writes what operators should know.
        package var logger: Logger
        /// Called with the address, as `HOST:PORT`, once it listens there.
        package var onListening: @Sendable (String) -> Void = { _ in }

        /// A daemon that shows nothing to those who watch.
        package init(
            workshop: Workshop,
            access: any AccessStore,
            login: LoginRefresh,
            passwords: PasswordDesk,
            keyFile: KeyFile,
            logger: Logger,
            sync: @escaping SyncWork
        ) {
            self.workshop = workshop
            self.access = access
            self.login = login
            self.passwords = passwords
            self.keyFile = keyFile
            self.logger = logger
            self.sync = sync
        }
    }

    /// A daemon made of `parts`.
    package init(_ parts: Parts, settings: ServerSettings = ServerSettings()) {
        self.parts = parts
        self.settings = settings
    }

    /// Serves until it is told to stop.
    /// - Throws: `ServerError` where it cannot begin.
    package func run() async throws {
        let connections = OpenConnections(
            limit: settings.connections,
            peerLimit: settings.isBehindProxy ? settings.connections : settings.connectionsPerPeer
        )
        let builder = try Listener(settings: settings, connections: connections).builder()
        let stopping = Stopping()
        let live = LiveRuns(parts.workshop, work: parts.sync)
        let use = KeyUse(access: parts.access, clock: parts.workshop.clock)
        let routes = routes(live, stopping, connections, use)
        let (listening, listens) = AsyncStream.makeStream(of: Never.self)
        // What the frameworks say is for whoever debugs them.
        var quiet = parts.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        let application = Application(
            router: routes.router,
            server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.bareHost, port: settings.port)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                parts.onListening("\(settings.host):\(port)")
                listens.finish()
            },
            logger: quiet
        )
        // Stopped from the last to the first, each once the one after it has ended.
        var services: [any Service] = [
            use,
            Aftermath(
                login: parts.login,
                runs: live,
                traffic: parts.workshop.traffic,
                clock: parts.workshop.clock,
                limit: settings.stop
            ),
            Doorway(application: application, settings: settings),
            Notice(
                stopping: stopping,
                runs: live,
                clock: parts.workshop.clock,
                wait: settings.drain
            ),
        ]
        if settings.keepsSchedules {
            services.append(
                Timekeeper(workshop: parts.workshop, live: live, logger: parts.logger)
            )
        }
        if let mailroom = parts.mailroom {
            services.append(MailService(mailroom: mailroom, listening: listening))
        }
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(services: services, logger: quiet)
        )
        .run()
    }

    /// The addresses, as a test compares them with the document.
    var router: Router<ServerContext> {
        routes(
            LiveRuns(parts.workshop, work: parts.sync),
            Stopping(),
            OpenConnections(limit: 1, peerLimit: 1),
            KeyUse(access: parts.access, clock: parts.workshop.clock)
        )
        .router
    }

    private func routes(
        _ live: LiveRuns,
        _ stopping: Stopping,
        _ connections: OpenConnections,
        _ use: KeyUse
    ) -> ServerRoutes {
        let workshop = parts.workshop
        let ring = KeyRing(access: parts.access, workshop: workshop)
        let admission = Admission(
            ring: ring,
            secrets: SigningSecrets(keyFile: parts.keyFile, logger: parts.logger),
            access: parts.access,
            use: use,
            clock: workshop.clock,
            bodyBytes: settings.bodyBytes
        )
        return ServerRoutes(
            admission: admission,
            connections: connections,
            clock: workshop.clock,
            logger: parts.logger,
            headerBytes: settings.headerBytes,
            logins: LoginRoutes(
                login: parts.login,
                clock: workshop.clock,
                bodyBytes: settings.bodyBytes
            ),
            runs: RunRoutes(
                ring: ring,
                live: live,
                workshop: workshop,
                keepAlive: settings.keepAlive,
                bodyBytes: settings.bodyBytes
            ),
            accounts: AccountRoutes(workshop: workshop, bodyBytes: settings.bodyBytes),
            changes: ChangeRoutes(store: workshop.store),
            review: ReviewRoutes(live: live, workshop: workshop, bodyBytes: settings.bodyBytes),
            health: HealthRoutes(
                admission: admission,
                access: parts.access,
                keyFile: parts.keyFile,
                connections: workshop.connections,
                runs: workshop.store,
                stopping: stopping,
                watch: parts.watch,
                isBehindProxy: settings.isBehindProxy
            ),
            passwords: PasswordRoutes(desk: parts.passwords, bodyBytes: settings.bodyBytes),
            pages: parts.pages.map { url in
                PasswordPages(
                    desk: parts.passwords,
                    workshop: workshop,
                    url: url,
                    throttle: Throttle(perPlace: 30, overall: 600),
                    isBehindProxy: settings.isBehindProxy,
                    logger: parts.logger
                )
            }
        )
    }
}

extension ServerSettings {
    /// The host as the system takes it: an IPv6 address without the brackets that people write.
    fileprivate var bareHost: String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
