extension Renderer {
    /// Writes the fields every person has; those not granted are null.
    mutating func base(
        _ base: PersonBase,
        restored: Bool,
        oddity: Oddity? = nil,
        isStudent: Bool = false
    ) {
        let isStaff = !isStudent
        switch oddity {
        case .missingID: break
        case .wrongTypes: out.member("id", Int(base.id.number))
        default: out.member("id", base.id)
        }
        out.key("upi")
        out.value(base.upi)
        out.member("mis_id", base.misID)
        out.member("initials", isStaff && !grants.allows(.employeeInitials) ? nil : base.initials)
        out.member("title", isStaff && !grants.allows(.employeeTitle) ? nil : base.title)
        names(base, oddity: oddity)
        let legal = isStudent || grants.allows(.employeeLegalNames)
        out.member("legal_surname", legal ? base.legalSurname : nil)
        out.member("legal_forename", legal ? base.legalForename : nil)
        out.member("gender", isStudent || grants.allows(.employeeGender) ? base.gender : nil)
        if isStudent { out.member("gender_identity", String?.none) }
        birth(
            base,
            granted: grants.allows(isStudent ? .studentDateOfBirth : .employeeDateOfBirth),
            oddity: oddity
        )
        if restored { moment("restored_at", base.restoredAt) }
        moment("created_at", base.createdAt)
        moment("updated_at", base.updatedAt)
    }

    private mutating func names(_ base: PersonBase, oddity: Oddity?) {
        switch oddity {
        case .nullNames:
            out.member("surname", String?.none)
            out.member("forename", String?.none)
        case .wrongTypes:
            out.member("surname", 42)
            out.key("forename")
            out.beginList()
            out.value(base.forename)
            out.endList()
        default:
            out.member("surname", base.surname)
            out.member("forename", base.forename)
        }
        out.member("middle_names", base.middleNames)
    }

    private mutating func birth(_ base: PersonBase, granted: Bool, oddity: Oddity?) {
        if oddity == .impossibleDate {
            out.raw(
                "\"date_of_birth\":{\"date\":\"1985-02-30 00:00:00.000000\","
                    + "\"timezone_type\":3,\"timezone\":\"Europe/London\"},"
            )
        } else {
            day("date_of_birth", granted ? base.born : nil)
        }
    }

    /// Writes the `contact_details` include.
    mutating func contactDetails(
        _ contact: ContactDetails,
        emails: Bool = true,
        phones: Bool = true,
        addresses: Bool = true
    ) {
        let shown = emails ? contact : ContactDetails()
        beginInclude("contact_details")
        out.beginObject()
        out.key("emails")
        out.beginObject()
        out.member("email", shown.workEmail ?? shown.primaryEmail ?? shown.homeEmail)
        out.member("primary", shown.primaryEmail)
        out.member("home", shown.homeEmail)
        out.member("work", shown.workEmail)
        out.endObject()
        self.phones(phones ? contact : ContactDetails())
        out.key("addresses")
        out.beginObject()
        address("home", addresses ? contact.homeAddress : nil)
        address("work", nil)
        address("postal", nil)
        out.endObject()
        out.member("salutation", String?.none)
        out.endObject()
        endInclude()
    }

    private mutating func phones(_ contact: ContactDetails) {
        out.key("phones")
        out.beginObject()
        out.member("phone", contact.workPhone ?? contact.mobilePhone ?? contact.homePhone)
        out.member("primary", String?.none)
        out.member("home", contact.homePhone)
        out.member("work", contact.workPhone)
        out.member("mobile", contact.mobilePhone)
        out.endObject()
    }

    private mutating func address(_ name: String, _ address: PostalAddress?) {
        out.key(name)
        guard let address else { return out.null() }
        out.beginObject()
        out.member("house_number", address.houseNumber)
        out.member("house_name", address.houseName)
        out.member("street", address.street)
        out.member("town", address.town)
        out.member("county", address.county)
        out.member("postcode", address.postcode)
        out.endObject()
    }
}
