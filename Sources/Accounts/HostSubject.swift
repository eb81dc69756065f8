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
