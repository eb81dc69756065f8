internal import Roster

// Where Wonde keeps the people of each kind, and what it calls them.
extension PersonKind {
    /// The last part of the path of their list, and of a single one before her id.
    var wondePath: String {
        switch self {
        case .staff: "employees"
        case .student: "students"
        case .contact: "contacts"
        }
    }

    /// The same of those who have left; nil where Wonde keeps no such list.
    var wondeLeaversPath: String? { self == .student ? "students-leaver" : nil }

    /// What a row of deletions calls one of them.
    var wondeDeletionType: String {
        switch self {
        case .staff: "employee"
        case .student: "student"
        case .contact: "contact"
        }
    }

    /// What they are called where people read it.
    var people: String {
        switch self {
        case .staff: "staff"
        case .student: "pupils"
        case .contact: "contacts"
        }
    }
}
