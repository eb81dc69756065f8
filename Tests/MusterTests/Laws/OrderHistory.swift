import Accounts
import Muster
import MusterTesting
import Roster

struct OrderHistory {
    let seed: UInt64
    private(set) var coverage = Coverage()
    private(set) var violations: [Violation] = []
    init(seed: UInt64) { self.seed = seed }
    mutating func run() async {}
}
