internal import JSON
internal import Roster

/// One page of people as it was read.
struct PersonList {
    /// The people, in the order of the page.
    var observations: [Observation] = []
    /// The records that could not be read.
    var unreadable: [UnreadableRecord] = []
    /// The records of the page, readable or not.
    var rows = 0
    /// What the page says of the next one; nil where it has no `meta` for that.
    var pagination: Pagination?

    private var places: [String: Int] = [:]

    /// Reads a whole page; nil where it has no list of records.
    static func read(
        _ body: [UInt8],
        mapping: PersonMapping
    ) throws(JSONError) -> PersonList? {
        var list = PersonList()
        var hasData = false
        var reading = mapping.reading
        try JSONReader.read(body) { document throws(JSONError) in
            try document.object { key, value throws(JSONError) in
                switch key {
                case "data":
                    hasData = true
                    try value.array { row throws(JSONError) in
                        try list.add(&row, reading: &reading, mapping: mapping)
                    }
                case "meta": list.pagination = try Pagination.read(meta: &value)
                default: break
                }
            }
        }
        return hasData ? list : nil
    }

    private mutating func add(
        _ row: inout JSONReader,
        reading: inout PersonReading,
        mapping: PersonMapping
    ) throws(JSONError) {
        rows += 1
        switch try row.person(reading: &reading, mapping: mapping) {
        case .unreadable(let record): unreadable.append(record)
        case .person(let person): add(person)
        }
    }

    private mutating func add(_ person: Observation) {
        let id = person.key.id
        if let place = places[id] {
            guard observations[place] != person else { return }
            unreadable.append(RecordFault.contradicted.record(of: id))
        } else {
            places[id] = observations.count
            observations.append(person)
        }
    }
}

/// A single person as she was read.
enum PersonAnswer: Sendable, Hashable {
    case person(Observation)
    case unreadable(UnreadableRecord)

    /// Reads the answer to a look-up; nil where it has no record.
    static func read(
        _ body: [UInt8],
        mapping: PersonMapping
    ) throws(JSONError) -> PersonAnswer? {
        var answer: PersonAnswer?
        var reading = mapping.reading
        try JSONReader.read(body) { document throws(JSONError) in
            try document.object { key, value throws(JSONError) in
                guard "data" ~= key, try value.kind() == .object else { return }
                answer = try value.person(reading: &reading, mapping: mapping)
            }
        }
        return answer
    }
}

extension PersonMapping {
    /// The reading of what is mapped.
    fileprivate var reading: PersonReading {
        PersonReading(kind: kind, parts: parts, fields: settings.fields)
    }
}

extension JSONReader {
    /// One record; only broken JSON is an error, any other trouble is the record's own.
    fileprivate mutating func person(
        reading: inout PersonReading,
        mapping: PersonMapping
    ) throws(JSONError) -> PersonAnswer {
        let start = position
        let record: PersonRecord
        do throws(JSONError) {
            record = try reading.read(&self)
        } catch {
            guard !error.isMalformed else { throw error }
            let fault = RecordFault.wrongShape(reading.place.description)
            rewind(to: start)
            let id = try idAlone()
            return .unreadable(fault.record(of: id))
        }
        do throws(RecordFault) {
            return .person(try mapping.observation(of: record))
        } catch {
            return .unreadable(error.record(of: record.id))
        }
    }

    /// The id of a record that could not be read, if that much can; the record is passed over.
    mutating func idAlone() throws(JSONError) -> String? {
        guard try kind() == .object else {
            try skip()
            return nil
        }
        var id: String?
        try object { key, value throws(JSONError) in
            if "id" ~= key, try value.kind() == .string { id = try value.statedID() }
        }
        return id
    }
}
