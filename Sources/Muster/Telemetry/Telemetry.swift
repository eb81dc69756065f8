public import Logging
public import Metrics
import Synchronization

/// What Muster tells its operator: metrics through swift-metrics, lines through swift-log.
///
/// Nothing about a person is in either of them: labels have few values, and what a line says of
/// somebody is the id of her login, which is made for that one login.
///
/// Make it after the process has chosen its metrics and its logging.
public final class Telemetry: Sendable {
    let logger: Logger
    let logins: LoginMetrics
    let sources: SourceMetrics
    let accounts: AccountMetrics
    let syncs: SyncMetrics
    private let seed: UInt64
    private let lastLogin = Atomic<UInt64>(0)

    /// Tells through `logger` and `metrics`.
    /// - Parameters:
    ///   - logger: Takes a line for every login, and a warning for every trouble.
    ///   - metrics: Where metrics are made; the process's own unless told otherwise.
    ///   - seed: A random number, so that the login ids of two processes differ.
    public init(
        logger: Logger = Logger(label: "muster"),
        metrics: any MetricsFactory = MetricsSystem.factory,
        seed: UInt64
    ) {
        self.logger = logger
        self.seed = seed
        logins = LoginMetrics(metrics)
        sources = SourceMetrics(metrics)
        accounts = AccountMetrics(metrics)
        syncs = SyncMetrics(metrics)
    }

    /// An id for a login that begins: no two of a process are alike.
    public func newLogin() -> LoginID {
        let number = lastLogin.wrappingAdd(1, ordering: .relaxed).newValue
        // The mixing step of SplitMix64, which maps no two numbers to one.
        var bits = seed &+ number &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return LoginID(bits ^ (bits >> 31))
    }
}

extension MetricDescription {
    /// Pairs the labels with `values`, as swift-metrics wants them.
    package func dimensions(_ values: String...) -> [(String, String)] {
        precondition(values.count == labels.count, "\(name) has other labels.")
        return Array(zip(labels, values))
    }
}

extension Logger {
    /// Of whoever wants no lines.
    package static let silent = Logger(label: "muster") { _ in SwiftLogNoOpLogHandler() }
}
