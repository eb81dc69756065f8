package import Accounts
package import Roster

extension LinkMark {
    /// The mark of `link` as it was read.
    package init(of link: Link) {
        self.init(
            fingerprint: link.fingerprint,
            replanOn: link.replanOn,
            sequence: link.sequence,
            isMissing: link.missingSince != nil || link.state == .absent
        )
    }

    /// Whether planning the observation, read by `rules`, would change nothing.
    package func standsFor(_ observation: Observation, rules: UInt64, on today: Day) -> Bool {
        guard !isMissing, fingerprint == Fingerprint.of(observation, rules: rules) else {
            return false
        }
        return replanOn.map { today < $0 } ?? true
    }
}
