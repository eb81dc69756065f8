/// How a host's identity provider names a person, once and for all.
public struct HostSubject: Sendable, Hashable {
    /// Who gives the names out, for example the issuer of its tokens; empty for the host itself.
    public var issuer: String
    /// The name, unique for the issuer and never given to anybody else.
    public var subject: String

    /// The person whom `issuer` calls `subject`.
    public init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}

extension StoreError {
    /// That a subject stands for another account than the one it was to be bound to.
    public static let boundSubject = StoreError.conflict(
        reason: "The host's name for this person is bound to another account already; find out "
            + "which of the two accounts is hers before anybody logs in by it."
    )
}
