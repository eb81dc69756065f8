internal import JSON
public import Roster

extension WondeSource {
    /// How many people on roll Wonde counts.
    public func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Int? {
        let origin = origin
        guard school == self.school else { throw .foreignSchool(school.school) }
        var toll = Toll()
        let reply = try await client.get(
            "\(schoolPath)/counts?include=\(kind.wondePath)",
            from: origin,
            limit: Self.singleLimit,
            by: deadline,
            &toll
        )
        // Every school has counts: an answer without one is trouble, and no licence to do without.
        guard case .answered(let body) = reply else { throw .noCount(of: kind, from: origin) }
        let count: Int?
        do throws(JSONError) { count = try Self.count(of: kind.wondePath, in: body) } catch {
            throw SourceError(error, in: body, from: origin)
        }
        guard let count else { throw .noCount(of: kind, from: origin) }
        return count
    }

    /// Reads `{"data": {"employees": {"data": {"count": 122}}}}`.
    private static func count(
        of path: String,
        in body: [UInt8]
    ) throws(JSONError) -> Int? {
        var count: Int?
        try JSONReader.read(body) { document throws(JSONError) in
            _ = try document.included { counts throws(JSONError) in
                try counts.objectOrNothing { key, value throws(JSONError) in
                    guard key.text == path else { return }
                    _ = try value.included { employees throws(JSONError) in
                        try employees.objectOrNothing { key, value throws(JSONError) in
                            if "count" ~= key { count = try value.integer() }
                        }
                    }
                }
            }
        }
        return count.flatMap { $0 < 0 ? nil : $0 }
    }
}
