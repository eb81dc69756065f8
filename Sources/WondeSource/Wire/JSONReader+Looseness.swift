internal import JSON

/// The ways in which Wonde's answers vary, read in one place each.
///
/// A value of a wrong shape is an error and never read as null, which might clear something.
extension JSONReader {
    /// A text; a number or boolean is taken as it is written.
    mutating func statedText() throws(JSONError) -> Stated<String> {
        switch try kind() {
        case .null:
            try skip()
            return .blank
        case .string:
            let text = try string()
            return text.isBlank ? .blank : .value(text)
        case .number, .bool:
            return try text().map { .value($0) } ?? .blank
        case .object, .array:
            throw try wrongKind(wanted: .string)
        }
    }

    /// A number of a person, which only helps to know her again: what is no text says nothing.
    mutating func statedNumber() throws(JSONError) -> Stated<String> {
        switch try kind() {
        case .object, .array:
            try skip()
            return .missing
        default: return try statedText()
        }
    }

    /// An id: only a text will do, because identities are never guessed.
    mutating func statedID() throws(JSONError) -> String? {
        if try kind() == .null {
            try skip()
            return nil
        }
        let id = try string()
        return id.isBlank ? nil : id
    }

    /// The members of an entry that points at somebody; what is no object points at nobody.
    mutating func pointer(
        _ member: (JSONKey, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard try kind() == .object else { return try skip() }
        try object(member)
    }

    /// The id in such an entry, which is a copy of somebody else's record; nil where it cannot be
    /// read.
    mutating func pointedID() throws(JSONError) -> String? {
        guard try kind() == .string else {
            try skip()
            return nil
        }
        return try statedID()
    }

    /// A yes or no; texts and the numbers 0 and 1 will do.
    mutating func statedBool() throws(JSONError) -> Stated<Bool> {
        let start = position
        let found = try kind()
        if found == .null {
            try skip()
            return .blank
        }
        if let value = try bool() { return .value(value) }
        rewind(to: start)
        if found == .string, try string().isBlank { return .blank }
        rewind(to: start)
        throw try wrongKind(wanted: .bool)
    }

    /// A date: `{"date": "…", "timezone": "…"}`, a text, or null.
    mutating func statedDate() throws(JSONError) -> WireDate {
        switch try kind() {
        case .null:
            try skip()
            return .none
        case .string:
            return WireDate(try string())
        case .object, .array:
            var date = WireDate.none
            try objectOrNothing { key, value throws(JSONError) in
                if "date" ~= key { date = WireDate(try value.statedText().value ?? "") }
            }
            return date
        case .number, .bool:
            try skip()
            return .unreadable
        }
    }

    /// An object; null and an empty list, which is how PHP writes an empty object, have no members.
    /// - Returns: Whether there was an object.
    @discardableResult
    mutating func objectOrNothing(
        _ member: (JSONKey, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        switch try kind() {
        case .null:
            try skip()
            return false
        case .array:
            var isEmpty = true
            let start = position
            try array { _ throws(JSONError) in isEmpty = false }
            if isEmpty { return false }
            rewind(to: start)
            throw try wrongKind(wanted: .object)
        default:
            try object(member)
            return true
        }
    }

    /// What an include wraps in `{"data": …}`; blank where that is null or not there.
    mutating func included<Value>(
        _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Stated<Value> {
        var stated = Stated<Value>.blank
        try objectOrNothing { key, value throws(JSONError) in
            guard "data" ~= key else { return }
            if try value.kind() == .null {
                try value.skip()
            } else {
                stated = .value(try read(&value))
            }
        }
        return stated
    }

    /// The elements of an include of many.
    mutating func includedList<Element>(
        _ read: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> Stated<[Element]> {
        try included { data throws(JSONError) in
            var elements: [Element] = []
            try data.array { element throws(JSONError) in elements.append(try read(&element)) }
            return elements
        }
    }

    private mutating func wrongKind(wanted: JSONKind) throws(JSONError) -> JSONError {
        JSONError(.wrongKind(expected: wanted, found: try kind()), at: position)
    }
}
