public import Accounts
import Roster

/// A change as the history of one account shows it.
public struct HistoryLine: Sendable, Hashable {
    /// The change.
    public var change: DatedHistoryEntry
    /// Where the change is of a pupil's account, what the pupil is called; nil for the account's own.
    public var student: String?
}

extension Administration {
    /// What changed on an account, the oldest first; of a parent or carer also what changed of her
    /// responsibility for the pupils who name her now.
    ///
    /// Who is responsible for a pupil is kept with the pupil alone, so it is read there: a relation
    /// that ended and did not come back is in the pupil's history only.
    public func history(
        of summary: AccountSummary
    ) async throws(AdministrationError) -> [HistoryLine] {
        do throws(StoreError) {
            var lines = try await workshop.store.history(of: summary.account.id).map {
                HistoryLine(change: $0, student: nil)
            }
            let own = Set(summary.links.map(\.key))
            for pupil in Set(summary.students.compactMap(\.account)).sorted() {
                let name = summary.students.first { $0.account == pupil }?.name
                let changes = try await workshop.store.history(of: pupil)
                lines += changes.filter { $0.entry.isAbout(own) }.map {
                    HistoryLine(change: $0, student: name ?? "account \(pupil.value)")
                }
            }
            return lines.enumerated()
                .sorted { ($0.element.change.at, $0.offset) < ($1.element.change.at, $1.offset) }
                .map(\.element)
        } catch {
            throw .store(error)
        }
    }
}

extension HistoryEntry {
    /// Whether it tells of a relation to one of these contacts.
    fileprivate func isAbout(_ contacts: Set<SourceKey>) -> Bool {
        guard case .guardianship(let before, let after) = exact else { return false }
        return (before ?? after).map { contacts.contains($0.contact) } ?? false
    }
}
