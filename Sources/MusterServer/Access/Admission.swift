import Accounts
import HTTPTypes
import Hummingbird
import Muster
import NIOCore
import Roster

/// Decides who may ask for what, before anything else is read or asked.
///
/// The order is the same for everybody: who asks, whether she may ask for such things at all, and
/// only then whether the school is hers. So nothing tells a stranger which schools there are.
struct Admission: Sendable {
    let ring: KeyRing
    let secrets: SigningSecrets
    let replays: ReplayMemory
    let clock: any MusterClock
    let bodyBytes: Int

    /// Who asks, if she may.
    /// - Parameters:
    ///   - request: The request; a signed one has its body collected afterwards.
    ///   - scope: What the address needs.
    ///   - text: The school in the address, if it has one.
    /// - Returns: Who asks, and for which school.
    /// - Throws: `Problem` where she may not, `StoreError` where nobody can say.
    func admit(
        _ request: inout Request,
        to scope: AccessScope,
        school text: String?
    ) async throws -> Caller {
        let key = try await key(&request, school: text)
        guard key.scopes.contains(scope) else { throw Problem.forbidden }
        guard let text else { return Caller(key: key, school: nil) }
        let school = try await ring.school(named: text, of: key.tenant)
        guard let school, school.connection.tenant == key.tenant else { throw Problem.notFound }
        return Caller(key: key, school: school)
    }

    /// The bearer key that a request shows, or the key that signed it.
    private func key(_ request: inout Request, school: String?) async throws -> AccessKey {
        if request.headers.contains(.authorization) {
            guard let key = try await bearer(request.headers) else { throw Problem.unauthorized }
            return key
        }
        guard let school, let signature = WebhookSignature(request.headers),
            let key = try await signer(signature, &request, school)
        else { throw Problem.unauthorized }
        return key
    }

    /// The bearer key in `headers`, if it counts.
    func bearer(_ headers: HTTPFields) async throws(StoreError) -> AccessKey? {
        guard let text = headers.only(.authorization), text.utf8.count <= 512 else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return try await ring.bearer(String(parts[1]))
    }

    /// The key of the school's tenant that signed the request.
    private func signer(
        _ signature: WebhookSignature,
        _ request: inout Request,
        _ school: String
    ) async throws -> AccessKey? {
        let now = clock.now().milliseconds / 1000
        guard signature.isCurrent(at: now),
            let tenant = try await ring.school(named: school, of: nil)?.connection.tenant
        else { return nil }
        let keys = try await ring.signers(of: tenant)
        guard !keys.isEmpty else { return nil }
        let body = try await request.collected(upTo: bodyBytes)
        let key = keys.first { key in
            secrets.secret(of: key).map { signature.holds(for: body.readableBytesView, with: $0) }
                ?? false
        }
        // Only what a key signed is remembered: nobody else can fill the memory.
        guard let key, replays.take(signature, of: key.tenant.name, at: now) else { return nil }
        return key
    }
}

extension Request {
    /// The whole body, which later callers then get at once.
    mutating func collected(upTo limit: Int) async throws -> ByteBuffer {
        let tooLarge = Problem(.tooLarge, "A body may have \(limit) bytes; send less.")
        if let text = headers[.contentLength], let length = Int(text), length > limit {
            throw tooLarge
        }
        do {
            return try await collectBody(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
