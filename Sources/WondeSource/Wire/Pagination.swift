internal import JSON

/// What a list says of where it goes on, in `meta.pagination`.
struct Pagination: Sendable, Hashable {
    var next: String?
    var more: Bool?
    var currentPage: Int?

    /// Reads `meta`; nil where it says nothing of pages.
    static func read(meta reader: inout JSONReader) throws(JSONError) -> Pagination? {
        var pagination: Pagination?
        try reader.objectOrNothing { key, value throws(JSONError) in
            if "pagination" ~= key { pagination = try Pagination.read(&value) }
        }
        return pagination
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> Pagination? {
        var pagination = Pagination()
        let isThere = try reader.objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "next": pagination.next = try value.statedText().value
            case "more": pagination.more = try value.statedBool().value
            case "current_page": pagination.currentPage = try value.integer()
            default: break
            }
        }
        return isThere ? pagination : nil
    }
}
