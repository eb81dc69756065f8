public import Accounts
public import Roster

/// How people of one kind are told whose school lists them under other ids, as after a change of
/// MIS.
public struct Renumbering: Sendable, Hashable {
    /// What tells whose a record is.
    public enum Evidence: String, Sendable, Hashable, CaseIterable {
        /// A number that is hers in any MIS, and a name.
        case number
        /// Her address and her surname.
        case address
        /// Her name alone, which only suggests: a person decides.
        case name
        /// Nothing.
        case unknown
        /// An account to which no new record leads.
        case noRecord
    }

    /// One person, by what her record and her account say.
    public struct Person: Sendable, Hashable {
        /// What she is called.
        public var name: String
        /// The account that she has or may have; nil where nothing leads to one.
        public var account: AccountID?
        /// The record of before; nil where none is known to be hers.
        public var from: String?
        /// The record of now; nil where there is none.
        public var to: String?
        /// What tells that both are hers.
        public var evidence: Evidence
        /// Why the record waits for a person; nil where it does not.
        public var reason: UnlinkedReason?
    }

    /// The school.
    public let school: SchoolDescription
    /// The kind of people.
    public let kind: PersonKind
    /// How many there are of each.
    public private(set) var counts: [Evidence: Int] = [:]
    /// Who they are; the first ten thousand.
    public private(set) var people: [Person] = []

    /// Nobody yet.
    package init(school: SchoolDescription, kind: PersonKind) {
        self.school = school
        self.kind = kind
    }

    /// How many people `evidence` tells of.
    public subscript(evidence: Evidence) -> Int { counts[evidence, default: 0] }

    /// How many have their new records once the plan is approved.
    public var given: Int { self[.number] + self[.address] }

    /// How many records wait for a person's decision.
    public var waiting: Int { self[.name] + self[.unknown] }

    /// What of it is kept with the run.
    func changedIDs(of connection: ConnectionID) -> ChangedIDs {
        ChangedIDs(
            school: SchoolKey(connection: connection, school: school.id),
            kind: kind,
            withoutRecord: self[.noRecord],
            formerIDs: Array(
                people.lazy.filter { $0.evidence == .noRecord }.compactMap(\.from).prefix(1000)
            )
        )
    }

    package mutating func add(_ person: Person) {
        counts[person.evidence, default: 0] += 1
        if people.count < 10_000 { people.append(person) }
    }
}

extension Sequence<Renumbering> {
    /// A few of all these people, for a look before one decides: half of them such as a plan gives
    /// a record, half of the others, where there are as many.
    package func sample(of count: Int) -> [Renumbering.Person] {
        let people = flatMap(\.people)
        let given = people.filter(\.isGiven)
        let others = people.filter { !$0.isGiven }
        let first = given.prefix(Swift.max(count / 2, count - others.count))
        return Array(first + others.prefix(count - first.count))
    }
}

extension Renumbering.Person {
    /// Whether a plan gives her the record.
    fileprivate var isGiven: Bool { evidence == .number || evidence == .address }
}

extension SyncResult {
    /// Notes that ids of a school changed.
    mutating func noteChangedIDs(of part: SyncPart) {
        renumbered.append(Renumbering(school: part.school, kind: part.kind))
    }

    /// Notes somebody of a school whose ids changed.
    mutating func note(_ person: Renumbering.Person, of part: SyncPart) {
        for index in renumbered.indices
        where renumbered[index].school.id == part.school.id && renumbered[index].kind == part.kind {
            renumbered[index].add(person)
        }
    }

    /// Says that the people of schools came under new ids, and what to do.
    mutating func explainRenumbering() {
        guard !renumbered.isEmpty else { return }
        let given = renumbered.reduce(0) { $0 + $1.given }
        let waiting = renumbered.reduce(0) { $0 + $1.waiting }
        let people = renumbered.map { "\($0.kind.people) of \($0.school.name)" }
        let steps = [
            given > 0
                ? "approve the plan, which gives \(given) of them their new records"
                : "nobody can be told by a number or an address, so no plan gives a record",
            waiting > 0
                ? "decide about \(waiting) \(waiting.word("other", "others")) in `muster review`"
                : nil,
            renumbered.contains { $0[.unknown] > 0 }
                ? "then sync again, which makes accounts for those whom nothing tells"
                : "then sync again",
        ]
        let sentence =
            "The MIS lists many \(people.joined(separator: ", ")) under other ids than before, as after a change of MIS, and none of them was changed: \(steps.compactMap(\.self).joined(separator: "; "))."
        trouble = [trouble, sentence].compactMap(\.self).joined(separator: " ")
        if state != .preview { state = .held }
    }
}
