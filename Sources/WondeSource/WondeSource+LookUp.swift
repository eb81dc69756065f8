internal import CurlTransport
internal import JSON
public import Roster

extension WondeSource {
    /// Asks for one member of staff; a second request follows only if a part is refused.
    public func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp {
        guard key.kind == .staff else {
            return LookUp(.failed(.kindNotRead(key.kind)), requests: 0)
        }
        guard key.school == school else {
            return LookUp(.failed(.foreignSchool(key.school.school)), requests: 0)
        }
        guard let person = PathSegment(key.id) else {
            return LookUp(
                .notReturned(reason: "The id of the person is none that Wonde gives; correct it."),
                requests: 0
            )
        }
        let parts = parts(knowing: capabilities)
        var toll = Toll()
        let first = await ask(
            for: person,
            key,
            mapping(of: parts, knowing: capabilities, sequence: sequence),
            by: deadline,
            &toll
        )
        if let answer = first { return LookUp(answer, toll) }
        guard parts != parts.required else {
            return LookUp(SourceError.contactDetailsRefused.answer, toll)
        }
        return await askAgain(
            for: person,
            key,
            without: parts.subtracting(parts.required),
            knowing: capabilities,
            sequence: sequence,
            by: deadline,
            after: toll
        )
    }

    /// The request that a look-up of `key` sends, without the token.
    public func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String] {
        guard key.kind == .staff, let person = PathSegment(key.id) else { return [] }
        let target = target(of: person, parts(knowing: capabilities))
        return ["GET \(WondeClient.address(target, at: origin))"]
    }

    /// Drops every optional part at once: a login has no time to find out which one was refused.
    ///
    /// What was dropped is remembered as refused until the next full run has probed each part, so
    /// that logins until then need one request.
    private func askAgain(
        for person: PathSegment,
        _ key: SourceKey,
        without dropped: Set<IncludePart>,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant,
        after first: Toll
    ) async -> LookUp {
        var toll = first
        var learnt = capabilities
        learnt.refusedParts.formUnion(dropped.names)
        let mapping = mapping(
            of: parts(knowing: learnt),
            knowing: learnt,
            sequence: sequence
        )
        guard let answer = await ask(for: person, key, mapping, by: deadline, &toll) else {
            return LookUp(SourceError.contactDetailsRefused.answer, toll)
        }
        guard case .found = answer else { return LookUp(answer, toll) }
        return LookUp(answer, toll, learnt: learnt)
    }

    /// Sends one request; nil where a part of it is refused.
    private func ask(
        for person: PathSegment,
        _ key: SourceKey,
        _ mapping: EmployeeMapping,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async -> LookUpAnswer? {
        let origin = origin
        do throws(SourceError) {
            let reply = try await client.get(
                target(of: person, mapping.parts),
                from: origin,
                limit: Self.singleLimit,
                priority: .urgent,
                by: deadline,
                &toll
            )
            switch reply {
            case .answered(let body): return try read(body, key, mapping, from: origin)
            case .includeRefused: return nil
            case .forbidden: return .notReturned(reason: Self.notReturned(key, status: 403))
            case .notFound: return .notReturned(reason: Self.notReturned(key, status: 404))
            }
        } catch {
            return error.answer
        }
    }

    private func target(of person: PathSegment, _ parts: Set<IncludePart>) -> String {
        "\(schoolPath)/employees/\(person.escaped)?include=\(parts.parameter)"
    }

    private func read(
        _ body: [UInt8],
        _ key: SourceKey,
        _ mapping: EmployeeMapping,
        from origin: Origin
    ) throws(SourceError) -> LookUpAnswer {
        let answer: EmployeeAnswer?
        do throws(JSONError) {
            answer = try EmployeeAnswer.read(body, mapping: mapping)
        } catch {
            throw SourceError(error, in: body, from: origin)
        }
        switch answer {
        case .person(let person) where person.key == key: return .found(person)
        case .person:
            throw .malformed(
                reason: "\(origin.name) answers with the record of somebody else than"
                    + " \(key.id.prefix(40)); try again, and if it stays ask Wonde."
            )
        case .unreadable(let record): throw .malformed(reason: record.reason)
        case nil:
            throw .malformed(
                reason: "The answer of \(origin.name) has no record of \(key.id.prefix(40));"
                    + " try again, and if it stays ask Wonde."
            )
        }
    }

    private static func notReturned(_ key: SourceKey, status: Int) -> String {
        "Wonde does not return \(key.id.prefix(40)) (\(status)): the person may have left, be"
            + " hidden by the school, or have a new id after a change of MIS; the next full sync"
            + " will tell."
    }
}

extension LookUp {
    fileprivate init(_ answer: LookUpAnswer, _ toll: Toll, learnt: Capabilities? = nil) {
        self.init(answer, requests: toll.requests, learnt: learnt, pause: toll.pause)
    }
}

extension SourceError {
    /// The error as the answer to a look-up.
    fileprivate var answer: LookUpAnswer {
        if case .refused(let reason) = self { .refused(reason: reason) } else { .failed(self) }
    }
}
