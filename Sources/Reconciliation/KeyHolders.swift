import Accounts
import Roster

/// Whom the numbers that a record states point at, besides the record itself.
struct KeyHolders {
    /// Accounts of which another record states one of the numbers.
    private(set) var accounts: Set<AccountID> = []
    /// Records of the same school without an account that state one of them.
    ///
    /// One of another school is no obstacle: it joins the account that is made of this record.
    private(set) var strangers: Set<SourceKey> = []

    /// How many others may have a number before it says nothing: what so many have, somebody types in
    /// to fill a gap.
    private static let most = 2

    /// - Parameters:
    ///   - observation: The record.
    ///   - claims: The records that state a number.
    ///   - account: The account that a record stands for.
    init(
        of observation: Observation,
        claims: [NeutralKey: Set<SourceKey>],
        account: (SourceKey) -> AccountID?
    ) {
        for number in observation.neutralKeys {
            var holders: Set<AccountID> = []
            var others: Set<SourceKey> = []
            for record in claims[number] ?? [] where record != observation.key {
                if let holder = account(record) {
                    holders.insert(holder)
                } else if record.school == observation.key.school {
                    others.insert(record)
                }
            }
            guard holders.count + others.count <= Self.most else { continue }
            accounts.formUnion(holders)
            strangers.formUnion(others)
        }
    }

    /// Whether the numbers say nothing about anybody else.
    var isEmpty: Bool { accounts.isEmpty && strangers.isEmpty }
}
