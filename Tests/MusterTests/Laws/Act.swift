import Accounts
import Muster
import MusterTesting
import Roster

/// Something that happens to a school in a generated history.
enum Act: Sendable {
    /// The source lists a record, in place of what it said of the person before.
    case list(Observation)
    /// The source no longer lists a record.
    case unlist(SourceKey)
    /// Somebody logs in, and the source answers so.
    case login(SourceKey, byEmail: Bool, LoginMethod, ScriptedAnswer)
    /// Everybody is synced.
    case sync(Reading)
    /// An administrator edits the account behind a record.
    case edit(SourceKey, HandEdit)
    /// An administrator takes back the latest run that changed the account behind a record.
    case undo(SourceKey, isWhole: Bool)
    /// The tenant changes its mind.
    case setPolicy(Policy)
    /// The host's own account is taken over.
    case takeOver(ImportedAccount)
    /// Time passes.
    case pass(hours: Int)

    /// How a batch reads, and what goes wrong.
    struct Reading: Sendable {
        var pageSize: Int
        var order: UInt64
        var fault: Fault?
        /// People planned and applied in one step.
        var chunk = 50
    }

    /// What goes wrong while a batch reads.
    enum Fault: Sendable {
        /// A page is not delivered.
        case page(Int, SourceError)
        /// The list ends early.
        case halfList
        /// A record cannot be read, with or without its id.
        case unreadable(String?)
        /// The list is empty.
        case empty
        /// The source does not describe itself.
        case silent

        /// Whether the run cannot be finished.
        var isFatal: Bool {
            switch self {
            case .page, .empty, .silent: true
            case .halfList, .unreadable: false
            }
        }
    }

    /// What an administrator does.
    enum HandEdit: Sendable {
        case set(Field, String)
        case manager(SourceKey)
        case suspend
        case restore
        /// Keeps a field, or all of it, as it is, for some days or for ever.
        case pin(Field?, days: Int?)
        case unpin(Field?)
        /// Gives a right and a place that no link gave.
        case grant
    }
}

extension Act: CustomStringConvertible {
    var description: String {
        switch self {
        case .list(let observation): "list \(observation.brief)"
        case .unlist(let key): "unlist \(key.brief)"
        case .login(let key, let byEmail, let method, let answer):
            "login \(key.brief)\(byEmail ? " by e-mail" : "") \(method) \(answer.brief)"
        case .sync(let reading):
            "sync by \(reading.pageSize) in order \(reading.order) in steps of \(reading.chunk) \(reading.fault.map { "\($0)" } ?? "")"
        case .edit(let key, let edit): "edit \(key.brief) \(edit)"
        case .undo(let key, let isWhole):
            "undo the latest run of \(key.brief) \(isWhole ? "for all" : "")"
        case .setPolicy(let policy):
            "policy \(policy.ownership.map { "\($0.key)=\($0.value)" }.sorted()) "
                + "\(policy.privileges.keys.sorted()) \(policy.departedManager) \(policy.freezes.count)"
        case .takeOver(let account): "take over \(account.texts[.email] ?? "")"
        case .pass(let hours): "pass \(hours) h"
        }
    }
}

extension SourceKey {
    var brief: String { "\(school.school.suffix(1))/\(id)" }
}

extension ScriptedAnswer {
    fileprivate var brief: String {
        switch self {
        case .record: ""
        case .notReturned: "not returned"
        case .refused: "refused"
        case .failed: "failed"
        case .held: "held"
        }
    }
}

extension Observed {
    fileprivate func brief(_ name: String, _ text: (Value) -> String) -> String? {
        switch self {
        case .value(let value): "\(name)=\(text(value))"
        case .empty: "\(name)=-"
        case .notSupplied: nil
        }
    }
}

extension Observation {
    /// What it says, in a few words.
    var brief: String {
        let parts: [String?] = [
            "\(key.brief) \(standing)", email.brief("email") { $0.debugDescription },
            forename.brief("f") { $0.debugDescription }, surname.brief("s") { $0.debugDescription },
            title.brief("t") { $0.debugDescription }, phone.brief("p") { $0.debugDescription },
            roles.brief("roles") { roles in
                "\(roles.map { "\($0.title) \($0.term.start?.description ?? "")..\($0.term.end?.description ?? "")" })"
            },
            managers.brief("managers") { "\($0.map(\.key.brief))" },
            contacts.brief("contacts") { contacts in
                "\(contacts.map { "\($0.key.id):\($0.relationship ?? "-"):\($0.parentalResponsibility.map(String.init) ?? "-")" })"
            },
            classes.brief("classes") { places in
                "\(places.map { "\($0.teachingClass.key.id):\($0.teachingClass.name):\($0.role)" })"
            },
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }
}
