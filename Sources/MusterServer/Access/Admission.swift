import Accounts
import HTTPTypes
import Hummingbird
import Muster
import NIOCore
import Roster

/// Decides who may ask for what, before anything else is asked.
///
/// The order is the same for everybody: who asks, whether she may ask for such things at all, and
/// only then whether the school is hers. Whoever does not show who she is gets one answer, after
/// the same work, whatever she sent and whatever there is: so nothing tells a stranger which
/// schools there are, or which of them have a signing key.
struct Admission: Sendable {
    let ring: KeyRing
    let secrets: SigningSecrets
    let access: any AccessStore
    let use: KeyUse
    let clock: any MusterClock
    let bodyBytes: Int

    /// Who asks, if she may.
    /// - Parameters:
    ///   - request: The request; one with a signature of about now has its body collected.
    ///   - scope: What the address needs.
    ///   - text: The school in the address, if it has one.
    /// - Returns: Who asks, and for which school.
    /// - Throws: `Problem` where she may not, `StoreError` where nobody can say.
    func admit(
        _ request: inout Request,
        to scope: AccessScope,
        school text: String?
    ) async throws -> Caller {
        let stamp = ring.stamp
        let key = try await key(&request, school: text, at: stamp)
        use.note(key)
        guard key.allows(scope) else { throw Problem.forbidden }
        guard let text else { return Caller(key: key, school: nil) }
        guard let school = try await ring.school(named: text, of: key.tenant, at: stamp) else {
            throw Problem.notFound
        }
        return Caller(key: key, school: school)
    }

    /// The bearer key that a request shows, or the key that signed it.
    private func key(
        _ request: inout Request,
        school: String?,
        at stamp: Int64?
    ) async throws -> AccessKey {
        if request.headers.contains(.authorization) {
            guard let key = try await bearer(request.headers, at: stamp) else {
                throw Problem.unauthorized
            }
            return key
        }
        guard let school, let signature = WebhookSignature(request.headers),
            let key = try await signer(signature, &request, school, at: stamp)
        else { throw Problem.unauthorized }
        return key
    }

    /// The bearer key in `headers`, if it counts.
    func bearer(
        _ headers: HTTPFields,
        at stamp: Int64?
    ) async throws(StoreError) -> AccessKey? {
        guard let text = headers.only(.authorization), text.utf8.count <= 512 else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return try await ring.bearer(String(parts[1]), at: stamp)
    }

    /// The key that signed the request, of any tenant who has a school of that name.
    private func signer(
        _ signature: WebhookSignature,
        _ request: inout Request,
        _ school: String,
        at stamp: Int64?
    ) async throws -> AccessKey? {
        let now = clock.now().milliseconds / 1000
        guard signature.isCurrent(at: now) else { return nil }
        // The body comes first: what is wrong with it must not tell which schools are signed for.
        let body: ByteBuffer
        do {
            body = try await request.collected(upTo: bodyBytes)
        } catch is Problem {
            return nil
        }
        let keys = try await ring.signers(of: school, at: stamp)
        // A school without a signing key takes as long as one with it.
        guard !keys.isEmpty else {
            _ = signature.holds(for: body.readableBytesView, with: Self.decoy)
            return nil
        }
        let key = keys.first { key in
            secrets.secret(of: key).map { signature.holds(for: body.readableBytesView, with: $0) }
                ?? false
        }
        // Only what a key signed is noted: nobody else can fill the store.
        guard let key,
            try await access.take(
                SignedMessage(
                    tenant: key.tenant,
                    id: signature.id,
                    signedAt: Timestamp(milliseconds: signature.timestamp * 1000)
                ),
                forgettingBefore: Timestamp(
                    milliseconds: (now - WebhookSignature.tolerance) * 1000
                )
            )
        else { return nil }
        return key
    }

    /// A secret that signs nothing.
    private static let decoy = WebhookSecret.make()
}

extension AccessKey {
    /// Whether its holder may ask for `scope`.
    ///
    /// A signature shows who sent a login and nothing more, whatever the key was made with.
    fileprivate func allows(_ scope: AccessScope) -> Bool {
        if case .signature = proof, scope != .logins { return false }
        return scopes.contains(scope)
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
