public import CurlTransport
internal import Foundation
public import Roster
internal import Synchronization

/// One school's people, read from the Wonde REST API.
///
/// A look-up is one request; a second one follows only where the school has withdrawn a part that
/// was asked for, or where a pupil is not on roll. Nothing here decides what an answer means for an account.
public final class WondeSource: RosterSource {
    /// The largest answer taken for one person or one small question, in bytes.
    static let singleLimit = 8 * 1024 * 1024
    /// The largest page taken, in bytes.
    static let pageLimit = 64 * 1024 * 1024

    let school: SchoolKey
    let client: WondeClient
    let schoolPath: String
    let today: @Sendable () -> Day
    private let configured: WondeSettings
    private let learntRegion: Mutex<String?>
    /// Who manages whom in the list that was begun last; nil until that is known.
    let reportingLines = Mutex<ReportingLines?>(nil)

    /// Makes the source of one connection; nothing is sent before it is asked.
    ///
    /// - Parameters:
    ///   - connection: Our own id of the connection, for the keys of the people it delivers.
    ///   - settings: What was configured and learnt.
    ///   - token: The school's token; it is sent to the configured origin or Wonde's own hosts.
    ///   - transport: Sends the requests; it may serve other connections too.
    ///   - today: The day it is at the school, to tell a coming member of staff from a leaver.
    ///   - now: The present moment, by the system's clock where nil; needed only where an answer
    ///     names a moment to wait for and not its own.
    /// - Throws: A sentence about the setting, or the token, that cannot work.
    public convenience init(
        connection: ConnectionID,
        settings: WondeSettings,
        token: String,
        transport: CurlTransport,
        today: @escaping @Sendable () -> Day,
        now: (@Sendable () -> Timestamp)? = nil
    ) throws(WondeSettingsError) {
        try self.init(
            connection: connection,
            settings: settings,
            token: token,
            send: { request throws(TransportError) in try await transport.send(request) },
            today: today,
            now: now ?? {
                Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            }
        )
    }

    init(
        connection: ConnectionID,
        settings: WondeSettings,
        token: String,
        send: @escaping WondeClient.Send,
        today: @escaping @Sendable () -> Day,
        now: @escaping @Sendable () -> Timestamp
    ) throws(WondeSettingsError) {
        configured = try settings.checked()
        learntRegion = Mutex(settings.region)
        school = SchoolKey(connection: connection, school: settings.schoolID)
        schoolPath = "schools/\(PathSegment(settings.schoolID)?.escaped ?? "")"
        client = WondeClient(token: try BearerToken(token), send: send, now: now)
        self.today = today
    }

    /// The settings with the region that `describe` learnt, for the caller to keep.
    public var settings: WondeSettings {
        var settings = configured
        settings.region = learntRegion.withLock { $0 }
        return settings
    }

    /// Whom requests about the school go to.
    var origin: Origin {
        configuredOrigin ?? learntRegion.withLock { $0 }.flatMap(Origin.init(region:)) ?? .wonde
    }

    /// The origin that the operator set, if any; it beats every region.
    var configuredOrigin: Origin? { configured.baseURL.flatMap { Origin($0) } }

    func learn(region host: String) {
        learntRegion.withLock { $0 = host }
    }

    /// False: Wonde makes its ids itself, none of them twice.
    public var sharesIDsAmongKinds: Bool { false }

    /// One, and one more where a part that was asked for may turn out to be refused, or where a pupil
    /// may be among those who left; of a contact only what must not be refused is asked for.
    public func requestsPerLookUp(of kind: PersonKind) -> Int {
        let parts = IncludePart.wanted(of: kind, by: configured, hasClasses: true)
        return parts == parts.required && kind.wondeLeaversPath == nil ? 1 : 2
    }

    /// Wonde lists what was updated after a moment.
    public var readsChanges: Bool { true }

    /// The parts to ask for with a person of `kind` as things are known.
    func parts(of kind: PersonKind, knowing capabilities: Capabilities) -> Set<IncludePart> {
        let known = capabilities[kind, in: school.school]
        var parts = IncludePart.wanted(of: kind, by: configured, hasClasses: known.hasClasses)
            .subtracting(refused: known.refusedParts)
        // A person's reports say nothing of her own managers.
        if configured.hierarchy == .reports { parts.remove(.hierarchy) }
        return parts
    }

    func mapping(
        of kind: PersonKind,
        _ parts: Set<IncludePart>,
        knowing capabilities: Capabilities,
        lines: ReportingLines? = nil,
        sequence: Int64
    ) -> PersonMapping {
        PersonMapping(
            kind: kind,
            school: school,
            settings: configured,
            parts: parts,
            known: capabilities[kind, in: school.school],
            never: capabilities.neverByProvider,
            isOfLeavers: false,
            lines: lines,
            sequence: sequence,
            today: today()
        )
    }

    /// The mapping of those who left, of whom nothing else is asked.
    func mapping(ofLeavers kind: PersonKind, sequence: Int64) -> PersonMapping {
        PersonMapping(
            kind: kind,
            school: school,
            settings: configured,
            parts: [],
            known: KindCapabilities(),
            never: [],
            isOfLeavers: true,
            lines: nil,
            sequence: sequence,
            today: today()
        )
    }
}
