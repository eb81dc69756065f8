import Accounts
import Roster

/// A loss that counts for one customer.
struct TenantLoss: Hashable, Sendable {
    var tenant: TenantID
    var counted: CountedLoss
}

extension MemoryState {
    func lossPosition(of tenant: TenantID) -> Int64 { lossPositions[tenant, default: 0] }

    mutating func count(_ loss: CountedLoss, of tenant: TenantID, at: Timestamp) {
        let key = TenantLoss(tenant: tenant, counted: loss)
        losses[key] = max(at, losses[key] ?? at)
        lossPositions[tenant, default: 0] += 1
    }

    /// Forgets what no tally can count any more, now that `run` is done.
    mutating func forgetLosses(before run: Run) {
        guard run.state == .completed, run.isComplete else { return }
        let floor = run.startedAt.advanced(by: .seconds(-86_400))
        losses = losses.filter { key, at in
            key.counted.school.connection != run.connection || at >= floor
        }
    }

    func tally(_ question: LossQuestion) -> LossTally {
        let counted = losses.filter { key, at in
            key.tenant == question.tenant && key.counted.account != question.besides
                && floor(of: key.counted.school.connection, question).map { at >= $0 } ?? true
        }.keys.map(\.counted)
        let here = counted.filter { $0.school == question.school && $0.kind == question.kind }
        let links = linksOfSchool[question.school].filter { $0.kind == question.kind }
        return LossTally(
            position: lossPosition(of: question.tenant),
            peopleAtSchool: links.count(where: isPresent),
            peopleOfTenant: accounts.values.count { account in
                account.tenant == question.tenant
                    && linksOfAccount[account.id].contains(where: isPresent)
            },
            atSchool: people(here),
            atTenant: people(counted)
        )
    }

    private func isPresent(_ key: SourceKey) -> Bool { linkRows[key]?.state.isPresent == true }

    /// From when losses of a connection count; nil for ever.
    private func floor(of connection: ConnectionID, _ question: LossQuestion) -> Timestamp? {
        let good = runs.values.filter {
            $0.connection == connection && $0.state == .completed && $0.isComplete
        }
        return good.map(\.startedAt).max().map { min($0, question.dayAgo) }
    }

    private func people(_ losses: [CountedLoss]) -> [Loss: Int] {
        Dictionary(grouping: losses, by: \.loss).mapValues { Set($0.map(\.account)).count }
    }
}
