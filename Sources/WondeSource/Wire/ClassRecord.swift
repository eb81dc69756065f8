internal import JSON

/// One entry of `classes`, or of `groups`, which lacks some of it.
struct ClassRecord {
    var id: String?
    var name = Stated<String>.missing
    var code = Stated<String>.missing
    var description = Stated<String>.missing
    var type = Stated<String>.missing
    var subject: String?
    var academicYear: String?
    var link = ClassLink()

    init(_ reader: inout JSONReader) throws(JSONError) {
        var record = ClassRecord()
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "id": record.id = try value.statedID()
            case "name": record.name = try value.statedText()
            case "code": record.code = try value.statedText()
            case "description": record.description = try value.statedText()
            case "type": record.type = try value.statedText()
            case "subject": record.subject = try value.readIncludedName()
            case "academic_year": record.academicYear = try value.readAcademicYear()
            case "meta": record.link = try ClassLink(&value)
            default: break
            }
        }
        self = record
    }

    private init() {}
}

/// What a member of staff is in a class, as the `meta` of the link says.
struct ClassLink {
    var isMainTeacher = Stated<Bool>.missing
    var isClassTeacher = Stated<Bool>.missing
    var role = Stated<String>.missing

    init() {}

    init(_ reader: inout JSONReader) throws(JSONError) {
        var link = ClassLink()
        try reader.objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "is_main_teacher": link.isMainTeacher = try value.statedBool()
            case "is_class_teacher": link.isClassTeacher = try value.statedBool()
            case "role": link.role = try value.statedText()
            default: break
            }
        }
        self = link
    }
}

extension JSONReader {
    /// The name of what an include wraps; a plain id, which comes where it was not included, is nil.
    fileprivate mutating func readIncludedName() throws(JSONError) -> String? {
        guard try kind() == .object else {
            try skip()
            return nil
        }
        return try included { subject throws(JSONError) in try subject.readName() }.value ?? nil
    }

    private mutating func readName() throws(JSONError) -> String? {
        var name: String?
        try objectOrNothing { key, value throws(JSONError) in
            if "name" ~= key { name = try value.statedText().value }
        }
        return name
    }

    /// A year that is stated as a text; its other shapes are not known and not guessed at.
    fileprivate mutating func readAcademicYear() throws(JSONError) -> String? {
        guard [.object, .array].contains(try kind()) else { return try statedText().value }
        try skip()
        return nil
    }
}
