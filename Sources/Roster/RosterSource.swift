/// Why a source could not be asked, or its answer not be used.
public enum SourceError: Error, Sendable, Hashable {
    /// No answer: unreachable, timed out, cut off. `reason` is one sentence for people.
    case unavailable(reason: String)
    /// The source asks to wait before the next request.
    case overloaded(retryAfter: Duration?)
    /// The answer is not what the protocol says. `reason` is one sentence for people.
    case malformed(reason: String)
    /// The credential or a permission does not allow the request.
    case refused(reason: String)
    /// What was asked for does not exist at the source, for example the school.
    case unknown(reason: String)
    /// The caller gave up waiting.
    case cancelled

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .unavailable(let reason), .malformed(let reason), .refused(let reason),
            .unknown(let reason):
            reason
        case .overloaded(let wait?):
            "The MIS asks to wait \(wait.components.seconds) s before the next request; try again then."
        case .overloaded(nil):
            "The MIS answers that it is overloaded; try again in a minute."
        case .cancelled:
            "The request to the MIS was given up before it answered; try again."
        }
    }
}

/// What a source answers to a look-up of one person: exactly one of these.
public enum LookUpAnswer: Sendable, Hashable {
    /// The person's record.
    case found(Observation)
    /// The source did not return the person; says nothing about leaving.
    case notReturned(reason: String)
    /// The source refuses the request for everybody: a bad credential, a revoked permission.
    case refused(reason: String)
    /// The source could not be asked or its answer not be used.
    case failed(SourceError)
}

/// The answer to a look-up and what it took.
public struct LookUp: Sendable, Hashable {
    /// What the source answered.
    public var answer: LookUpAnswer
    /// Requests sent for it.
    public var requests: Int
    /// What the look-up taught about the connection, if anything.
    public var learnt: Capabilities?
    /// For how long the source asks not to be asked again, although it answered; nil: not at all.
    public var pause: Duration?

    /// The answer that `requests` requests gave.
    public init(
        _ answer: LookUpAnswer,
        requests: Int,
        learnt: Capabilities? = nil,
        pause: Duration? = nil
    ) {
        self.answer = answer
        self.requests = requests
        self.learnt = learnt
        self.pause = pause
    }
}

/// A record that could not be read; the others of its page are not affected.
public struct UnreadableRecord: Sendable, Hashable {
    /// The record's id, if that much could be read.
    public var id: String?
    /// What is wrong with it, in one sentence.
    public var reason: String

    /// The record `id`, unreadable for `reason`.
    public init(id: String?, reason: String) {
        self.id = id
        self.reason = reason
    }
}

/// Where to go on reading; made and understood by the source alone.
public struct PageCursor: Sendable, Hashable {
    /// The source's own text.
    public let text: String

    /// A cursor that the source wrote as `text`.
    public init(_ text: String) { self.text = text }
}

/// One page of a list: of everybody of a kind, or of those whose record changed.
public struct RosterPage: Sendable, Hashable {
    /// The people that could be read.
    public var observations: [Observation]
    /// The records that could not.
    public var unreadable: [UnreadableRecord]
    /// Where the next page begins, nil after the last.
    public var next: PageCursor?
    /// Requests sent for it.
    public var requests: Int
    /// For how long the source asks not to be asked again, although it answered; nil: not at all.
    public var pause: Duration?
    /// When the source answered the first request for it, by its own clock; nil where it does not
    /// say.
    public var statedAt: Timestamp?
    /// Whether it lists people who have left, whom the source does not count and who are only news
    /// where they are known.
    public var listsLeavers: Bool

    /// A page of a list.
    public init(
        observations: [Observation],
        unreadable: [UnreadableRecord] = [],
        next: PageCursor?,
        requests: Int = 1,
        pause: Duration? = nil,
        statedAt: Timestamp? = nil,
        listsLeavers: Bool = false
    ) {
        self.observations = observations
        self.unreadable = unreadable
        self.next = next
        self.requests = requests
        self.pause = pause
        self.statedAt = statedAt
        self.listsLeavers = listsLeavers
    }
}

/// One school as its source describes it.
public struct SchoolDescription: Sendable, Hashable {
    /// The source's own id of it.
    public var id: String
    /// Its name.
    public var name: String
    /// Its time zone by IANA name; nil where the source does not say.
    public var timeZone: String?

    /// A school as a source describes it.
    public init(id: String, name: String, timeZone: String? = nil) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
    }
}

/// What a source said when it was asked what it is.
public struct SourceDescription: Sendable, Hashable {
    /// The schools behind the connection.
    public var schools: [SchoolDescription]
    /// What the connection can deliver.
    public var capabilities: Capabilities
    /// Requests sent to learn it.
    public var requests: Int
    /// For how long the source asks not to be asked again, although it answered; nil: not at all.
    public var pause: Duration?

    /// A source with `schools` that can deliver `capabilities`.
    public init(
        schools: [SchoolDescription],
        capabilities: Capabilities,
        requests: Int,
        pause: Duration? = nil
    ) {
        self.schools = schools
        self.capabilities = capabilities
        self.requests = requests
        self.pause = pause
    }
}

/// One configured MIS source: the port through which people come in.
///
/// An answer is stated, never guessed: what was not supplied says so field by field, a failure is
/// never an empty answer, and text arrives as the source wrote it. Every request a method sends is
/// counted in its answer. A method ends when its deadline has passed or its task is cancelled.
public protocol RosterSource: Sendable {
    /// The most requests that one look-up of a person of `kind` may send.
    ///
    /// An id of which nobody here knows whose it is may be looked up as each kind in turn.
    func requestsPerLookUp(of kind: PersonKind) -> Int

    /// Whether it may give people of different kinds the same id.
    var sharesIDsAmongKinds: Bool { get }

    /// Whether a list can be asked for of only those people whose record changed.
    var readsChanges: Bool { get }

    /// Asks what the source is and what it grants of people of `kinds`; run at connect and before
    /// each full run.
    ///
    /// It fails where a kind may not be read at all. Without a kind it only asks what the source is.
    func describe(
        _ kinds: Set<PersonKind>,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError)
        -> SourceDescription

    /// Asks for one person, with the number `sequence` for what it answers.
    func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp

    /// Reads the page of `kind` at `cursor`, or the first where that is nil.
    ///
    /// With `changedSince` only people are listed whose record changed at that moment or later, as
    /// far as the source can tell: it may list more, and where it does not read changes it lists
    /// everybody. Such a list is never complete, so nobody is absent from it. The pages of a list
    /// are all asked for with the same moment. Where the source lists apart who has left, pages of
    /// them follow those of the others.
    func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage

    /// The records of `kind` that the source lists as removed, or as removed and brought back, at
    /// `moment` or later; nobody where it keeps no such list.
    ///
    /// Such a row says nothing of a person: it is a reason to look her up.
    func removals(
        of kind: PersonKind,
        in school: SchoolKey,
        since moment: Timestamp,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Set<SourceKey>

    /// How many people of `kind` the source itself counts, without those who left; nil where it
    /// counts nobody ever.
    ///
    /// A list that is shorter proves nobody's leaving.
    /// - Throws: Why it did not say this time: then no list proves anything either.
    func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Int?

    /// What a look-up of `key` asks for, in words an operator can check, without credentials.
    func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String]
}

extension RosterSource {
    /// Nobody: the source keeps no list of what was removed.
    public func removals(
        of kind: PersonKind,
        in school: SchoolKey,
        since moment: Timestamp,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Set<SourceKey> { [] }
}
