import Accounts
import Roster

// What a look-up asks the source.
extension LookUpFlight {
    /// Asks for the record; what the gate of the source is told goes with the answer.
    func ask(_ key: SourceKey) async -> Asked {
        // Side by side: each waits for the store.
        async let numbered = number()
        let source: any RosterSource
        do throws(SourceError) {
            source = try await workshop.sources.source(of: school.connection)
        } catch {
            _ = await numbered
            workshop.traffic.note(error.sentence, of: school.connection)
            let heard = Heard(key: key, answer: .failed(error))
            return (.success(heard), .givenUp)
        }
        let sequence: Int64
        switch await numbered {
        case .success(let number): sequence = number
        case .failure(let error): return (.failure(error), .givenUp)
        }
        let start = workshop.clock.instant()
        let (asked, lookUp, isShared) = await question(source, key, sequence, at: start)
        let time = start.duration(to: workshop.clock.instant())
        workshop.traffic.note(lookUp.trouble, of: school.connection)
        workshop.telemetry.lookedUp(lookUp, from: school.connection, in: time, as: login)
        let (answer, requests, wait) = await confirm(lookUp.answer, to: asked, with: source)
        let heard = Heard(
            key: asked,
            answer: answer,
            requests: lookUp.requests + requests,
            time: time,
            learnt: lookUp.learnt,
            isShared: isShared
        )
        return (.success(heard), wait ?? SourceGate.Verdict(lookUp))
    }

    /// Asks for the record; a stranger's id that is none of its kind may be one of another, or one of
    /// that kind too.
    private func question(
        _ source: any RosterSource,
        _ key: SourceKey,
        _ sequence: Int64,
        at start: ContinuousClock.Instant
    ) async -> (SourceKey, LookUp, isShared: Bool) {
        var asked = key
        var requests = 0
        var others = otherKinds[...]
        var found: (key: SourceKey, lookUp: LookUp)?
        while true {
            var lookUp = await source.lookUp(
                asked,
                knowing: school.connection.capabilities,
                sequence: sequence,
                by: start.advanced(by: settings.lookUpTimeout)
            )
            lookUp.requests += requests
            switch lookUp.answer {
            case .found where found != nil: return (asked, lookUp, true)
            case .found where !source.sharesIDsAmongKinds: return (asked, lookUp, false)
            case .found: found = (asked, lookUp)
            case .notReturned: break
            // Whether somebody else has the id could not be asked.
            case .refused, .failed: return (asked, lookUp, false)
            }
            guard lookUp.pause == nil, let kind = others.popFirst() else {
                guard var found else { return (asked, lookUp, false) }
                found.lookUp.requests = lookUp.requests
                return (found.key, found.lookUp, false)
            }
            requests = lookUp.requests
            asked = SourceKey(school: key.school, kind: kind, id: key.id)
        }
    }

    private func number() async -> Result<Int64, StoreError> {
        do throws(StoreError) {
            return .success(try await workshop.store.nextSequence())
        } catch {
            return .failure(error)
        }
    }

    /// An answer that empties what was filled is believed only if the school's permissions, read
    /// again, still grant it: one person's nulls cannot show that a permission was taken back.
    ///
    /// What only a complete list showed to be granted, only a complete list may empty. A pupil whose
    /// last day had passed is back only if the school still shows such days: hidden, it looks like none.
    private func confirm(
        _ answer: LookUpAnswer,
        to key: SourceKey,
        with source: any RosterSource
    ) async -> (LookUpAnswer, requests: Int, wait: SourceGate.Verdict?) {
        guard case .found(let observation) = answer,
            let link = known?.links.first(where: { $0.key == key })
        else { return (answer, 0, nil) }
        let emptied = observation.fieldsEmptied(since: link.last)
        let isBack =
            key.kind == .student && observation.standing == .current
            && link.state == .left(.notCurrent)
        guard !emptied.isEmpty || isBack else { return (answer, 0, nil) }
        var description: SourceDescription?
        // The source may ask to be left alone now, though it answered before.
        var wait: SourceGate.Verdict?
        do throws(SourceError) {
            description = try await source.describe(
                [key.kind],
                by: workshop.clock.instant() + settings.lookUpTimeout
            )
            if let pause = description?.pause { wait = .answered(pause: pause) }
        } catch {
            if case .overloaded = error { wait = SourceGate.Verdict(error) }
        }
        let grants = description?.capabilities[key.kind, in: key.school.school].grants ?? [:]
        let unconfirmed = emptied.filter { grants[$0, default: .unknown] != .granted }
        var confirmed = observation.withholding(unconfirmed)
        if isBack, description == nil || grants[.standing] == .denied {
            confirmed.standing = .unstated
        }
        return (.found(confirmed), description?.requests ?? 1, wait)
    }
}

extension LookUp {
    /// What it tells of the source's health; nil where that answered, whatever it said.
    fileprivate var trouble: String? {
        switch answer {
        case .found, .notReturned: nil
        case .refused(let reason): reason
        case .failed(let error): error.sentence
        }
    }
}

extension SourceGate.Verdict {
    /// What the answer to a look-up tells the gate of its source.
    init(_ lookUp: LookUp) {
        switch lookUp.answer {
        case .found, .notReturned: self = .answered(pause: lookUp.pause)
        case .refused: self = .failed
        case .failed(let error): self = Self(error)
        }
    }
}
