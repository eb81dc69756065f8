public import Accounts
public import Roster

/// Stops a batch, and logins one by one, from taking from many people at once what was theirs.
public enum LossGuard {
    /// What a step would take from the person behind `plan`, by the change of her own account.
    ///
    /// A place in a class that another one of the same answer replaces is no loss, nor is one in a
    /// class whose year is over or is being closed. A line manager who goes because she left is none either:
    /// that follows from her leaving, which is guarded itself.
    /// - Parameters:
    ///   - plan: One of the step's plans.
    ///   - changes: What the step would write.
    ///   - seen: What the step was planned on.
    ///   - turn: The turn of the school year around the day of the step.
    /// - Returns: What she would lose.
    public static func losses(
        of plan: PersonPlan,
        in changes: ChangeSet,
        on seen: LocalView,
        turn: YearTurn
    ) -> Set<Loss> {
        guard let account = plan.account,
            let write = changes.accounts.first(where: { $0.after.id == account }),
            let before = write.before, before.status == .active
        else { return [] }
        let after = write.after
        guard after.status == .active else { return [.access] }
        var losses = fieldLosses(before, after)
        if plan.decision(on: .lineManager)?.reason == .managerLeft {
            losses.remove(.field(.lineManager))
        }
        if let email = before.email, after.email != email { losses.insert(.loginEmail) }
        if isSomebodyElse(before, after) { losses.insert(.identity) }
        if isExchanged(by: plan.key, in: changes, seen) { losses.insert(.exchange) }
        if !before.privileges.subtracting(after.privileges).isEmpty,
            !Set(before.privileges.map(\.name)).isSubset(of: after.privileges.map(\.name))
        {
            losses.insert(.privilege)
        }
        if losesContacts(before, after, of: plan.key, in: changes) {
            losses.insert(.field(.contacts))
        }
        let stays = changes.links.first { $0.after.key == plan.key }?.after.last.classes.value ?? []
        let ended = seen.links[plan.key].map { endedPlaces($0, besides: stays, at: turn) }
        if losesPlaces(before, after, besides: ended ?? 0) { losses.insert(.membership) }
        return losses
    }

    /// Fields whose value goes, or turns into its opposite.
    private static func fieldLosses(_ before: Account, _ after: Account) -> Set<Loss> {
        var losses: Set<Loss> = []
        for field in Field.texts
        where before[text: field] != nil && after[text: field] == nil {
            losses.insert(.field(field))
        }
        if before.lineManager != nil, after.lineManager == nil {
            losses.insert(.field(.lineManager))
        }
        if let teaches = before.teachingStaff, after.teachingStaff != teaches {
            losses.insert(.field(.teachingStaff))
        }
        return losses
    }

    /// Whether somebody is responsible no more by the word of a record that still speaks.
    private static func losesContacts(
        _ before: Account,
        _ after: Account,
        of key: SourceKey,
        in changes: ChangeSet
    ) -> Bool {
        let own = before.guardianships.filter { $0.givenBy == key }
        guard !own.isEmpty,
            changes.links.first(where: { $0.after.key == key })?.after.state.isPresent ?? true
        else { return false }
        return own.contains { held in
            held.isWithdrawn(leaving: after.guardianships.first { $0.isSameRelation(as: held) })
        }
    }

    private static func isSomebodyElse(_ before: Account, _ after: Account) -> Bool {
        [Field.forename, .surname, .email].allSatisfy { field in
            guard let had = before[text: field], let has = after[text: field] else { return false }
            return CleanText.folded(had) != CleanText.folded(has)
        }
    }

    /// Whether her record takes another one's place: records that changed places, or one that is
    /// somebody else's now.
    private static func isExchanged(
        by key: SourceKey,
        in changes: ChangeSet,
        _ seen: LocalView
    ) -> Bool {
        guard let write = changes.links.first(where: { $0.after.key == key }) else { return false }
        return place(takenBy: write.after.last, on: seen) != nil
    }

    private static func losesPlaces(
        _ before: Account,
        _ after: Account,
        besides ended: Int
    ) -> Bool {
        let had = Set(before.memberships.map(\.classID))
        let has = Set(after.memberships.map(\.classID))
        return had.subtracting(has).count - ended > has.subtracting(had).count
    }

    /// How many of the classes that the source states no longer go with their year.
    private static func endedPlaces(
        _ link: Link,
        besides stays: [ClassMembership],
        at turn: YearTurn
    ) -> Int {
        let gone = Set((link.last.classes.value ?? []).map(\.teachingClass.key))
            .subtracting(stays.map(\.teachingClass.key))
        return gone.count(where: turn.ends)
    }

