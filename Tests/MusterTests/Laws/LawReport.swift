import Accounts
import Foundation
import Reconciliation

/// A law that a history broke.
struct Violation: Sendable, CustomStringConvertible {
    var law: Int
    var seed: UInt64
    var text: String

    var description: String { "law \(law), seed \(seed): \(text)" }
}

/// How often each rule decided.
struct Coverage: Sendable {
    var reasons: [String: Int] = [:]
    var unlinked: [UnlinkedReason: Int] = [:]
    var histories = 0
    var acts = 0
    var comparisons = 0

    mutating func count(_ plans: [PersonPlan]) {
        for plan in plans {
            for decision in plan.decisions {
                reasons[decision.reason.rawValue, default: 0] += 1
            }
            if case .unlinked(let reason, _) = plan.match { unlinked[reason, default: 0] += 1 }
        }
    }

    mutating func merge(_ other: Coverage) {
        reasons.merge(other.reasons, uniquingKeysWith: +)
        unlinked.merge(other.unlinked, uniquingKeysWith: +)
        histories += other.histories
        acts += other.acts
        comparisons += other.comparisons
    }

    /// The coverage as a table.
    var table: String {
        let rules = Reason.allCases.map { "  \($0.rawValue): \(reasons[$0.rawValue, default: 0])" }
        let unlinked = UnlinkedReason.allCases.map {
            "  unlinked \($0.rawValue): \(self.unlinked[$0, default: 0])"
        }
        return
            (["\(histories) histories, \(acts) acts, \(comparisons) orders compared"] + rules
            + unlinked).joined(separator: "\n")
    }
}

/// What all generated histories came to; made once and read by the test of each law.
struct LawReport: Sendable {
    var coverage = Coverage()
    var violations: [Violation] = []

    /// `MUSTER_LAW_SEED` runs one seed alone; `MUSTER_LAW_HISTORIES` sets how many there are.
    private static let environment = ProcessInfo.processInfo.environment
    static let seeds: ClosedRange<UInt64> = {
        if let text = environment["MUSTER_LAW_SEED"], let seed = UInt64(text) { return seed...seed }
        let count = environment["MUSTER_LAW_HISTORIES"].flatMap(UInt64.init) ?? 1000
        return 1...max(1, count)
    }()

    // Unstructured on purpose: one run serves the tests of all laws.
    private static let made = Task { await make() }

    /// The report, once it is made.
    static func all() async -> LawReport { await made.value }

    private static func make() async -> LawReport {
        await withTaskGroup(of: LawReport.self) { group in
            for worker in 0..<2 as Range<UInt64> {
                group.addTask {
                    var report = LawReport()
                    for seed in seeds where seed % 2 == worker { await report.run(seed) }
                    return report
                }
            }
            return await group.reduce(into: LawReport()) { all, part in
                all.coverage.merge(part.coverage)
                all.violations += part.violations
            }
        }
    }

    private mutating func run(_ seed: UInt64) async {
        coverage.histories += 1
        var history = History(seed: seed)
        await history.run()
        coverage.merge(history.coverage)
        violations += history.violations
        var order = OrderHistory(seed: seed)
        await order.run()
        coverage.merge(order.coverage)
        violations += order.violations
    }
}
