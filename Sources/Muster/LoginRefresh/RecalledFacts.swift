import Accounts
import Roster
import Synchronization

/// What was read for earlier logins, good for as long as nothing changed in the store.
final class RecalledFacts: Sendable {
    private struct Name: Hashable {
        let school: SchoolKey
        let key: LoginKey
        let subject: HostSubject?
    }
    private struct State {
        var stamp: Int64
        var facts: [Name: LoginFacts] = [:]
    }
    private let state = Mutex(State(stamp: 0))
    private let limit: Int

    /// Room for `limit` logins.
    init(limit: Int) { self.limit = limit }

    /// What was read for the same login at `stamp`.
    func facts(of event: LoginEvent, at stamp: Int64) -> LoginFacts? {
        state.withLock { $0.stamp == stamp ? $0.facts[Self.name(event)] : nil }
    }

    /// Keeps what was read for a login after `stamp` was taken.
    func keep(_ facts: LoginFacts, of event: LoginEvent, at stamp: Int64) {
        guard facts.trouble == nil, facts.policy != nil else { return }
        state.withLock { state in
            if state.stamp != stamp || state.facts.count >= limit {
                state = State(stamp: stamp)
            }
            state.facts[Self.name(event)] = facts
        }
    }

    private static func name(_ event: LoginEvent) -> Name {
        Name(school: event.school.key, key: event.key, subject: event.subject)
    }
}
