import Accounts
import Passwords
import Roster
import Testing

@testable import MusterServer

@Suite struct `Pages over a store that fails` {
    @Test func `nobody is shown what is wrong with it`() {
        let reason = "The store /var/lib/muster.sqlite failed (disk I/O error)."
        for error in [StoreError.unavailable(reason: reason), .conflict(reason: reason), .stale] {
            let told = PageText.broken(ofTrouble: .store(error))
            guard case .broken(let text) = told else {
                Issue.record("another page")
                continue
            }
            #expect(!text.contains("muster") && !text.contains("command"))
        }
    }
}
