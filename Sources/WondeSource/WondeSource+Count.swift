internal import JSON
public import Roster

extension WondeSource {
    /// How many people on roll Wonde counts; nil where it does not say.
    public func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async -> Int? {
        guard school == self.school else { return nil }
        var toll = Toll()
        let reply = try? await client.get(
            "\(schoolPath)/counts?include=\(kind.wondePath)",
            from: origin,
            limit: Self.singleLimit,
            by: deadline,
            &toll
        )
        guard case .answered(let body) = reply else { return nil }
        return try? Self.count(of: kind.wondePath, in: body)
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
