internal import CurlTransport
internal import JSON
public import Roster

extension WondeSource {
    /// Asks for one person; a second request follows only if a part is refused, or if a pupil is not
    /// on roll.
    public func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp {
        guard key.school == school else {
            return LookUp(.failed(.foreignSchool(key.school.school)), requests: 0)
        }
        guard let person = PathSegment(key.id) else {
            return LookUp(
                .notReturned(reason: "The id of the person is none that Wonde gives; correct it."),
                requests: 0
            )
        }
        let parts = parts(of: key.kind, knowing: capabilities)
        var toll = Toll()
        let first = await ask(
            for: person,
            key,
            mapping(of: key.kind, parts, knowing: capabilities, sequence: sequence),
            by: deadline,
            &toll
        )
        switch first {
        case .answered(let answer): return LookUp(answer, toll)
        case .notListed: return await lookUpAmongLeavers(person, key, sequence, by: deadline, toll)
        case .includeRefused: break
        }
        guard parts != parts.required else {
            return LookUp(SourceError.contactDetailsRefused(key.kind).answer, toll)
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
        guard let person = PathSegment(key.id) else { return [] }
        let parts = parts(of: key.kind, knowing: capabilities)
        let target = target(of: person, in: list(of: key.kind), parts)
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
        var without = capabilities
        without[key.kind, in: school.school].refusedParts.formUnion(dropped.names)
        let mapping = mapping(
            of: key.kind,
            parts(of: key.kind, knowing: without),
            knowing: without,
            sequence: sequence
        )
        // Who left and who is responsible for a pupil is asked for again at the next login.
        var learnt = capabilities
        learnt[key.kind, in: school.school].refusedParts.formUnion(
            dropped.subtracting([.educationDetails, .contacts]).names
        )
        switch await ask(for: person, key, mapping, by: deadline, &toll) {
        case .includeRefused:
            return LookUp(SourceError.contactDetailsRefused(key.kind).answer, toll)
        case .notListed:
            return LookUp(.notReturned(reason: Self.notReturned(key, status: 404)), toll)
        case .answered(let answer):
            guard case .found = answer else { return LookUp(answer, toll) }
            return LookUp(answer, toll, learnt: learnt)
        }
    }

    /// What one request for a person came to.
    private enum Asked {
        case answered(LookUpAnswer)
        /// A part of it is refused.
        case includeRefused
        /// The list has no such record.
        case notListed
    }

    /// Sends one request.
    private func ask(
        for person: PathSegment,
        _ key: SourceKey,
        _ mapping: PersonMapping,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async -> Asked {
        let origin = origin
        do throws(SourceError) {
            let reply = try await client.get(
                target(of: person, in: list(of: key.kind), mapping.parts),
                from: origin,
                limit: Self.singleLimit,
                priority: .urgent,
                by: deadline,
                &toll
            )
            switch reply {
            case .answered(let body):
                return .answered(try read(body, key, mapping, from: origin))
            case .includeRefused: return .includeRefused
            case .forbidden:
                return .answered(.notReturned(reason: Self.notReturned(key, status: 403)))
            case .notFound: return .notListed
            }
        } catch {
            return .answered(error.answer)
        }
    }

    /// Asks whether somebody who is not listed is among those who left.
    ///
    /// Only being found there says anything: whatever else comes back, she was not returned.
    private func lookUpAmongLeavers(
        _ person: PathSegment,
        _ key: SourceKey,
        _ sequence: Int64,
        by deadline: ContinuousClock.Instant,
        _ first: Toll
    ) async -> LookUp {
        var toll = first
        let unknown = LookUpAnswer.notReturned(reason: Self.notReturned(key, status: 404))
        guard let list = listOfLeavers(of: key.kind) else { return LookUp(unknown, toll) }
        let origin = origin
        do throws(SourceError) {
            let reply = try await client.get(
                target(of: person, in: list, []),
                from: origin,
                limit: Self.singleLimit,
                priority: .urgent,
                by: deadline,
                &toll
            )
            guard case .answered(let body) = reply else { return LookUp(unknown, toll) }
            let mapping = mapping(ofLeavers: key.kind, sequence: sequence)
            return LookUp(try read(body, key, mapping, from: origin), toll)
        } catch {
            if case .overloaded(let wait) = error { toll.note(wait) }
            return LookUp(unknown, toll)
        }
    }

    private func target(
        of person: PathSegment,
        in list: WireList,
        _ parts: Set<IncludePart>
    ) -> String {
        let include = parts.isEmpty ? "" : "?include=\(parts.parameter)"
        return "\(list.path)/\(person.escaped)\(include)"
    }

    private func read(
        _ body: [UInt8],
        _ key: SourceKey,
        _ mapping: PersonMapping,
        from origin: Origin
    ) throws(SourceError) -> LookUpAnswer {
        let answer: PersonAnswer?
        do throws(JSONError) {
            answer = try PersonAnswer.read(body, mapping: mapping)
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
        let id = key.id.prefix(40)
        if status == 403 {
            return
                "Wonde refuses to show \(id) (403): the school hides this person, or took back the"
                + " right to read \(key.kind.people); sync the school, which tells which."
        }
        return "Wonde does not return \(id) (\(status)): the person may have left, be hidden by the"
            + " school, or have a new id after a change of MIS; the next full sync will tell."
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
