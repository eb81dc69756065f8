import Accounts
import Roster

extension AccountStatus {
    /// As history and `explain` show it.
    var text: String {
        switch self {
        case .active: "active"
        case .suspended(by: .sync): "suspended by sync"
        case .suspended(by: .administrator): "suspended by an administrator"
        }
    }
}

extension ClassMembership {
    /// As history and `explain` show it.
    var text: String { "\(teachingClass.name) (\(role.rawValue))" }
}

extension Account {
    /// What people recognise the account by.
    var label: String {
        email ?? [forename, surname].compactMap(\.self).joined(separator: " ")
    }
}

extension Draft {
    /// The names of the classes the draft knows.
    var classNames: [ClassID: String] {
        Dictionary(classes.values.map { ($0.id, $0.teachingClass.name) }) { first, _ in first }
    }
}
