public import Roster

extension Observation {
    /// The address the record states as its login name, in the form in which addresses compare;
    /// nil for somebody who left, because a leaver's address is free for a newcomer.
    public var claimedEmail: String? {
        if case .left = standing { return nil }
        return email.value.flatMap(EmailAddress.compared)
    }

    /// The numbers by which the record may be taken for somebody's; none of one that gets no account.
    public var claimedNeutralKeys: Set<NeutralKey> { claimedEmail == nil ? [] : neutralKeys }

    /// The numbers that are known of the person once this is: silence takes none of `earlier` away.
    public func neutralKeys(beside earlier: Observation) -> Set<NeutralKey> {
        if neutralKeys.isEmpty { return earlier.neutralKeys }
        let stated = Set(neutralKeys.map(\.kind))
        return neutralKeys.union(earlier.neutralKeys.filter { !stated.contains($0.kind) })
    }

    /// This observation without what it says of `erased`, of whom nothing may be kept.
    public func forgetting(contacts erased: Set<SourceKey>) -> Observation {
        guard !erased.isEmpty, let entries = contacts.value else { return self }
        let kept = entries.filter { !erased.contains($0.key) }
        guard kept.count < entries.count else { return self }
        var rest = self
        rest.contacts = kept.isEmpty ? .empty : .value(kept)
        return rest
    }

    /// This observation, with `earlier` speaking where this one says nothing.
    public func keepingWhatIsNotSupplied(from earlier: Observation) -> Observation {
        var merged = self
        if !title.isSupplied { merged.title = earlier.title }
        if !forename.isSupplied { merged.forename = earlier.forename }
        if !surname.isSupplied { merged.surname = earlier.surname }
        if !initials.isSupplied { merged.initials = earlier.initials }
        if !email.isSupplied { merged.email = earlier.email }
        if !phone.isSupplied { merged.phone = earlier.phone }
        if !address.isSupplied { merged.address = earlier.address }
        if !teachingStaff.isSupplied { merged.teachingStaff = earlier.teachingStaff }
        if !roles.isSupplied { merged.roles = earlier.roles }
        if !managers.isSupplied { merged.managers = earlier.managers }
        if !classes.isSupplied { merged.classes = earlier.classes }
        merged.neutralKeys = neutralKeys(beside: earlier)
        if !contacts.isSupplied { merged.contacts = earlier.contacts }
        return merged
    }
}
