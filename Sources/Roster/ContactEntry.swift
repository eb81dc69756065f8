/// A parent or carer whom a pupil's record names, and what she is to the pupil.
public struct ContactEntry: Sendable, Hashable {
    /// The contact's own record; its kind is `contact`.
    public var key: SourceKey
    /// What she is to the pupil as the MIS words it, for example `Mother`; nil where it does not say.
    public var relationship: String?
    /// Whether she has parental responsibility; nil where the source does not say.
    public var parentalResponsibility: Bool?

    /// The contact `key`, who is `relationship` to the pupil.
    public init(key: SourceKey, relationship: String? = nil, parentalResponsibility: Bool? = nil) {
        self.key = key
        self.relationship = relationship
        self.parentalResponsibility = parentalResponsibility
    }
}
