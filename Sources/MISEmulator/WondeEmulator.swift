import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// A stand-in for the Wonde service on this machine, with schools invented from a seed.
///
/// Several may run in one process. Everything the control endpoints do can be done here as well,
/// without a request.
package final class WondeEmulator: Sendable {
    /// The address without a path, such as `http://127.0.0.1:8808`.
    package let origin: String
    package let port: Int
    let world: EmulatedWorld
    /// Runs the server until it is cancelled.
    ///
    /// The task is unstructured because the server outlives the call that starts it. It belongs to this object; `stop` ends it.
    private let server: Task<Void, any Error>
    private let group: ServiceGroup

    private init(
        origin: String,
        port: Int,
        world: EmulatedWorld,
        server: Task<Void, any Error>,
        group: ServiceGroup
    ) {
        self.origin = origin
        self.port = port
        self.world = world
        self.server = server
        self.group = group
    }

    deinit {
        server.cancel()
    }

    /// The token that the service accepts.
    package var token: String { world.token }

    package var schoolIDs: [String] { world.schools.map { $0.id.description } }

    /// The schools with their names, in order.
    package var schools: [(id: String, name: String)] {
        world.schools.map { ($0.id.description, $0.withState { $0.profile.name }) }
    }

    /// Invents the schools and begins to listen; returns when requests are answered.
    package static func start(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration()
    ) async throws(EmulatorError) -> WondeEmulator {
        let world = try EmulatedWorld(configuration)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: EmulatorResponder(world: world),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "mis-emulator"
            ),
            onServerRunning: { channel in
                found.yield(channel.localAddress?.port ?? configuration.port)
                found.finish()
            },
            logger: Logger(label: "mis-emulator") { _ in SwiftLogNoOpLogHandler() }
        )
        let group = ServiceGroup(configuration: Self.group(of: application))
        let server = Task {
            defer { found.finish() }
            try await group.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            throw .notListening(await reason(of: server, configuration))
        }
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        return WondeEmulator(
            origin: "http://\(host):\(port)",
            port: port,
            world: world,
            server: server,
            group: group
        )
    }

    /// Cancelling at once while a connection comes in is a crash in the server below; so it is
    /// asked to end first, and cancelled where requests still wait after that.
    private static func group(of application: some Service) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(
            services: [application],
            logger: Logger(label: "mis-emulator") { _ in SwiftLogNoOpLogHandler() }
        )
        configuration.maximumGracefulShutdownDuration = .milliseconds(250)
        return configuration
    }

    /// Ends the server and waits until it has ended.
    ///
    /// Requests under way are broken off.
    package func stop() async {
        await group.triggerGracefulShutdown()
        _ = await server.result
        world.faults.clear()
        world.silentPorts.close()
    }

    private static func reason(
        of server: Task<Void, any Error>,
        _ configuration: EmulatorConfiguration
    ) async -> String {
        var cause = "the server ended at once"
        if case .failure(let error) = await server.result { cause = "\(error)" }
        return
            "The emulator cannot listen on \(configuration.host):\(configuration.port): \(cause)."
    }
}
