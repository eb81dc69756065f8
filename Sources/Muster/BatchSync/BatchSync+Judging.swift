import Accounts
import Reconciliation
import Roster

// The guards on the whole staged plan, before the first write.
extension BatchSync {
    /// Drafts everything that was staged without applying any of it, and holds back what would take
    /// too much from too many, or make too many accounts.
    func judge(
        _ parts: inout [SyncPart],
        _ capabilities: inout Capabilities,
        from source: any RosterSource,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        guard let connection = parts.first?.connection else { return }
        let wasLoaded = try await stored { () throws(StoreError) in
            try await workshop.wasLoaded(connection.id)
        }
        var tallies: [LossTally] = []
        for index in parts.indices {
            let tally = try await tally(of: parts[index])
            tallies.append(tally)
            parts[index].guardsCreation = wasLoaded && tally.peopleAtSchool > 0
            parts[index].weighsNewcomers = tally.hasAccounts
            try await findRenumbering(of: &parts[index], among: tally.peopleAtSchool)
            if parts[index].isRenumbered { result.noteChangedIDs(of: parts[index]) }
        }
        try await weigh(&parts)
        if try await withholdRevoked(&parts, &capabilities, from: source, &result) {
            try await weigh(&parts)
        }
        for part in parts {
            result.withdrawn += part.withdrawn
            if part.awaitsClassesSinceNow { result.remarkEmptyClasses(of: part) }
        }
        hold(&parts, tallies)
        for part in parts where !part.isRenumbered { result.explainHolds(of: part) }
    }

    private func hold(_ parts: inout [SyncPart], _ tallies: [LossTally]) {
        let totals = parts.reduce(into: [PersonKind: Toll]()) {
            $0[$1.kind, default: Toll()].add($1.toll)
        }
        for (index, before) in tallies.enumerated() where !parts[index].isRenumbered {
            let part = parts[index]
            let total = totals[part.kind, default: Toll()]
            var tally = before
            // Whom the list joins to an account is one of those who may lose something.
            tally.peopleAtSchool += part.toll.joined
            tally.peopleOfTenant += total.adopted
            parts[index].held = LossGuard.held(
                part.toll.losses,
                ofTenant: total.losses,
                by: tally,
                filled: part.filledBefore,
                kind: part.kind
            ).union(part.lossesAtTheEnd)
            parts[index].madeBefore = before.atSchool[.creation, default: 0]
            parts[index].holdsNewcomers =
                part.guardsCreation && LossGuard.isTooManyNew(part.toll.created, by: before)
        }
    }

    /// What was taken from the people of a part lately, and how many there are.
    func tally(of part: SyncPart) async throws(SyncFailure) -> LossTally {
        let question = LossQuestion(
            tenant: part.connection.tenant,
            school: part.key,
            kind: part.kind,
            besides: AccountID(0),
            dayAgo: workshop.clock.now().advanced(by: .seconds(-86_400))
        )
        return try await stored { () throws(StoreError) in
            try await workshop.store.tally(question)
        }
    }

    private func weigh(_ parts: inout [SyncPart]) async throws(SyncFailure) {
        guard parts.contains(where: { $0.known > 0 || $0.weighsNewcomers }),
            let run = parts.first?.run
        else { return }
        for index in parts.indices { parts[index].beginWeighing() }
        try await forEachStaged(in: run) { rows throws(SyncFailure) in
            for index in parts.indices where !parts[index].isRenumbered {
                let part = parts[index]
                let own = rows.filter {
                    part.holds($0.observation.key) && ($0.isLinked || part.weighsNewcomers)
                        && !part.spares($0.observation.key)
                }
                guard !own.isEmpty else { continue }
                let observations = try await believed(own.map(\.observation), part)
                parts[index].weigh(try await draft(observations, part), of: observations)
            }
        }
    }
}

extension SyncPart {
    /// What of a draft waits for a person.
    func heldBack(of step: StepResult) -> HeldBack {
        var waiting = HeldBack()
        guard holdsNewcomers || !held.isEmpty else { return waiting }
        let step = judged(step)
        for plan in step.plans {
            if plan.outcome == .created, holdsNewcomers { waiting.newcomers.insert(plan.key) }
            let losses = step.lossesToCome(of: plan).intersection(held)
            if !losses.isEmpty { waiting.losses[plan.key] = losses }
        }
        return waiting
    }
}

/// What of a step waits for a person: losses of people, and accounts that are not made.
struct HeldBack {
    var losses: [SourceKey: Set<Loss>] = [:]
    var newcomers: Set<SourceKey> = []
    /// Of those who would be suspended, the last administrators.
    private(set) var administrators: Set<SourceKey> = []

    mutating func keep(administrators records: Set<SourceKey>) {
        administrators = records
        for key in records { losses[key, default: []].insert(.access) }
    }

