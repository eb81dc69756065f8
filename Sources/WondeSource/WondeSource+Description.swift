internal import JSON
public import Roster

extension WondeSource {
    /// Asks what the school is, what it grants, and which parts it refuses to include.
    ///
    /// Three requests, and one for each of `kinds`, where nothing is refused. What only adds
    /// knowledge may fail.
    public func describe(
        _ kinds: Set<PersonKind>,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> SourceDescription {
        var inquiry = Inquiry(source: self, kinds: kinds, deadline: deadline)
        return try await inquiry.run()
    }
}

/// One asking of all that `describe` wants to know.
private struct Inquiry {
    let source: WondeSource
    let kinds: [PersonKind]
    let deadline: ContinuousClock.Instant
    var toll = Toll()

    private var settings: WondeSettings { source.settings }
    private var schoolID: String { settings.schoolID }

    init(source: WondeSource, kinds: Set<PersonKind>, deadline: ContinuousClock.Instant) {
        self.source = source
        self.kinds = PersonKind.allCases.filter(kinds.contains)
        self.deadline = deadline
    }

    mutating func run() async throws(SourceError) -> SourceDescription {
        let school = try await school()
        try learnRegion(of: school)
        let provider = settings.provider ?? school.provider
        var capabilities = Capabilities(
            provider: provider,
            neverByProvider: Provider(named: provider)?.lacks ?? []
        )
        let permissions = try await permissions()
        let hasClasses = try await hasClasses(permissions)
        for kind in kinds {
            var known = KindCapabilities()
            // Permissions taken back may not turn the classes of a school into something else.
            known.hasClasses = hasClasses || permissions.denies(.classes, of: kind)
            known.grants = permissions.grants(of: kind, hasClasses: known.hasClasses)
            let parts = IncludePart.wanted(of: kind, by: settings, hasClasses: known.hasClasses)
            known.refusedParts = try await refused(among: parts, of: kind).names
            capabilities[kind, in: schoolID] = known
        }
        return SourceDescription(
            schools: [
                SchoolDescription(
                    id: schoolID,
                    name: school.name ?? schoolID,
                    timeZone: school.timeZone
                )
            ],
            capabilities: capabilities,
            requests: toll.requests,
            pause: toll.pause
        )
    }

    /// The school itself, asked for at the default domain where none was configured.
    private mutating func school() async throws(SourceError) -> SchoolRecord {
        let origin = source.configuredOrigin ?? .wonde
        switch try await get(source.schoolPath, from: origin) {
        case .answered(let body):
            let school = try Self.read(body, from: origin) { body throws(JSONError) in
                try SchoolRecord.read(body)
            }
            guard let school, school.id == schoolID else {
                throw .malformed(
                    reason: "\(origin.name) does not describe the school \(schoolID); check the"
                        + " school id and the base URL."
                )
            }
            return school
        case .forbidden:
            try await explainRefusal()
            throw .refused(
                reason: "The token may not read the school \(schoolID) (403); check that it is"
                    + " the token of this school."
            )
        case .notFound:
            try await explainRefusal()
            throw .schoolUnknown(schoolID)
        case .includeRefused:
            throw .malformed(
                reason: "\(origin.name) refuses to describe the school \(schoolID); try again."
            )
        }
    }

    /// From here on the school is asked for in its region; a token goes to no other host.
    private func learnRegion(of school: SchoolRecord) throws(SourceError) {
        guard source.configuredOrigin == nil, let domain = school.domain else { return }
        guard Origin(region: domain) != nil else {
            throw .malformed(
                reason: "Wonde names a region for \(schoolID) that is not one of its known hosts;"
                    + " ask Wonde for the school's address and give it as the base URL."
            )
        }
        source.learn(region: domain.lowercased())
    }

    /// What the school permits; nothing is known where Wonde does not say.
    private mutating func permissions() async throws(SourceError) -> Permissions {
        let body = try await optional("meta/\(source.schoolPath)/permissions")
        let records = body.flatMap { try? PermissionRecord.read($0) } ?? []
        return Permissions(records, today: source.today())
    }

