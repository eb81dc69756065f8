import Accounts
import Roster

/// A loss that counts for one customer.
struct TenantLoss: Hashable, Sendable {
    let tenant: TenantID
    /// The loss, whatever took it.
    let counted: CountedLoss

    init(_ loss: CountedLoss, of tenant: TenantID) {
        self.tenant = tenant
        counted = CountedLoss(
            loss: loss.loss,
            account: loss.account,
            school: loss.school,
            kind: loss.kind
        )
    }
}

/// When something was lost last, and whether a list of everybody took it.
struct LossRow: Sendable {
    var at: Timestamp
    var isByList: Bool
}

extension MemoryState {
    func lossPosition(of tenant: TenantID) -> Int64 { lossPositions[tenant, default: 0] }

    mutating func count(_ loss: CountedLoss, of tenant: TenantID, at: Timestamp) {
        let key = TenantLoss(loss, of: tenant)
        if at >= losses[key]?.at ?? at { losses[key] = LossRow(at: at, isByList: loss.isByList) }
        lossPositions[tenant, default: 0] += 1
    }

    /// Forgets what no tally can count any more, now that `run` is done.
    mutating func forgetLosses(before run: Run) {
        guard run.state == .completed, run.isComplete else { return }
        let floor = run.startedAt.advanced(by: .seconds(-86_400))
        losses = losses.filter { key, row in
            key.counted.school.connection != run.connection || row.at >= floor
        }
    }

    func tally(_ question: LossQuestion) -> LossTally {
        let counted = losses.filter { key, row in
            key.tenant == question.tenant && key.counted.kind == question.kind
                && key.counted.account != question.besides && counts(key.counted, row, question)
        }.keys.map(\.counted)
        let here = counted.filter { $0.school == question.school }
        let links = linksOfSchool[question.school].filter { $0.kind == question.kind }
        return LossTally(
            position: lossPosition(of: question.tenant),
            peopleAtSchool: links.count(where: isPresent),
            peopleOfTenant: peopleOfTenant(question),
            hasAccounts: accounts.values.contains { $0.tenant == question.tenant },
            atSchool: people(here),
            atTenant: people(counted)
        )
    }

    private func peopleOfTenant(_ question: LossQuestion) -> Int {
        var (people, linksOfKind) = (0, 0)
        for account in accounts.values where account.tenant == question.tenant {
            let present = linksOfAccount[account.id].filter(isPresent)
            if !present.isEmpty { people += 1 }
            linksOfKind += present.count { $0.kind == question.kind }
        }
        return min(people, linksOfKind)
    }

    private func isPresent(_ key: SourceKey) -> Bool { linkRows[key]?.state.isPresent == true }

    private func counts(_ loss: CountedLoss, _ row: LossRow, _ question: LossQuestion) -> Bool {
        switch loss.loss {
        case .access, .absence:
            guard accounts[loss.account]?.status == .suspended(by: .sync) else { return false }
        default: break
        }
        if row.isByList { return row.at >= question.dayAgo }
        return floor(of: loss.school.connection, question).map { row.at >= $0 } ?? true
    }

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
