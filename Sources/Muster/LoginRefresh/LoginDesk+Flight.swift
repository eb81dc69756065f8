import Accounts
import Roster

/// A look-up: one at a time for each record.
struct FlightKey: Hashable, Sendable {
    let record: SourceKey
    /// Whether it may make an account; who may is not content with a look-up that may not.
    let mayCreate: Bool
}

extension LoginDesk {
    /// One look-up, and the logins that depend on it.
    struct Flight: Sendable {
        let key: FlightKey
        let first: Number?
        var waiting: [Number] = []
        /// Whether a login was told already that it goes on behind.
        var isPromised = false
        /// Whether nobody here has heard of the record.
        var isStranger = false
        /// Those for whom an account may be made, by the next look-up if this one may not.
        var makers: [Number] = []
        /// What is to be done for whom where the person is gone, or gave the address up.
        var otherwise: [Number: Otherwise] = [:]
    }

    /// What is to be done for a login that turns out to be somebody else's.
    struct Otherwise: Sendable {
        /// The address by which the person is known who may have given it up; nil where she left.
        let address: String?
        /// What local data said already; nil where it is to be read again.
        let finding: Finding?

        /// Whether it is to be done after a landing that found her with the addresses `kept`, nil
        /// where nothing is told of them.
        func isDue(after landing: Landing, keeping kept: Set<String>?) -> Bool {
            switch landing {
            case .gone: finding != nil
            case .answered: address.map { kept?.contains($0) == false } ?? false
            case .unknown, .parked, .lost: false
            }
        }
    }
}
