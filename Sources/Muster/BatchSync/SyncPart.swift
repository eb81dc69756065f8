import Accounts
import Reconciliation
import Roster

/// One kind of person in one school during a run: what was read of it and what that proves.
struct SyncPart {
    let connection: Connection
    let school: SchoolDescription
    let kind: PersonKind
    let policy: Policy
    let run: RunID
    /// Whether nothing is applied.
    let isPreview: Bool
    /// Whether everybody is planned, also who seems unchanged since the last time.
    var comparesAll = false
    /// Whether a person approved what is applied.
    var isApproved = false
    /// Whose records a person approved some to be.
    var confirmed: [SourceKey: Confirmation] = [:]

    /// Digests of the ids read; the one thing that grows with the school.
    private(set) var seen: Set<IDDigest> = []
    /// The number of the first request: who was looked up later was not to be seen by the run.
    var firstSequence: Int64?
    /// Whether every page was read and every id was readable.
    var isComplete = true
    /// Whether the source said how many there are, if it ever does, and listed no fewer: without that
    /// a list tells who is there and not who is absent, as where a source counts people whom it hides.
    var isCounted = true
    /// Whether a record could not be read, so that what is known of it must be kept.
    var hasUnreadable = false
    /// How many observations wait in the store.
    private(set) var staged = 0
    /// How many of those that were read have a link, and how many that have none could get one.
    private(set) var known = 0
    private(set) var newcomers = 0
    /// How many have a link that did not end with what they state.
    private var present = 0
    /// Whether the school was loaded before, so that making many accounts is odd.
    var guardsCreation = false
    /// Whether there are accounts that newcomers may be joined to, and take something from.
    var weighsNewcomers = false
    /// What everything that is staged would take and make.
    private(set) var toll = Toll()
    /// What of it is too much, and is left to a person.
    var held: Set<Loss> = []
    /// Whether the accounts it would make are too many.
    var holdsNewcomers = false
    /// How many accounts were made between lists lately, which count with those.
    var madeBefore = 0
    /// Whether its people came under new ids, as after a change of MIS: nothing of it is applied.
    var isRenumbered = false
    /// Who of a renumbered school is listed no more.
    var missing = MissingPeople()
    /// Those whose link did not end, and whose record states now that they left.
    private var leaving: Set<IDDigest> = []
    /// The records of leavers who have another one, which a person decides about: she says who they
    /// are, and nobody of them has left.
    var moved: Set<SourceKey> = []
    /// The records of leavers of whom a name suggests that a record which waits since a change of MIS
    /// is theirs: until a person decides about that, nobody knows that they left.
    var awaited: Set<SourceKey> = []
    /// Whom somebody without a link names as line manager.
    private var named: Set<IDDigest> = []
    /// Fields that are empty for all at once, so that an empty value is not believed.
    private var withheld: Set<SourceField> = []
    /// Fields that people had and are listed without now, and how many of these come after the last
    /// page on which anybody has one.
    private(set) var emptied: [SourceField: Int] = [:]
    /// The request that brought the last page on which anybody has a field.
    private var lastShown: [SourceField: Int64] = [:]
    /// How many had each field before.
    private(set) var filledBefore: [SourceField: Int] = [:]
    /// Whether nobody is listed with a class and that is not believed.
    private(set) var doubtsClasses = false
    /// Whether that is so since the year was closed, and whether it is found for the first time.
    private(set) var awaitsClasses = false
    private(set) var awaitsClassesSinceNow = false
    /// Whether places in classes of no stated year go with the year that is over.
    private var endsUnstated = false
    /// Whether what is listed as line managers cannot be line managers.
    private var contradictsHierarchy = false
    private var filled: [SourceField: Int] = [:]
    private var withManyManagers = 0
    private var people = 0

    init(
        connection: Connection,
        school: SchoolDescription,
        kind: PersonKind,
        policy: Policy,
        run: RunID,
        isPreview: Bool
    ) {
        self.connection = connection
        self.school = school
        self.kind = kind
        self.policy = policy
        self.run = run
        self.isPreview = isPreview
    }

    /// Whether the record belongs to this part.
    func holds(_ record: SourceKey) -> Bool { record.school == key && record.kind == kind }

    var key: SchoolKey { SchoolKey(connection: connection.id, school: school.id) }

    /// Whether the id is read for the first time in this run.
    mutating func isNew(_ id: String) -> Bool { seen.insert(IDDigest(id)).inserted }

    func hasSeen(_ id: String) -> Bool { seen.contains(IDDigest(id)) }

