import Testing

@testable import Muster

/// The whole product over made-up school years: see `Simulation`.
@Suite struct SimulationTests {
    @Test(arguments: Law.allCases)
    func `a law holds whatever the seed`(law: Law) async {
        let report = await SimulationReport.all()
        let broken = report.failures.filter { $0.law == law }
        for failure in broken.prefix(3) { Issue.record("\(failure)") }
        #expect(broken.map(\.seed) == [], "seeds that break: \(law.rawValue)")
    }

    @Test func `everything happened often enough`() async {
        let report = await SimulationReport.all()
        print(report.table)
        // A single seed, or a few, cannot meet everything.
        guard SimulationReport.seeds.count >= 200 else { return }
        var wanted: [String: Int] = [:]
        // A refresh never says that a password was wrong: it comes after a right one.
        for outcome in LoginOutcome.allCases where outcome != .wrongPassword {
            wanted["outcome \(outcome.rawValue)"] = 20
        }
        for weather in Weather.allCases { wanted["fault \(weather.rawValue)"] = 20 }
        for change in [
            "closed > open", "open > probing", "probing > closed", "probing > open",
        ] { wanted["breaker \(change)"] = 20 }
        wanted["behind"] = 20
        wanted["store busy"] = 100
        wanted["store slow"] = 100
        wanted["end compared"] = 500
        for (thing, count) in wanted.sorted(by: { $0.key < $1.key }) {
            let met = report.coverage[thing, default: 0]
            #expect(met >= count, "\(thing) happened \(met) times")
        }
    }

    @Test func `a seed repeats its story`() async {
        let digests = await SimulationReport.onThread {
            (0..<2).map { _ in
                let simulation = Simulation(seed: 7)
                simulation.run()
                return simulation.chronicle.digest
            }
        }
        #expect(digests[0] == digests[1])
    }
}
