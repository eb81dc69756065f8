import Accounts
import Roster

/// Why a run could not be finished.
enum SyncFailure: Error, Equatable {
    case source(SourceError)
    case store(StoreError)
    /// Somebody stopped the run.
    case cancelled
    /// The source listed nobody, though people are known here.
    case emptyList(PersonKind, school: String, known: Int)
    /// The source asked for more pages than a school can have.
    case endless(pages: Int)
    case unknownPlan(PlanID)
    case lapsedPlan(PlanID)
    /// A later run read the school, and may have found something else.
    case overtakenPlan(PlanID, by: Run)

    var sentence: String {
        switch self {
        case .source(let error): error.sentence
        case .store(let error): error.sentence
        case .cancelled: "The sync was stopped."
        case .emptyList(let kind, let school, let known):
            "The MIS listed no \(kind.people) for \(school) although \(known.people) \(known.word("is", "are")) linked here; nothing was changed, so look at the school's sharing settings and sync again."
        case .unknownPlan(let plan):
            "No plan \(plan.text) waits for a decision: it was carried out, or a later run took its place; sync again and approve what that holds."
        case .lapsedPlan(let plan):
            "The plan \(plan.text) is more than a day old and was not carried out; sync again and approve what that holds."
        case .overtakenPlan(let plan, let later):
            "The plan \(plan.text) was not carried out, because a later \(later.state == .preview ? "preview" : "sync") (run \(later.id.value)) has read the school since and may have found something else; sync again and approve what that holds."
        case .endless(let pages):
            "The MIS went on listing people after \(pages) pages; nothing was changed, so ask the provider about its paging and sync again."
        }
    }
}

extension PersonKind {
    /// What people of the kind are called in a sentence.
    package var people: String {
        switch self {
        case .staff: "staff"
        case .student: "pupils"
        case .contact: "contacts"
        }
    }
}
