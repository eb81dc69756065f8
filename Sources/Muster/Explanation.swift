public import Accounts
public import Reconciliation
public import Roster

/// Why one person's account is as it is: what was asked, what came back, what was decided.
public struct Explanation: Sendable, Hashable {
    /// What was asked of the source, line by line.
    public var asked: [String]
    /// What the source answered, in one sentence.
    public var answer: String
    /// Whose record it is.
    public var match: MatchDecision?
    /// The record, if one is known.
    public var record: SourceKey?
    /// The kinds of numbers by which the person would be known in any MIS, never the numbers.
    public var neutralKeys: [NeutralKey.Kind] = []
    /// The decision about every field.
    public var fields: [FieldDecision]
    /// What of those decisions a guard keeps from being carried out; nil where it keeps nothing.
    public var held: HeldLosses?
    /// What the tenant wants, behind those decisions.
    public var policy = Policy()
}

/// Explains a person by asking the source and planning its answer, without changing anything.
public struct Explainer: Sendable {
    let workshop: Workshop

    /// An explainer with the tools of `workshop`.
    public init(_ workshop: Workshop) { self.workshop = workshop }

    /// Explains the person with the address `email`; nil where nobody here has it.
    public func explain(
        _ email: String,
        in school: ConnectedSchool
    ) async throws(StoreError) -> Explanation? {
        let person = try await workshop.store.person(
            .email(email),
            in: school.key,
            of: school.connection.tenant,
            formerSince: workshop.clock.now()
        )
        let record = try await workshop.store.unlinkedRecord(.email(email), in: school.key)
        let link = person?.link(in: school.key)
        guard let key = link?.key ?? record?.observation.key else {
            guard person != nil else { return nil }
            return Explanation(
                asked: [],
                answer: "No record of this school stands for the account yet.",
                match: nil,
                record: nil,
                fields: []
            )
        }
        var last = link?.last ?? record?.observation
        // Or planning would take what is shown for an answer that is outdated.
        if let link { last?.sequence = link.sequence }
        return try await explain(key, last: last, in: school)
    }

    private func explain(
        _ key: SourceKey,
        last: Observation?,
        in school: ConnectedSchool
    ) async throws(StoreError) -> Explanation {
        let connection = school.connection
        var explanation = Explanation(
            asked: [],
            answer: "",
            match: nil,
            record: key,
            fields: []
        )
        var answer: Answer
        do throws(SourceError) {
            let source = try await workshop.sources.source(of: connection)
            explanation.asked = source.question(for: key, knowing: connection.capabilities)
            answer = try await ask(source, key, connection, last)
        } catch {
            answer = Answer(observation: last, words: error.sentence)
        }
        explanation.answer = answer.words
        guard let observation = answer.observation else { return explanation }
        let policy = try await workshop.connections.policy(of: connection.tenant)
        explanation.policy = policy
        let planner = workshop.planner(policy: policy, school: school.school, mayCreate: true)
        let step = try await workshop.draft(
            [observation],
            tenant: connection.tenant,
            run: RunID(0),
            cause: .login,
            planner: planner
        )
        let plan = step.plans.first
        explanation.match = plan?.match
        let numbers = last.map(observation.neutralKeys) ?? observation.neutralKeys
        explanation.neutralKeys = Set(numbers.map(\.kind)).sorted { $0.rawValue < $1.rawValue }
        let held = try await heldLists(of: plan?.match)
        explanation.fields = (plan?.decisions ?? []).map { decision in
            var decision = decision
            decision.local = decision.local ?? held[decision.field]
            // An empty list reads as no value.
            if decision.source?.isEmpty == true { decision.source = nil }
            return decision
        }
        let guarding = RefreshStep(
            workshop: workshop,
            school: school,
            policy: policy,
            mayCreate: true,
            login: LoginID(0)
        )
        explanation.hold(try await heldBack(step, answer, observation, planner, guarding))
        return explanation
    }

    /// What a source said, or what it said last.
    struct Answer {
        var observation: Observation?
        var words: String
        /// Whether it has the person now, and as current.
        var isCurrent = false
    }

    /// Classes, contacts and rights of the account behind `match`, which planning does not put into words.
    private func heldLists(
        of match: MatchDecision?
    ) async throws(StoreError) -> [Field: String] {
        guard let id = match.map(MatchReading.init)?.account,
            let summary = try await workshop.store.summary(of: id)
        else { return [:] }
        let places = summary.places.map {
            "\($0.record.teachingClass.name) (\($0.role.rawValue))"
        }
        let rights = Set(summary.account.privileges.map(\.name))
        let manager = [summary.lineManager?.label].compactMap(\.self)
        let lists = [
            Field.classes: places, .roles: Array(rights), .lineManager: manager,
            .contacts: summary.contacts.map(\.text),
        ]
        return lists.filter { !$0.value.isEmpty }
            .mapValues { $0.sorted().joined(separator: ", ") }
    }

    private func ask(
        _ source: any RosterSource,
        _ key: SourceKey,
        _ connection: Connection,
        _ last: Observation?
    ) async throws(SourceError) -> Answer {
        let sequence: Int64
        do throws(StoreError) { sequence = try await workshop.store.nextSequence() } catch {
            return Answer(observation: last, words: error.sentence)
        }
        let lookUp = await source.lookUp(
            key,
            knowing: connection.capabilities,
            sequence: sequence,
            by: workshop.clock.instant() + .seconds(30)
        )
        let known = last == nil ? "" : " What follows is from the last answer."
        let words: String
        switch lookUp.answer {
        case .found(let observation):
            return Answer(
                observation: observation,
                words: "Found: \(observation.standing.words).",
                isCurrent: observation.standing == .current
            )
        case .notReturned(let reason): words = "Not returned: \(reason)\(known)"
        case .refused(let reason): words = "Refused: \(reason)\(known)"
        case .failed(let error): words = "Failed: \(error.sentence)\(known)"
        }
        return Answer(observation: last, words: words)
    }
}

extension Standing {
    fileprivate var words: String {
        switch self {
        case .current: "the MIS has the person as current"
        case .unstated: "the MIS does not say whether the person is current"
        case .left: "the MIS states that the person left"
        case .notYetStarted(let day): "the MIS states \(day) as the first day"
        }
    }
}
