public import Roster

/// What a parent or carer is to a pupil, as the pupil's own record states it.
///
/// The pupil's account holds it. The contact is named by her record, so it does not matter whether
/// and since when she has an account.
public struct Guardianship: Sendable, Hashable {
    /// The record of the parent or carer.
    public var contact: SourceKey
    /// What she is to the pupil, for example `Mother`; nil where nobody says.
    public var relationship: String?
    /// Whether she has parental responsibility; nil where nobody says.
    public var parentalResponsibility: Bool?
    /// Whether it may be relied on: a guard that holds back its withdrawal takes that away.
    public var isConfirmed: Bool
    /// The pupil's link that gave it, nil where a person did.
    public var givenBy: SourceKey?

    /// A relation to `contact`, given by a link or, where that is nil, by hand.
    public init(
        contact: SourceKey,
        relationship: String? = nil,
        parentalResponsibility: Bool? = nil,
        isConfirmed: Bool = true,
        givenBy: SourceKey?
    ) {
        self.contact = contact
        self.relationship = relationship
        self.parentalResponsibility = parentalResponsibility
        self.isConfirmed = isConfirmed
        self.givenBy = givenBy
    }

    /// Whether both are about the same contact and of the same giver: an account has one of these.
    public func isSameRelation(as other: Guardianship) -> Bool {
        contact == other.contact && givenBy == other.givenBy
    }

    /// Whether `after`, what becomes of it, takes it or its parental responsibility away.
    public func isWithdrawn(leaving after: Guardianship?) -> Bool {
        guard let after else { return true }
        return parentalResponsibility == true && after.parentalResponsibility != true
    }
}

/// Somebody at the other end of a relation between a pupil and a parent or carer, as far as the
/// one may know of the other.
public struct Relative: Sendable, Hashable {
    /// Her account; nil while there is none.
    public var account: AccountID?
    /// Forename and surname as far as known; nil where neither is.
    public var name: String?
    /// What the contact is to the pupil.
    public var relationship: String?
    /// Whether the contact has parental responsibility; nil where nobody says.
    public var parentalResponsibility: Bool?
    /// Whether that may be relied on.
    public var isConfirmed: Bool

    /// The person at the other end of `relation`.
    public init(_ relation: Guardianship, account: AccountID?, name: String?) {
        self.account = account
        self.name = name
        relationship = relation.relationship
        parentalResponsibility = relation.parentalResponsibility
        isConfirmed = relation.isConfirmed
    }

    /// Forename and surname as far as known: never an address, which is not hers to know.
    public static func name(_ forename: String?, _ surname: String?) -> String? {
        let names = [forename, surname].compactMap(\.self).filter { !$0.isEmpty }
        return names.isEmpty ? nil : names.joined(separator: " ")
    }

    /// In a fixed order; what two schools say alike of one account is there once.
    public static func listed(_ relatives: [Relative]) -> [Relative] {
        let sorted = relatives.sorted { $0.order.lexicographicallyPrecedes($1.order) }
        var listed: [Relative] = []
        for relative in sorted where relative.account == nil || listed.last != relative {
            listed.append(relative)
        }
        return listed
    }

    private var order: [String] {
        let id = String(account?.value ?? 0)
        return [
            name ?? "", String(repeating: "0", count: max(0, 20 - id.count)) + id,
            relationship ?? "", parentalResponsibility.map(String.init) ?? "",
            String(isConfirmed),
        ]
    }
}
