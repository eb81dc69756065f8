import Foundation

/// Prints, in one run, what the design sets aims for; ratios hold when the machine's speed drifts.
///
/// Without arguments all parts run, otherwise those that are named: `logins`, `daemon`,
/// `beside`, `besideDaemon`, `sync`, `mix`.
@main
enum Bench {
    static func main() async {
        do {
            try await measure()
        } catch {
            say("The bench stopped: \(error)")
            exit(1)
        }
    }

    private static func measure() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == SyncChild.word {
            return try await SyncChild.run(Array(arguments.dropFirst()))
        }
        let named = Set(arguments)
        func isWanted(_ part: String) -> Bool { named.isEmpty || named.contains(part) }
        if isWanted("logins") { try await LoginBench.run(staff: 500, count: 2000) }
        if isWanted("daemon") { try await DaemonBench.run(staff: 600, people: 500) }
        if isWanted("beside") { try await BesideBench.run(staff: sizes.max() ?? 100_000) }
        if isWanted("besideDaemon") {
            try await BesideDaemonBench.run(staff: sizes.max() ?? 100_000)
        }
        if isWanted("sync") { try await SyncBench.run(sizes: sizes) }
        if isWanted("mix") { try await SyncBench.run(sizes: sizes, of: .mix) }
    }
}

extension Bench {
    /// The schools that Sync Data is measured with; `MUSTER_BENCH_STAFF=1000000` names another.
    private static var sizes: [Int] {
        let named = ProcessInfo.processInfo.environment["MUSTER_BENCH_STAFF"] ?? ""
        let sizes = named.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
        return sizes.isEmpty ? [10_000, 100_000] : sizes
    }
}

/// Why a part of the bench could not be measured, in one sentence.
struct BenchTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
