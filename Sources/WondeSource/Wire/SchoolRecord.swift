internal import JSON

/// A school as Wonde describes it.
struct SchoolRecord {
    var id: String?
    var name: String?
    var timeZone: String?
    var provider: String?
    /// The host of the school's region.
    var domain: String?

    /// Reads the answer to `schools/{id}`; nil where it has no school.
    static func read(_ body: [UInt8]) throws(JSONError) -> SchoolRecord? {
        try JSONReader.read(body) { document throws(JSONError) in
            try document.included { data throws(JSONError) in try SchoolRecord(&data) }
        }.value
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        var school = SchoolRecord()
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "id": school.id = try value.statedID()
            case "name": school.name = try value.statedText().value
            case "timezone": school.timeZone = try value.statedText().value
            case "mis": school.provider = try value.statedText().value
            case "region":
                try value.objectOrNothing { key, value throws(JSONError) in
                    if "domain" ~= key { school.domain = try value.statedText().value }
                }
            default: break
            }
        }
        self = school
    }

    private init() {}
}

/// Where a school stands with this application, as `meta/schools/{id}` says.
struct SchoolState {
    var isApproved: Bool?
    var isAudited: Bool?
    var isOnline: Bool?

    static func read(_ body: [UInt8]) throws(JSONError) -> SchoolState {
        var state = SchoolState()
        try JSONReader.read(body) { document throws(JSONError) in
            _ = try document.included { data throws(JSONError) in
                try data.objectOrNothing { key, value throws(JSONError) in
                    switch key {
                    case "approved": state.isApproved = try value.statedBool().value
                    case "audited": state.isAudited = try value.statedBool().value
                    case "online": state.isOnline = try value.statedBool().value
                    default: break
                    }
                }
            }
        }
        return state
    }
}

/// How many records a list's page has.
enum RowCount {
    /// Nil where there is no list.
    static func read(_ body: [UInt8]) throws(JSONError) -> Int? {
        try JSONReader.read(body) { document throws(JSONError) in
            try document.included { data throws(JSONError) in
                var rows = 0
                try data.array { _ throws(JSONError) in rows += 1 }
                return rows
            }
        }.value
    }
}
