import Reconciliation
import Testing

/// The laws of the engine over generated histories, played through logins, batches and edits.
@Suite struct LawTests {
    @Test(arguments: [
        (1, "applying twice is applying once, and planning after applying plans nothing"),
        (2, "login by login ends where one batch ends, in any order and by any page size"),
        (3, "no error, refusal, partial list or silence removes or clears anything"),
        (4, "an edit survives until the source changes, if the owner says so"),
        (6, "two keys that point at different accounts never merge"),
        (7, "what is pinned stays, by login and by batch"),
    ])
    func `a law holds over all histories`(law: Int, says: String) async {
        let report = await LawReport.all()
        let broken = report.violations.filter { $0.law == law }
        for violation in broken.prefix(3) { Issue.record("\(says): \(violation)") }
        #expect(broken.map(\.seed) == [], "seeds of histories that break: \(says)")
    }

    @Test func `every rule decided often enough`() async {
        let coverage = await LawReport.all().coverage
        print(coverage.table)
        // A shorter run, asked for to look at one seed, cannot meet every rule.
        guard LawReport.seeds.count >= 1000 else { return }
        // Nobody makes two accounts one in these histories.
        for reason in Reason.allCases where reason != .merged {
            let count = coverage.reasons[reason.rawValue, default: 0]
            #expect(count >= 50, "\(reason) decided \(count) times; seeds \(LawReport.seeds)")
        }
    }
}
