public import Roster

extension Observation {
    /// The address the record states as its login name, in the form in which addresses compare.
    public var claimedEmail: String? { email.value.flatMap(EmailAddress.compared) }

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
        return merged
    }
}