    /// Whether the school keeps classes.
    ///
    /// Groups stand in only where a list that may be read is empty: no error may turn the classes
    /// of a school into something else.
    private mutating func hasClasses(_ permissions: Permissions) async throws(SourceError) -> Bool {
        let wanting = kinds.filter { $0.fields.contains(.classes) }
        guard settings.fields.contains(.classes),
            wanting.contains(where: { !permissions.denies(.classes, of: $0) })
        else { return true }
        let origin = source.origin
        guard
            case .answered(let body) = try await get(
                "\(source.schoolPath)/classes?per_page=1",
                from: origin
            )
        else { return true }
        return try Self.read(body, from: origin) { body throws(JSONError) in
            try RowCount.read(body)
        } != 0
    }

    /// The parts that the school refuses: all at once, and one by one if that fails.
    private mutating func refused(
        among parts: Set<IncludePart>,
        of kind: PersonKind
    ) async throws(SourceError) -> Set<IncludePart> {
        if try await allows(parts, of: kind) { return [] }
        var refused: Set<IncludePart> = []
        for part in IncludePart.allCases where parts.contains(part) {
            if part == .classSubjects, refused.contains(.classes) {
                refused.insert(part)
            } else if try await !allows([part], of: kind) {
                guard !part.isRequired else { throw .contactDetailsRefused(kind) }
                refused.insert(part)
            }
        }
        return refused
    }

    /// Asks for one person of `kind` with `parts`.
    private mutating func allows(
        _ parts: Set<IncludePart>,
        of kind: PersonKind
    ) async throws(SourceError) -> Bool {
        let query = ListQuery(parts: parts, pageSize: 1)
        let origin = source.origin
        switch try await get("\(source.list(of: kind).path)?\(query.text)", from: origin) {
        case .answered(let body):
            let rows = try Self.read(body, from: origin) { body throws(JSONError) in
                try RowCount.read(body)
            }
            if rows == 0 { try await explainRefusal() }
            return true
        case .includeRefused: return false
        case .forbidden:
            try await explainRefusal()
            throw .peopleForbidden(kind, schoolID)
        case .notFound:
            try await explainRefusal()
            throw .schoolUnknown(schoolID)
        }
    }

    /// Throws if the school's state explains why nothing can be read.
    private mutating func explainRefusal() async throws(SourceError) {
        guard let body = try await optional("meta/\(source.schoolPath)"),
            let state = try? SchoolState.read(body)
        else { return }
        if state.isApproved == false {
            throw .refused(
                reason: "The school \(schoolID) has not approved this application in Wonde, or"
                    + " has taken the approval back; ask the school."
            )
        }
        if state.isAudited == false {
            throw .refused(
                reason: "Wonde has not yet finished checking the data of \(schoolID); try again"
                    + " when it says that the school is audited."
            )
        }
        if state.isOnline == false {
            throw .unavailable(
                reason: "The MIS of \(schoolID) is offline at Wonde and shows nobody; ask the"
                    + " school to bring it back."
            )
        }
    }

    private mutating func get(
        _ target: String,
        from origin: Origin
    ) async throws(SourceError) -> WondeClient.Reply {
        try await source.client.get(
            target,
            from: origin,
            limit: WondeSource.singleLimit,
            by: deadline,
            &toll
        )
    }

    /// The body of an answer that may be done without.
    private mutating func optional(_ target: String) async throws(SourceError) -> [UInt8]? {
        do throws(SourceError) {
            if case .answered(let body) = try await get(target, from: source.origin) { return body }
            return nil
        } catch {
            switch error {
            case .cancelled, .overloaded, .refused: throw error
            case .unavailable, .malformed, .unknown: return nil
            }
        }
    }

    private static func read<Value>(
        _ body: [UInt8],
        from origin: Origin,
        _ read: ([UInt8]) throws(JSONError) -> Value
    ) throws(SourceError) -> Value {
        do throws(JSONError) {
            return try read(body)
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
    }
}
