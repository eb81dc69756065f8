import Accounts
import HTTPTypes
import Hummingbird
import JSON
package import Muster
import NIOCore
import Sealing

/// Says whether the process lives, and whether it should get requests.
///
/// An MIS that cannot be reached is `degraded`, not unready: logins are answered from what is known.
/// So is a store that cannot be written, and a key file without which no MIS can be asked.
struct HealthRoutes: Sendable {
    let admission: Admission
    let access: any AccessStore
    let keyFile: KeyFile
    let connections: any ConnectionStore
    let runs: any RunStore
    let stopping: Stopping
    let watch: ServerWatch
    let isBehindProxy: Bool

    /// `GET /livez`: the process answers, and asks nobody for it.
    func live() -> Response { Self.word("ok", .ok) }

    /// `GET /readyz`: the store answers and the server is not stopping.
    ///
    /// With `?verbose`, why not, and what is degraded; for callers on this machine, or with a key.
    func ready(_ request: Request, _ context: ServerContext) async throws -> Response {
        let isStopping = stopping.isOn
        let isStoreThere = (try? await connections.policy(of: .standard)) != nil
        let isReady = !isStopping && isStoreThere
        let status: HTTPResponse.Status = isReady ? .ok : .serviceUnavailable
        guard request.asksForVerbose else { return Self.word(isReady ? "ok" : "not ready", status) }
        let key = try await admitNear(request, context, to: nil)
        let sources = isStoreThere ? try await sources(of: key?.tenant) : []
        let isWritable = isStoreThere ? (try? await access.tryWriting()) != nil : false
        let isKeyThere = isStoreThere ? await isKeyUsable() : true
        let isDegraded = sources.contains { !$0.isWell } || !isWritable || !isKeyThere
        return .json(status: status) { member in
            member.member("status", isReady ? isDegraded ? "degraded" : "ok" : "notReady")
            let store = isStoreThere ? isWritable ? "ok" : "readOnly" : "unavailable"
            member.member("store", store)
            member.member("keyFile", isKeyThere ? "ok" : "unusable")
            member.member("stopping", isStopping)
            member.array("sources") { list in
                for source in sources {
                    list.object { entry in
                        entry.member("connection", source.connection)
                        entry.member("status", source.isWell ? "ok" : "degraded")
                        entry.member("detail", source.detail)
                    }
                }
            }
        }
    }

    /// Whether the key file opens what is sealed, where anything is.
    private func isKeyUsable() async -> Bool {
        do throws(SealError) {
            _ = try keyFile.seal()
            return true
        } catch {
            guard let all = try? await connections.connections() else { return true }
            return all.isEmpty
        }
    }

    /// `GET /metrics`: the figures of the process, in Prometheus' text format.
    func metrics(_ request: Request, _ context: ServerContext) async throws -> Response {
        try await admitNear(request, context, to: .admin)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; version=0.0.4; charset=utf-8",
                .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: watch.metrics()))
        )
    }

    /// How the sources of a tenant do, or of all of them: whether they answer logins, whether their
    /// last sync came to an end, and whether the last one of everybody got whole lists.
    private func sources(of tenant: TenantID?) async throws(StoreError) -> [SourceReport] {
        let known = Dictionary(watch.sources().map { ($0.connection, $0) }) { first, _ in first }
        var reports: [SourceReport] = []
        for connection in try await connections.connections()
        where tenant == nil || connection.tenant == tenant {
            var report =
                known[connection.name]
                ?? SourceReport(connection: connection.name, isWell: true, detail: nil)
            let last = try await runs.runs(of: connection.id, limit: 1).first
            if report.isWell, let last, last.state == .failed {
                report.isWell = false
                report.detail = "The last sync failed: " + (last.trouble ?? "look at the run.")
            } else if report.isWell,
                let short = try await runs.newestRun(of: connection.id, .full)?.shortList
            {
                report.isWell = false
                report.detail = "The last sync of everybody cannot tell who left: " + short
            }
            reports.append(report)
        }
        return reports
    }

    /// Lets in who is on this machine, and who has a key with `scope`, if one is needed.
    ///
    /// Returns the key, if that is what let somebody in.
    @discardableResult
    private func admitNear(
        _ request: Request,
        _ context: ServerContext,
        to scope: AccessScope?
    ) async throws -> AccessKey? {
        if context.isNear(request, isBehindProxy: isBehindProxy) { return nil }
        let stamp = admission.ring.stamp
        guard let key = try await admission.bearer(request.headers, at: stamp) else {
            throw Problem.unauthorized
        }
        if let scope, !key.scopes.contains(scope) { throw Problem.forbidden }
        return key
    }

    private static func word(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}

/// How the source of a connection does, as health checks tell it.
package struct SourceReport: Sendable, Hashable {
    /// The connection's name.
    package var connection: String
    /// Whether it answers, its last sync came to an end and its lists were whole.
    package var isWell: Bool
    /// What is wrong, in one sentence; nil where nothing is.
    package var detail: String?

    /// A source and how it does.
    package init(connection: String, isWell: Bool, detail: String?) {
        self.connection = connection
        self.isWell = isWell
        self.detail = detail
    }
}

extension SourceReport {
    /// What a login refresh says of a source.
    package init(_ health: SourceHealth) {
        self.init(
            connection: health.name,
            isWell: health.isAsked && health.trouble == nil,
            detail: health.isAsked
                ? health.trouble
                : "The breaker is open, so logins are answered from what is known"
                    + (health.trouble.map { ": \($0)" } ?? ".")
        )
    }
}

/// What those who watch a daemon are shown.
package struct ServerWatch: Sendable {
    /// The metrics, in Prometheus' text format 0.0.4.
    package var metrics: @Sendable () -> [UInt8] = { [] }
    /// How the sources do.
    package var sources: @Sendable () -> [SourceReport] = { [] }
    /// Called with each answer: the pattern of its address, its status and the time it took.
    package var answered: @Sendable (String, Int, Duration) -> Void = { _, _, _ in }
    /// Called where a request was not taken, with why, in one word.
    package var rejected: @Sendable (String) -> Void = { _ in }

    /// Nothing to show.
    package init() {}
}

extension ServerContext {
    /// Whether the request comes from this machine, and not through a proxy on it.
    fileprivate func isNear(_ request: Request, isBehindProxy: Bool) -> Bool {
        guard !isBehindProxy, request.headers[.forwarded] == nil,
            request.headers[.xForwardedFor] == nil, let address = peer?.ipAddress
        else { return false }
        return address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }
}

extension Request {
    fileprivate var asksForVerbose: Bool {
        uri.query?.split(separator: "&").contains { $0.prefix { $0 != "=" } == "verbose" } ?? false
    }
}

extension HTTPField.Name {
    fileprivate static let forwarded = HTTPField.Name("Forwarded") ?? .via
    fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
}
