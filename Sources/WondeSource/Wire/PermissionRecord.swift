internal import JSON

/// One permission that a school may give the application.
struct PermissionRecord: Sendable, Hashable {
    var identity = ""
    var approved: Bool?
    var declined: Bool?
    /// The first day it holds.
    var activeFrom = WireDate.none

    /// Reads `meta/schools/{id}/permissions`; what cannot be read is left out.
    static func read(_ body: [UInt8]) throws(JSONError) -> [PermissionRecord] {
        var records: [PermissionRecord] = []
        try JSONReader.read(body) { document throws(JSONError) in
            _ = try document.included { data throws(JSONError) in
                try data.array { element throws(JSONError) in
                    let start = element.position
                    do throws(JSONError) {
                        records.append(try PermissionRecord(&element))
                    } catch {
                        guard !error.isMalformed else { throw error }
                        element.rewind(to: start)
                    }
                }
            }
        }
        return records
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        var record = PermissionRecord(identity: "")
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "identity": record.identity = try value.statedText().value ?? ""
            case "approved": record.approved = try value.statedBool().value
            case "declined": record.declined = try value.statedBool().value
            case "active_from": record.activeFrom = try value.statedDate()
            default: break
            }
        }
        self = record
    }

    /// A permission by its identity.
    init(identity: String, approved: Bool? = nil, declined: Bool? = nil) {
        self.identity = identity
        self.approved = approved
        self.declined = declined
    }
}
