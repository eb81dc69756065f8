internal import JSON

/// What `employment_details` says that matters here.
struct EmploymentRecord {
    var current = Stated<Bool>.missing
    var teachingStaff = Stated<Bool>.missing
    var teacherNumber = Stated<String>.missing
    var start = WireDate.none

    init() {}

    init(_ reader: inout JSONReader, withTeaching: Bool) throws(JSONError) {
        var employment = EmploymentRecord()
        try reader.objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "current": employment.current = try value.statedBool()
            case "teaching_staff" where withTeaching:
                employment.teachingStaff = try value.statedBool()
            case "teacher_number": employment.teacherNumber = try value.statedNumber()
            case "employment_start_date": employment.start = try value.statedDate()
            default: break
            }
        }
        self = employment
    }
}

/// One entry of `roles`.
struct RoleRecord {
    var title = Stated<String>.missing
    var start = WireDate.none
    var end = WireDate.none

    init(_ reader: inout JSONReader) throws(JSONError) {
        var role = Stated<String>.missing
        var start = WireDate.none
        var end = WireDate.none
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "role": role = try value.statedText()
            case "start_date": start = try value.statedDate()
            case "end_date": end = try value.statedDate()
            default: break
            }
        }
        title = role
        self.start = start
        self.end = end
    }
}

/// One entry of `hierarchy`: somebody, and since and until when.
struct HierarchyRecord {
    var id: String?
    var start = WireDate.none
    var end = WireDate.none

    init(_ reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var start = WireDate.none
        var end = WireDate.none
        try reader.pointer { key, value throws(JSONError) in
            switch key {
            case "id": id = try value.pointedID()
            case "meta":
                try value.objectOrNothing { key, value throws(JSONError) in
                    switch key {
                    case "start_date": start = try value.statedDate()
                    case "end_date": end = try value.statedDate()
                    default: break
                    }
                }
            default: break
            }
        }
        self.id = id
        self.start = start
        self.end = end
    }
}
