internal import JSON

/// What `education_details` of a pupil says that matters here.
struct EducationRecord {
    var admission = WireDate.none
    var leaving = WireDate.none
    var upn = Stated<String>.missing
    var learnerNumber = Stated<String>.missing
    /// Whether the school shows anything of it.
    var isShown = false

    init() {}

    init(_ reader: inout JSONReader) throws(JSONError) {
        var education = EducationRecord()
        try reader.objectOrNothing { key, value throws(JSONError) in
            if try value.kind() != .null { education.isShown = true }
            switch key {
            case "admission_date": education.admission = try value.statedDate()
            case "leaving_date": education.leaving = try value.statedDate()
            case "upn": education.upn = try value.statedNumber()
            case "learner_number": education.learnerNumber = try value.statedNumber()
            default: break
            }
        }
        self = education
    }
}
