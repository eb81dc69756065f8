/// What a sync is to do.
public struct SyncOrder: Sendable, Hashable {
    /// Whether only who changed is read, where that will do.
    public var onlyChanges: Bool
    /// Whether nothing is applied, and all of it left to a person.
    public var isPreview: Bool
    /// Whether also those are compared with their accounts whose record is what it was.
    public var comparesAll: Bool
    /// The plan that is to be carried out, and nobody read; nil where everybody is.
    public var plan: PlanID?

    /// An order; by default to read everybody and apply what changed.
    public init(
        onlyChanges: Bool = false,
        isPreview: Bool = false,
        comparesAll: Bool = false,
        plan: PlanID? = nil
    ) {
        self.onlyChanges = onlyChanges
        self.isPreview = isPreview
        self.comparesAll = comparesAll
        self.plan = plan
    }

    /// Whether a run by this order does what `other` asks for.
    public func includes(_ other: SyncOrder) -> Bool {
        guard plan == other.plan, isPreview == other.isPreview else { return false }
        return (comparesAll || !other.comparesAll) && (!onlyChanges || other.onlyChanges)
    }
}
