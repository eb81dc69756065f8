/// What a member of staff does in a class.
package enum ClassRole: String, CaseIterable, Sendable {
    case mainTeacher
    case teacher
    case supervisor

    /// The service's words for the role, the first one first.
    var texts: [String] {
        switch self {
        case .mainTeacher: ["Main Class Teacher", "Class Teacher"]
        case .teacher: ["Class Teacher"]
        case .supervisor: ["Supervisor"]
        }
    }
}

/// A member of staff in a class.
struct TeacherLink: Sendable {
    var employee: ObjectID
    var role: ClassRole
}

/// A teaching class.
struct SchoolClass: EmulatedRow {
    var id: ObjectID
    var misID: String
    var name: String
    var code: String?
    var description: String?
    var subject: ObjectID?
    var academicYear: String?
    var yearGroup: String?
    var teachers: [TeacherLink] = []
    /// Positions in the school's table of students.
    var students: [Int32] = []
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var restoredAt: Timestamp?
    var isRemoved = false
}

/// A group of pupils that is not a class: a form, a year, a house.
struct SchoolGroup: EmulatedRow {
    var id: ObjectID
    var misID: String
    var name: String
    var description: String?
    var type: String
    var employees: [ObjectID] = []
    /// Positions in the school's table of students.
    var students: [Int32] = []
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var restoredAt: Timestamp?
    var isRemoved = false
}

/// A subject that is taught.
struct Subject: EmulatedRow {
    var id: ObjectID
    var misID: String
    var name: String
    var code: String
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var restoredAt: Timestamp?
    var isRemoved = false
}

/// A line of the service's list of removed things.
struct Deletion: Sendable {
    var id: ObjectID
    var misID: String
    var type: String
    var deletedAt: Timestamp
    var restoredAt: Timestamp?
}
