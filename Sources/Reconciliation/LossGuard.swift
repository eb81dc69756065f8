public import Accounts
public import Roster

/// Stops logins from taking away, one by one, what a batch would not take from so many at once.
public enum LossGuard {
    /// What `changes` would take from `account`, by the change of that account itself.
    ///
    /// A place in a class that another one of the same answer replaces is no loss.
    public static func losses(of account: AccountID, in changes: ChangeSet) -> Set<Loss> {
        guard let write = changes.accounts.first(where: { $0.after.id == account }),
            let before = write.before, before.status == .active
        else { return [] }
        let after = write.after
        guard after.status == .active else { return [.access] }
        var losses: Set<Loss> = []
        if let email = before.email, after.email != email { losses.insert(.loginEmail) }
        if !before.privileges.subtracting(after.privileges).isEmpty,
            !Set(before.privileges.map(\.name)).isSubset(of: after.privileges.map(\.name))
        {
            losses.insert(.privilege)
        }
        if losesPlaces(before, after) { losses.insert(.membership) }
        for field in Field.texts
        where before[text: field] != nil && after[text: field] == nil {
            losses.insert(.field(field))
        }
        if before.lineManager != nil, after.lineManager == nil {
            losses.insert(.field(.lineManager))
        }
        if before.teachingStaff == true, after.teachingStaff != true {
            losses.insert(.field(.teachingStaff))
        }
        return losses
    }

    private static func losesPlaces(_ before: Account, _ after: Account) -> Bool {
        let had = Set(before.memberships.map(\.classID))
        let has = Set(after.memberships.map(\.classID))
        return had.subtracting(has).count > has.subtracting(had).count
    }

    /// Those of `losses` that are too many with what others lost before.
    public static func held(_ losses: Set<Loss>, by tally: LossTally) -> Set<Loss> {
        // Who was suspended since is not there any more, but was one of those who are compared.
        let atSchool = tally.peopleAtSchool + tally.atSchool[.access, default: 0]
        let ofTenant = tally.peopleOfTenant + tally.atTenant[.access, default: 0]
        return losses.filter { loss in
            isTooMany(tally.atSchool[loss, default: 0] + 1, of: atSchool, loss)
                || isTooMany(tally.atTenant[loss, default: 0] + 1, of: ofTenant, loss)
        }
    }

    /// More than five people and, among twenty or more, more than the percentage of the loss.
    public static func isTooMany(_ losing: Int, of people: Int, _ loss: Loss) -> Bool {
        losing > 5 && (people < 20 || losing * 100 > people * percentage(of: loss))
    }

    private static func percentage(of loss: Loss) -> Int {
        switch loss {
        case .access, .loginEmail: 10
        case .privilege, .field: 20
        case .membership: 30
        }
    }

    /// The fields of which nothing may be believed so that `losses` do not happen; nil where the
    /// whole answer must wait.
    public static func withheld(for losses: Set<Loss>) -> Set<SourceField>? {
        var fields: Set<SourceField> = []
        for loss in losses {
            switch loss {
            case .access: return nil
            case .loginEmail: fields.insert(.email)
            // A right follows from a job title.
            case .privilege: fields.insert(.roles)
            case .membership: fields.insert(.classes)
            case .field(let field): fields.insert(field.source)
            }
        }
        return fields
    }
}

extension Field {
    /// What a source says that decides the field.
    fileprivate var source: SourceField {
        switch self {
        case .email: .email
        case .title: .title
        case .forename: .forename
        case .surname: .surname
        case .initials: .initials
        case .jobTitle, .roles: .roles
        case .teachingStaff: .teachingStaff
        case .phone: .phone
        case .address: .address
        case .lineManager: .managers
        case .classes: .classes
        case .status: .standing
        }
    }
}