    /// Those losses of a whole list that are too many.
    /// - Parameters:
    ///   - toll: How many people of the school and kind would lose what.
    ///   - tenantToll: How many people of the kind, of all schools that were read together, would.
    ///   - tally: What was taken before.
    ///   - filled: How many had each field before; of those, too many may not lose theirs.
    ///   - kind: The kind of person.
    /// - Returns: What must wait for a person.
    public static func held(
        _ toll: [Loss: Int],
        ofTenant tenantToll: [Loss: Int],
        by tally: LossTally,
        filled: [SourceField: Int] = [:],
        kind: PersonKind
    ) -> Set<Loss> {
        let (atSchool, ofTenant) = (tally.everybodyAtSchool, tally.everybodyOfTenant)
        let losses = toll.filter { loss, count in
            var people = atSchool
            if case .field(let field) = loss, let filled = filled[field.source], filled > 0 {
                people = min(people, filled)
            }
            return count > 0
                && (isTooMany(count + tally.atSchool[loss, default: 0], of: people, loss, kind)
                    || isTooMany(
                        tenantToll[loss, default: 0] + tally.atTenant[loss, default: 0],
                        of: ofTenant,
                        loss,
                        kind
                    ))
        }
        return Set(losses.keys)
    }

    /// Whether accounts for so many newcomers are too many for a school that was loaded before.
    ///
    /// Those that logins and syncs of changes made lately count with them; where nobody else is
    /// there, it is a first load.
    /// - Parameters:
    ///   - newcomers: How many there are.
    ///   - tally: What was made before, and how many people there are.
    ///   - compared: The most people that they may be compared with, where not all were looked at.
    /// - Returns: Whether a person decides about all of them.
    public static func isTooManyNew(
        _ newcomers: Int,
        by tally: LossTally,
        besides compared: Int = .max
    ) -> Bool {
        let made = tally.atSchool[.creation, default: 0]
        let people = tally.peopleAtSchool - made
        guard newcomers > 0, people > 0 else { return false }
        return isTooMany(newcomers + made, of: min(people, compared), .creation, .staff)
    }

    /// Those of `losses` that are too many with what others lost before.
    public static func held(
        _ losses: Set<Loss>,
        by tally: LossTally,
        kind: PersonKind
    ) -> Set<Loss> {
        let (atSchool, ofTenant) = (tally.everybodyAtSchool, tally.everybodyOfTenant)
        return losses.filter { loss in
            isTooMany(tally.atSchool[loss, default: 0] + 1, of: atSchool, loss, kind)
                || isTooMany(tally.atTenant[loss, default: 0] + 1, of: ofTenant, loss, kind)
        }
    }

    /// More than five people and, among twenty or more, more than the percentage of the loss; of
    /// people who change places, anybody.
    ///
    /// Of students whole years leave at once, and their contacts with them; nobody else does.
    public static func isTooMany(
        _ losing: Int,
        of people: Int,
        _ loss: Loss,
        _ kind: PersonKind
    ) -> Bool {
        if loss == .exchange { return losing > 0 }
        return losing > 5 && (people < 20 || losing * 100 > people * percentage(of: loss, kind))
    }

    /// Whether `losing` people, all who had a value and are listed after some page, are too many to
    /// lose it, whatever part of the list they are.
    public static func isTooMany(atTheEnd losing: Int) -> Bool { losing > 5 }

    private static func percentage(of loss: Loss, _ kind: PersonKind) -> Int {
        switch loss {
        case .access: kind == .student ? 40 : 10
        // A contact is not stated to leave: she is listed no more once her last pupil left.
        case .absence: kind == .contact ? 40 : 10
        case .loginEmail, .identity, .exchange: 10
        case .creation: 50
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
            case .access, .absence, .identity, .exchange, .creation: return nil
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

extension LossTally {
    /// Who was suspended is not there any more, but was one of those who are compared.
    fileprivate var everybodyAtSchool: Int { peopleAtSchool + Self.gone(atSchool) }
    fileprivate var everybodyOfTenant: Int { peopleOfTenant + Self.gone(atTenant) }

    private static func gone(_ losses: [Loss: Int]) -> Int {
        losses[.access, default: 0] + losses[.absence, default: 0]
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
        case .contacts: .contacts
        // Nothing that a source says about credentials is ever believed.
        case .status, .credential: .standing
        }
    }
}