    /// Counts a record that is read for the first time; `isLinked`: whether it has an account, and
    /// `hasLeft`: whether the record says only that she left, and is known to.
    mutating func note(
        _ observation: Observation,
        isLinked: Bool,
        hasLeft: Bool,
        isOnRoll: Bool
    ) {
        if isOnRoll { weigh(observation) }
        if isLinked { known += 1 }
        if isLinked, !hasLeft {
            present += 1
            if observation.statesLeaving { leaving.insert(IDDigest(observation.key.id)) }
        }
        switch observation.standing {
        case .left, .notYetStarted: break
        case .current, .unstated: if !isLinked { newcomers += 1 }
        }
    }

    /// Whether most of `people` are listed no more and about as many came under other ids: what a
    /// change of MIS looks like.
    func isRenumbered(of people: Int) -> Bool {
        people > 5 && known * 2 < people && newcomers > 5 && newcomers * 2 > people
    }

    /// Whether so many of `people` are missing or leave, and so many are new, that their names are
    /// worth a look.
    func mayBeRenumbered(of people: Int) -> Bool {
        let gone = people - present + leaving.count
        return newcomers > 5 && LossGuard.isTooMany(gone, of: people, .absence, kind)
    }

    /// Whether what the record says is left alone until a person has decided.
    func spares(_ record: SourceKey) -> Bool { moved.contains(record) || awaited.contains(record) }

    /// Whether anybody leaves by this list.
    var hasLeavers: Bool { !leaving.isEmpty }

    /// Whether somebody leaves whose record of now may be among the new ones.
    var mayHaveMoved: Bool { hasLeavers && newcomers > 0 }

    /// Whether the record is that of somebody who leaves by this list.
    func isLeaving(_ record: SourceKey) -> Bool { leaving.contains(IDDigest(record.id)) }

    /// Whether the list has the record no more, or only says that she left.
    func isGone(_ record: SourceKey) -> Bool { !hasSeen(record.id) || isLeaving(record) }

    /// What a person approved of `observations`.
    func confirmed(among observations: [Observation]) -> [SourceKey: Confirmation] {
        let keys = Set(observations.map(\.key))
        return confirmed.filter { keys.contains($0.key) }
    }

    /// Counts what was kept in the store to be planned.
    mutating func noteStaged(_ count: Int) { staged += count }

    /// Notes whom `observation` names as line manager; gives those whom nobody named before and who
    /// were read before.
    mutating func name(managersOf observation: Observation) -> [SourceKey] {
        (observation.managers.value ?? []).map(\.key).filter { manager in
            holds(manager) && named.insert(IDDigest(manager.id)).inserted && hasSeen(manager.id)
        }
    }

    /// When the observation is taken, as far as it is known who is a line manager.
    func turn(of observation: Observation) -> StagedTurn {
        if observation.managers.value?.isEmpty ?? true { return .top }
        return named.contains(IDDigest(observation.key.id)) ? .managers : .others
    }

    /// How many different ids were read of people who have not left, as far as the source lists
    /// those who have apart.
    private(set) var onRoll = 0

    /// Counts ids that were read for the first time.
    mutating func noteOnRoll(_ count: Int) { onRoll += count }

    /// Counts what the observation fills, as evidence of what the school grants.
    private mutating func weigh(_ observation: Observation) {
        people += 1
        for field in observation.filledFields {
            filled[field, default: 0] += 1
            lastShown[field] = observation.sequence
        }
        // Where the entries are a person's managers, one has a few at the most.
        if (observation.managers.value ?? []).count > 5 { withManyManagers += 1 }
    }

    /// Learns from what was read which fields are granted, and which are empty for all.
    mutating func judgeEvidence(_ capabilities: inout Capabilities, at turn: YearTurn) {
        guard people > 0 else { return }
        if withManyManagers >= 3 { capabilities.hierarchyContradicts = true }
        contradictsHierarchy = capabilities.hierarchyContradicts
        var known = capabilities[kind, in: school.id]
        filledBefore = known.filled
        for field in SourceField.allCases {
            let count = filled[field, default: 0]
            if filledBefore[field, default: 0] >= 3, count == 0 {
                switch vanishing(of: field, known, at: turn) {
                case .emptied: known.filled[field] = 0
                case .awaited:
                    awaitsClasses = true
                    if field == .classes { withheld.insert(field) }
                case .withdrawn:
                    // Everybody's value vanished at once: a permission was taken back, whatever the
                    // permissions say. Nulls say nothing until somebody has a value again.
                    withheld.insert(field)
                    known.grants[field] = .unknown
                }
            } else if isComplete {
                known.filled[field] = count
                let isFilled = count >= 3 || (count > 0 && count * 20 >= people)
                if isFilled, known.grants[field, default: .unknown] == .unknown {
                    known.grants[field] = .seenFilled
                }
            }
        }
        doubtsClasses = withheld.contains(.classes)
        awaitsClassesSinceNow = awaitsClasses && known.withoutClassesSince == nil
        if awaitsClasses {
            known.withoutClassesSince = known.withoutClassesSince ?? turn.today
        } else if filled[.classes, default: 0] > 0 {
            endsUnstated = known.withoutClassesSince.map(turn.isOver(yearOf:)) ?? false
            known.withoutClassesSince = nil
        }
        capabilities[kind, in: school.id] = known
    }

