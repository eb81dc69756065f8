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
    /// Whether two others have one of the numbers, of whom one has no account yet at whatever school.
    ///
    /// Which of three is the person would depend on who is seen first, so that nobody is joined.
    private(set) var isContested = false

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
            var strangers: Set<SourceKey> = []
            for record in claims[number] ?? [] where record != observation.key {
                if let holder = account(record) {
                    holders.insert(holder)
                } else {
                    others.insert(record)
                    if record.school == observation.key.school { strangers.insert(record) }
                }
            }
            guard holders.count + others.count <= Self.most else { continue }
            if holders.count + others.count == Self.most, !others.isEmpty { isContested = true }
            accounts.formUnion(holders)
            self.strangers.formUnion(strangers)
        }
    }

    /// The accounts at which the numbers point, and the address, which `holder` has.
    func people(and holder: Account?) -> Set<AccountID> {
        accounts.union([holder?.id].compactMap(\.self))
    }

    /// Whether the numbers say nothing about anybody else.
    var isEmpty: Bool { accounts.isEmpty && strangers.isEmpty && !isContested }
}
