import Accounts
import Reconciliation
import Roster
import Synchronization

/// When the lists of a run were begun to be read, by the clocks of their sources.
final class ReadingClock: Sendable {
    private struct Part: Hashable {
        var school: SchoolKey
        var kind: PersonKind
    }
    private let began = Mutex<[Part: Timestamp]>([:])

    /// Notes the answer to a request for a page; the first of each list counts.
    func note(_ page: RosterPage, of kind: PersonKind, in school: SchoolKey) {
        guard let moment = page.statedAt else { return }
        let part = Part(school: school, kind: kind)
        began.withLock { $0[part] = $0[part] ?? moment }
    }

    /// Forgets all of it: the lists are read anew.
    func forget() { began.withLock { $0 = [:] } }

    /// When the list was begun; nil where the source does not say.
    func beginning(of kind: PersonKind, in school: SchoolKey) -> Timestamp? {
        began.withLock { $0[Part(school: school, kind: kind)] }
    }
}

extension ReadMark {
    /// Changes are read from this long before the mark: a source may show a change late.
    static let overlap = Duration.seconds(3600)

    /// From when on changes are to be listed.
    var changedSince: Timestamp { readAt.advanced(by: .zero - Self.overlap) }

    /// Why everybody must be read instead of the changes since the mark; nil where they will do.
    func refusal(at now: Timestamp, terms: UInt64) -> FullReason? {
        let age = now.since(fullAt)
        // A mark from ten minutes ahead or more was set by a clock that has been set back since.
        if age < .seconds(-600) { return .clockSetBack }
        if age > SyncSchedule.day { return .due }
        return self.terms == terms ? nil : .termsChanged
    }
}
