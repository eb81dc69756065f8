internal import JSON

/// One entry of a pupil's `contacts`: somebody, and what she is to the pupil.
struct GuardianRecord {
    var id: String?
    var relationship = Stated<String>.missing
    var parentalResponsibility = Stated<Bool>.missing

    init(_ reader: inout JSONReader) throws(JSONError) {
        var record = GuardianRecord()
        try reader.pointer { key, value throws(JSONError) in
            switch key {
            case "id": record.id = try value.pointedID()
            case "relationship": try record.readRelationship(&value)
            default: break
            }
        }
        self = record
    }

    private init() {}

    /// What she is, as an object that says more, or in a word.
    private mutating func readRelationship(_ reader: inout JSONReader) throws(JSONError) {
        if try reader.kind() == .string {
            relationship = try reader.statedText()
            return
        }
        var (word, responsibility) = (relationship, parentalResponsibility)
        try reader.objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "relationship": word = try value.statedText()
            case "parental_responsibility": responsibility = try value.statedBool()
            default: break
            }
        }
        (relationship, parentalResponsibility) = (word, responsibility)
    }
}
