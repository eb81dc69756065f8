public import Roster

/// What the holder of a key may ask a daemon for.
public enum AccessScope: String, Sendable, Hashable, CaseIterable {
    /// To refresh people who log in.
    case logins
    /// To verify and set passwords.
    case passwords
    /// To read and edit accounts, and to read what changed.
    case accounts
    /// To start a sync and watch it.
    case admin
}

/// What shows that a request comes from the holder of a key.
public enum AccessProof: Sendable, Hashable {
    /// The request carries a text with this SHA-256 digest.
    case bearer(digest: [UInt8])
    /// The request is signed with a secret, which is kept sealed.
    case signature(sealed: [UInt8])
}

/// The right of one application to ask on behalf of one tenant.
public struct AccessKey: Sendable, Hashable {
    /// Its name, unique in a store.
    public var name: String
    /// The customer whose schools and people it reaches.
    public var tenant: TenantID
    /// What it lets its holder ask for.
    public var scopes: Set<AccessScope>
    /// The members of an account that its holder sees besides the id; nil for all.
    public var fields: Set<String>?
    /// When it was made.
    public var createdAt: Timestamp
    /// From when it counts no more; nil for never.
    public var expiresAt: Timestamp?
    /// What shows that a request comes from its holder.
    public var proof: AccessProof

    /// A key that never expires and sees every member of an account.
    public init(
        name: String,
        tenant: TenantID,
        scopes: Set<AccessScope>,
        createdAt: Timestamp,
        proof: AccessProof
    ) {
        self.name = name
        self.tenant = tenant
        self.scopes = scopes
        self.createdAt = createdAt
        self.proof = proof
    }
}

/// Where the keys of applications are kept, without anything that would let its reader use them.
public protocol AccessStore: Sendable {
    /// Keeps a new key.
    /// - Throws: `StoreError.conflict` where the name or the digest is taken.
    func addKey(_ key: AccessKey) async throws(StoreError)

    /// Every key, by name.
    func keys() async throws(StoreError) -> [AccessKey]

    /// The bearer key with this digest, whether or not it has expired.
    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey?

    /// Takes a key back.
    /// - Returns: Whether there was one of that name.
    func removeKey(named name: String) async throws(StoreError) -> Bool

    /// Takes a signed message, once: where it is taken, no process over the store takes a copy.
    ///
    /// The store's stamp stays as it is, so that other requests need not read again.
    /// - Parameters:
    ///   - message: The message, whose signature holds.
    ///   - oldest: Messages that were signed before are too old to be taken anywhere, and forgotten.
    /// - Returns: Whether it was taken: not where one of that name, signed as late or later, was.
    /// - Throws: `StoreError` where nobody can say.
    func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool

    /// Notes that a key was used; the store's stamp stays as it is.
    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError)

    /// When each key that was ever used was used last, as far as that was noted, by its name.
    func keyUses() async throws(StoreError) -> [String: Timestamp]

    /// Tries to write, without changing anything that anybody reads.
    /// - Throws: `StoreError` where nothing can be written now.
    func tryWriting() async throws(StoreError)
}

/// A message that somebody signed, as far as it takes to know it again.
public struct SignedMessage: Sendable, Hashable {
    /// Whose key signed it; two senders may give the same name.
    public var tenant: TenantID
    /// The name that its sender gave to no other.
    public var id: String
    /// When it was signed; a retry that its sender signed anew is later.
    public var signedAt: Timestamp

    /// The message called `id`.
    public init(tenant: TenantID, id: String, signedAt: Timestamp) {
        self.tenant = tenant
        self.id = id
        self.signedAt = signedAt
    }
}

extension StoreError {
    /// That another key has the name of `key`.
    public static func takenName(of key: AccessKey) -> StoreError {
        .conflict(
            reason: "A key called \(key.name) exists already; choose another name or revoke it "
                + "first."
        )
    }

    /// That another key is proved by what proves `key`.
    public static func takenProof(of key: AccessKey) -> StoreError {
        .conflict(
            reason: "Another key has the same text as \(key.name); make a new text for each key."
        )
    }
}