    /// Why nobody has a value of a field any more that people had.
    private enum Vanishing {
        /// The school has emptied the classes of a year that is being closed.
        case emptied
        /// The school may have done so; nothing tells that from a permission that was taken back.
        case awaited
        /// The school shows the field no more.
        case withdrawn
    }

    private func vanishing(
        of field: SourceField,
        _ known: KindCapabilities,
        at turn: YearTurn
    ) -> Vanishing {
        // Without classes there are no subjects.
        guard [.classes, .subjects].contains(field), filled[.classes, default: 0] == 0,
            known.grants[.classes, default: .unknown].isGranted,
            !connection.capabilities[kind, in: school.id].withdrawn.contains(.classes)
        else { return .withdrawn }
        if turn.isClosing {
            return isComplete && known.grants[.classes] == .granted ? .emptied : .awaited
        }
        let isSinceSummer = known.withoutClassesSince != nil && turn.awaitsClasses
        return isSinceSummer ? .awaited : .withdrawn
    }

    /// Believes nothing that is said to be empty of `fields`, which the school grants no more.
    mutating func withhold(_ fields: Set<SourceField>, _ capabilities: inout Capabilities) {
        withheld.formUnion(fields)
        var known = capabilities[kind, in: school.id]
        for field in fields {
            known.grants[field] = .unknown
            // How many have it is not known: the list says it of some only.
            known.filled[field] = filledBefore[field]
        }
        capabilities[kind, in: school.id] = known
    }

    // MARK: The staged plan

    /// Nothing of the staged plan is weighed yet.
    mutating func beginWeighing() {
        toll = Toll()
        emptied = [:]
    }

    /// Adds what some of the staged plan comes to, the draft of `observations`.
    mutating func weigh(_ step: StepResult, of observations: [Observation]) {
        let step = judged(step)
        toll.add(step)
        for observation in observations where !observation.statesLeaving {
            guard let link = step.seen.links[observation.key],
                observation.sequence >= link.sequence
            else { continue }
            for field in observation.fieldsEmptied(since: link.last) {
                let isAtTheEnd = observation.sequence > lastShown[field, default: 0]
                emptied[field, default: 0] += isAtTheEnd ? 1 : 0
            }
        }
    }

    /// Losses of fields that everybody loses who is listed after some page, where those are too many
    /// for chance: what a permission looks like that is taken back while the list is read.
    var lossesAtTheEnd: Set<Loss> {
        let cut = Set(emptied.filter { LossGuard.isTooMany(atTheEnd: $0.value) }.keys)
        return Set(
            toll.losses.keys.filter { loss in
                LossGuard.withheld(for: [loss]).map { !$0.isDisjoint(with: cut) } ?? false
            }
        )
    }

    /// What nobody shows any more, of all that people showed before.
    var withdrawn: [WithdrawnField] {
        withheld.subtracting(awaitsClasses ? [.classes] : [])
            .sorted { $0.rawValue < $1.rawValue }.map {
                WithdrawnField(school: school, kind: kind, field: $0)
            }
    }

    /// The step, with what the list tells of the turn of the year.
    func judged(_ step: StepResult) -> StepResult {
        var step = step
        step.turn.endsUnstated = endsUnstated
        return step
    }

    /// What may be believed of an observation, after the whole list was judged.
    func believed(_ observation: Observation) -> Observation {
        var result = observation.withholding(observation.emptyFields.intersection(withheld))
        if contradictsHierarchy { result = result.withholding([.managers]) }
        return result
    }
}

extension Connection {
    /// What a run reads, school by school and kind by kind.
    func parts(of run: RunID, _ policy: Policy, isPreview: Bool = false) -> [SyncPart] {
        schools.flatMap { school in
            kinds.map { kind in
                SyncPart(
                    connection: self,
                    school: school,
                    kind: kind,
                    policy: policy,
                    run: run,
                    isPreview: isPreview
                )
            }
        }
    }
}
