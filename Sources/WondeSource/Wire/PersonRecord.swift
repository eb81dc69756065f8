internal import JSON
internal import Roster

/// A person as an answer writes her, with the parts that were asked for.
struct PersonRecord {
    var id: String?
    var title = Stated<String>.missing
    var forename = Stated<String>.missing
    var surname = Stated<String>.missing
    var initials = Stated<String>.missing
    var legalForename = Stated<String>.missing
    var legalSurname = Stated<String>.missing
    var contact = ContactDetailsRecord()
    var employment = EmploymentRecord()
    var education = EducationRecord()
    var roles = Stated<[RoleRecord]>.missing
    var hierarchy = Stated<[HierarchyRecord]>.missing
    var classes = Stated<[ClassRecord]>.missing
    var groups = Stated<[ClassRecord]>.missing
    var contacts = Stated<[GuardianRecord]>.missing
}

/// Reads people of a kind one after the other and knows at which member it is, for the error.
struct PersonReading {
    let kind: PersonKind
    let parts: Set<IncludePart>
    let fields: Set<SourceField>
    /// The member that was read last.
    private(set) var place: StaticString = "the record"

    init(kind: PersonKind, parts: Set<IncludePart>, fields: Set<SourceField>) {
        self.kind = kind
        self.parts = parts
        self.fields = fields
    }

    mutating func read(_ reader: inout JSONReader) throws(JSONError) -> PersonRecord {
        var record = PersonRecord()
        place = "the record"
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "id":
                place = "id"
                record.id = try value.statedID()
            case "title" where fields.contains(.title):
                place = "title"
                record.title = try value.statedText()
            case "initials" where fields.contains(.initials):
                place = "initials"
                record.initials = try value.statedText()
            case "forename":
                place = "forename"
                record.forename = try value.statedText()
            case "surname":
                place = "surname"
                record.surname = try value.statedText()
            case "legal_forename":
                place = "legal_forename"
                record.legalForename = try value.statedText()
            case "legal_surname":
                place = "legal_surname"
                record.legalSurname = try value.statedText()
            default:
                try readPart(key, &value, into: &record)
            }
        }
        return record
    }

    private mutating func readPart(
        _ key: JSONKey,
        _ value: inout JSONReader,
        into record: inout PersonRecord
    ) throws(JSONError) {
        switch key {
        case "contact_details" where parts.contains(.contactDetails):
            place = "contact_details"
            record.contact = try contact(&value)
        case "employment_details" where parts.contains(.employmentDetails):
            place = "employment_details"
            record.employment = try employment(&value)
        case "education_details" where parts.contains(.educationDetails):
            place = "education_details"
            record.education =
                try value.included { data throws(JSONError) in try EducationRecord(&data) }.value
                ?? EducationRecord()
        case "roles" where parts.contains(.roles):
            place = "roles"
            record.roles = try value.includedList(RoleRecord.init)
        case "hierarchy" where parts.contains(.hierarchy):
            place = "hierarchy"
            record.hierarchy = try value.includedList(HierarchyRecord.init)
        case "classes" where parts.contains(.classes):
            place = "classes"
            record.classes = try value.includedList(ClassRecord.init)
        case "groups" where parts.contains(.groups):
            place = "groups"
            record.groups = try value.includedList(ClassRecord.init)
        case "contacts" where parts.contains(.contacts):
            place = "contacts"
            record.contacts = try value.includedList(GuardianRecord.init)
        default:
            break
        }
    }

    /// A part that is there but null says of each thing in it that it is blank.
    private func contact(_ value: inout JSONReader) throws(JSONError) -> ContactDetailsRecord {
        let withAddress = fields.contains(.address)
        let stated = try value.included { data throws(JSONError) in
            try ContactDetailsRecord(&data, of: kind, withAddress: withAddress)
        }
        if let contact = stated.value { return contact }
        var contact = ContactDetailsRecord()
        contact.email = .blank
        contact.phone = .blank
        contact.address = .blank
        return contact
    }

    private func employment(_ value: inout JSONReader) throws(JSONError) -> EmploymentRecord {
        let withTeaching = fields.contains(.teachingStaff)
        let stated = try value.included { data throws(JSONError) in
            try EmploymentRecord(&data, withTeaching: withTeaching)
        }
        if let employment = stated.value { return employment }
        var employment = EmploymentRecord()
        employment.current = .blank
        employment.teachingStaff = .blank
        return employment
    }
}
