public import Accounts
public import Reconciliation
public import Roster

/// Why a decision about a record or about two accounts was not carried out.
public enum ReviewError: Error, Sendable, Hashable {
    /// No record of that id waits without an account.
    case unknownRecord(String)
    /// Records of several kinds of people have that id.
    case severalKinds(String, [PersonKind])
    /// The record is nobody's to link.
    case notToImport(String, UnlinkedReason)
    /// The decision leaves the record where it was, because of this.
    case refused(String, UnlinkedReason)
    /// Somebody else gave the record to another account meanwhile.
    case linkedMeanwhile(String)
    /// The day until which a record is to be ignored is not ahead.
    case pastDay(Day)
    /// No reason was given.
    case noReason
    /// Nobody said that the record is to be ignored.
    case notDismissed(String)
    /// The two accounts were not made one.
    case merge(MergeError)
    /// The account stands for another record of the school, with another name, or of another kind with quite another one.
    case anotherPerson(String, other: String)
    /// The account stands, or stood, for records of quite another name only.
    case formerlyAnotherPerson(String, other: String)
    /// There is no such account.
    case administration(AdministrationError)
    /// The store could not do it.
    case store(StoreError)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .unknownRecord(let id):
            "No record \(id) waits without an account here; see which do with `muster review`."
        case .severalKinds(let id, let kinds):
            "Several records have the id \(id); choose one with --kind \(kinds.map(\.rawValue).sorted().joined(separator: " or "))."
        case .notToImport(let id, let reason):
            "The record \(id) cannot have an account because \(reason.words); have it put right in the MIS and sync again."
        case .refused(let id, let reason):
            "No account was made for the record \(id) because \(reason.words); link it to that account if it is the same person, else give one of the two another address in the MIS."
        case .anotherPerson(let id, let other):
            "The account stands for the record \(other), which the MIS has too and under another name than the record \(id), so they stay two; if it is one person, say so with --same-person."
        case .formerlyAnotherPerson(let id, let other):
            "The account is that of the record \(other), which shares neither name with the record \(id), so it was not given to it; if it is one person, say so with --same-person."
        case .linkedMeanwhile(let id):
            "The record \(id) was given to another account meanwhile; see it with `muster review`."
        case .pastDay(let day):
            "A record cannot be ignored until \(day), which is not ahead; give a later day."
        case .noReason: "A record is ignored for a reason; give one with --because."
        case .notDismissed(let id):
            "The record \(id) is not ignored; see those that are with `muster review --all`."
        case .merge(let error): error.sentence
        case .administration(let error): error.sentence
        case .store(let error): error.sentence
        }
    }
}