    /// The records of everybody from whom something waits.
    var records: Set<SourceKey> { newcomers.union(losses.keys) }

    /// What of the observations a person may approve: no more than was believed of them.
    func plan(of observations: [Observation]) -> [PlannedRecord] {
        observations.filter { records.contains($0.key) }.map { PlannedRecord(observation: $0) }
    }

    /// What may be done of the observations.
    func remainder(of observations: [Observation]) -> [Observation] {
        observations.filter { !newcomers.contains($0.key) }.without(losses)
    }

    /// What of the observations is only marked: whom a pupil would lose as responsible for her.
    func doubts(of observations: [Observation]) -> [Observation] {
        observations.doubted(for: losses)
    }
}

extension BatchSync {
    /// What may be believed of some of a part, after the whole list was judged.
    ///
    /// Where nobody has a class any more and that is not believed, places of a year that is over go
    /// nevertheless: the list states them no more, and nobody has them any longer.
    func believed(
        _ observations: [Observation],
        _ part: SyncPart
    ) async throws(SyncFailure) -> [Observation] {
        let believed = observations.map(part.believed)
        guard part.doubtsClasses else { return believed }
        let emptied = Set(observations.filter { $0.classes == .empty }.map(\.key))
        guard !emptied.isEmpty else { return believed }
        var request = ViewRequest(tenant: part.connection.tenant)
        request.keys = emptied
        let wanted = request
        let view = try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
        let turn = turn(of: part.school, part.policy)
        return believed.map { observation in
            guard emptied.contains(observation.key),
                let had = view.links[observation.key]?.last.classes.value
            else { return observation }
            let stay = had.filter { !turn.isOver($0.teachingClass.key) }
            guard stay.count < had.count else { return observation }
            var ended = observation
            ended.classes = stay.isEmpty ? .empty : .value(stay)
            return ended
        }
    }

    /// The turn of the school year around today.
    func turn(of school: SchoolDescription, _ policy: Policy) -> YearTurn {
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: school.timeZone)
        return YearTurn(on: today, freezes: policy.freezes)
    }
}

extension SyncResult {
    /// Says once in a summer that nobody has a class.
    fileprivate mutating func remarkEmptyClasses(of part: SyncPart) {
        remark(
            nil,
            "None of the \(part.kind.people) of \(part.school.name) is in a class any more, as when a school year is closed; what was known stays until the new classes come. Only if the school has not closed its year, ask it to share classes with this application again."
        )
    }

    /// Says what is held back, and why; a preview says what a sync would hold.
    fileprivate mutating func explainHolds(of part: SyncPart) {
        let school = part.school.name
        if !part.moved.isEmpty {
            let count = part.moved.count
            explain(
                "\(count.people) of \(school) \(count.word("is", "are")) listed as left, and by another record as there",
                "which the plan gives to the same \(count.word("account", "accounts"))"
            )
        }
        for loss in part.held.sorted(by: { $0.word < $1.word }) {
            let count = part.toll.losses[loss, default: 0]
            explain("\(count.people) of \(school) \(loss.words(for: count))", loss.objection)
        }
        if part.holdsNewcomers {
            let others =
                part.madeBefore > 0
                ? ", besides \(part.madeBefore) who got accounts since yesterday" : ""
            let count = part.toll.created
            explain("\(count.people) of \(school) \(Loss.creation.words(for: count))\(others)")
        }
    }

    /// Adds that so much is more than a sync does by itself.
    mutating func explain(_ what: String, _ objection: String = Loss.isTooMuch) {
        let sentence =
            "\(what), \(objection); nothing of that was done, so check it in the MIS, and approve the plan if it is right."
        trouble = [trouble, sentence].compactMap(\.self).joined(separator: " ")
    }
}

extension Loss {
    fileprivate static let isTooMuch = "more than a sync may change at once"

    /// Why it waits for a person.
    fileprivate var objection: String {
        self == .exchange ? "which no sync does by itself" : Self.isTooMuch
    }

    /// What so many people would go through, after their number.
    func words(for count: Int) -> String {
        switch self {
        case .access: "\(count.word("has", "have")) left, as the MIS says"
        case .absence: "\(count.word("is", "are")) missing from the list of the MIS"
        case .loginEmail: "would get another login address"
        case .identity: "would get the names and the address of somebody else"
        case .creation: "\(count.word("is", "are")) new in the MIS"
        case .exchange:
            "would become \(count.word("somebody with an account", "people with accounts")) already"
        case .privilege: "would lose a right"
        case .membership: "would lose places in classes"
        case .field(.teachingStaff): "would become teaching staff, or cease to be"
        case .field(let field): "would lose \(count.word("the", "their")) \(field.rawValue)"
        }
    }
}
