public import Accounts
public import Roster

extension Reason {
    /// The rule in plain words, where `kind` tells of whom.
    public func words(of kind: PersonKind?) -> String {
        guard self == .outOfScope, let kind else { return words }
        return "the record has no \(kind.loginAddress) now, so the account stays as it is"
    }

    /// The rule in plain words.
    public var words: String {
        switch self {
        case .same: "the MIS and the account agree"
        case .neverByProvider: "this kind of MIS never delivers it"
        case .notGranted: "the school has not granted it, so an empty answer says nothing"
        case .notAskedFor: "it is not asked for"
        case .ownedLocally: "it belongs to this application"
        case .setOnceAtCreation: "the MIS sets it when the account is made and not again"
        case .localEditStands: "it was edited here, and the MIS has not changed since"
        case .homeLinkLeads: "it comes from the person's other school"
        case .unusableValue: "the value in the MIS cannot be used"
        case .sourceOwns: "the MIS decides, and says something else"
        case .sourceChanged: "it was edited here, but the MIS has changed since"
        case .sourceCleared: "the MIS states that there is none"
        case .created: "the account is made with it"
        case .emailHeld: "another account has the address and keeps it for now"
        case .emailContested: "two people state this address as theirs"
        case .managerUnknown: "the line manager has no account here yet"
        case .managerLoop: "following line managers from here leads back here"
        case .managerIsSelf: "the MIS names the person as her own line manager"
        case .managerLeft: "the line manager has left"
        case .statedLeaving: "the MIS states that the person left"
        case .inferredLeaving: "two complete lists at least 12 hours apart did not have the person"
        case .otherLinkPresent: "another school still has the person"
        case .foundCurrent: "the MIS has the person again"
        case .suspendedByAdministrator: "an administrator suspended the account"
        case .outOfScope:
            "the record has no e-mail address to log in with now, so the account stays as it is"
        case .linkEnded: "the school that gave it no longer has the person"
        case .addressPassedOn: "somebody new has the address now"
        case .localEdit: "a person in this application changed it"
        case .imported: "the account came from the application's own list"
        case .heldByGuard:
            "many people would lose it at once, so it waits for approval and counts as unconfirmed"
        case .pinned: "it is pinned here"
        case .undone: "a person undid the run that had changed it"
        case .merged: "a person said that two accounts are one person's"
        case .linkedByPerson: "a person said whose record it is"
        }
    }

    /// The setting behind the rule for `field`; nil where none changes it.
    public func setting(for field: Field) -> String? {
        switch self {
        case .same, .created, .ownedLocally, .setOnceAtCreation, .localEditStands, .sourceOwns,
            .sourceChanged, .sourceCleared:
            switch field {
            case .roles: "role.NAME"
            case .classes, .contacts, .status: nil
            default: "owner.\(field.rawValue)"
            }
        case .managerLeft: "lineManager.departed"
        case .inferredLeaving: "freeze"
        default: nil
        }
    }

    /// What to do to have it otherwise; nil where there is nothing to do here.
    public func remedy(for field: Field, of kind: PersonKind? = nil) -> String? {
        switch self {
        case .managerLeft, .inferredLeaving:
            return setting(for: field).map {
                "change it with `muster policy SCHOOL --set \($0)=VALUE`"
            }
        case .notGranted: return "ask the school to share it with this application"
        case .notAskedFor: return "see what `muster connect` can ask for, or use an MIS that has it"
        case .unusableValue: return "correct it in the MIS"
        case .emailHeld: return "correct the other account's address, here or in the MIS"
        case .emailContested: return "correct one of the two in the MIS"
        case .managerUnknown:
            return "wait until the line manager is synced, or check her e-mail address in the MIS"
        case .managerLoop, .managerIsSelf: return "correct the line managers in the MIS"
        case .suspendedByAdministrator: return "lift it with `muster restore SCHOOL EMAIL`"
        case .heldByGuard:
            return "check it in the MIS, and approve the plan of the sync if it is right"
        case .pinned: return "lift it with `muster unpin SCHOOL EMAIL`"
        case .outOfScope:
            return
                "give the person a \(kind?.loginAddress ?? PersonKind.anyLoginAddress) in the MIS"
        default: return nil
        }
    }
}

extension PersonKind {
    /// What somebody of the kind logs in by, as the school would call it.
    fileprivate var loginAddress: String {
        switch self {
        case .staff: "work e-mail address"
        case .student: "school e-mail address"
        case .contact: "home e-mail address"
        }
    }

    fileprivate static let anyLoginAddress = "e-mail address to log in with"
}

extension UnlinkedReason {
    /// Why the record has no account, in plain words, where `kind` tells of whom.
    public func words(of kind: PersonKind?) -> String {
        guard self == .noWorkEmail, let kind else { return words }
        return "the record has no \(kind.loginAddress)"
    }

    /// Why the record has no account, in plain words.
    public var words: String {
        switch self {
        case .noWorkEmail: "the record has no \(PersonKind.anyLoginAddress)"
        case .invalidEmail: "what the record has as an e-mail address is none"
        case .left: "the record states that the person left"
        case .notYetStarted: "the record states a first day ahead"
        case .erased: "the person was erased here"
        case .unusableName: "a name in the record is missing or cannot be used"
        case .sharedEmail: "another record has the same e-mail address"
        case .emailOfLinkedAccount:
            "the address belongs to an account that stands for another record"
        case .otherKind:
            "the address or a number belongs to an account of another kind of person"
        case .surnameDisagrees: "the address belongs to an account with another surname"
        case .privilegedAccount:
            "the address or a number belongs to an account that was given rights by hand"
        case .suspendedAccount:
            "the address or a number belongs to an account that an administrator suspended"
        case .untrustedEmail: "addresses of this connection are not trusted to join accounts"
        case .possibleReturner: "address and name, or a number, are those of somebody who left"
        case .creationNotAllowed: "the login was not allowed to make an account"
        case .manyNewcomers: "so many were new at once that a sync must find out whether they are"
        case .reusedRecord:
            "the record of somebody who left came back with another name and another address"
        case .linkTakenBack: "a person took back that it was given to an account"
        case .sharedNeutralKey:
            "other records without an account state one of its numbers (UPN, ULN or TRN) too"
        case .neutralKeysDisagree:
            "its numbers (UPN, ULN or TRN), or a number and its address, are of different accounts"
        case .neutralKeyOfLinkedAccount:
            "a number (UPN, ULN or TRN) is of an account that stands for another record of the school"
        case .neutralKeyNameDisagrees:
            "a number (UPN, ULN or TRN) is of an account with another name"
        case .namesakeAfterRenumbering:
            "it is new since the ids of the school changed, and has the name of an account whose record is gone"
        case .unknownAfterRenumbering:
            "it is new since the ids of the school changed, and no number, address or name tells whose it is"
        }
    }
}
