/// A pupil in short, for tests that look for somebody to change.
package struct StudentSummary: Hashable, Sendable {
    package var id: String
    package var forename: String?
    package var surname: String?
    package var email: String?
    package var year: Int
    package var upn: String
    package var classIDs: [String]
    package var contactIDs: [String]
    /// Whether she was moved to those who left.
    package var hasLeft: Bool

    init(_ row: Student, in state: borrowing SchoolState) {
        id = row.id.description
        forename = row.base.forename
        surname = row.base.surname
        email = state.email(of: row)
        year = row.year
        upn = UPN.text(of: row.id)
        classIDs = row.classes.map { state.classes.rows[Int($0)].id.description }
        contactIDs = row.contacts.map { state.contacts.rows[Int($0.contact)].id.description }
        hasLeft = row.left != nil
    }
}

/// A contact in short.
package struct ContactSummary: Hashable, Sendable {
    package var id: String
    package var forename: String?
    package var surname: String?
    package var email: String?
    package var studentIDs: [String]

    init(_ row: Contact, in state: borrowing SchoolState) {
        id = row.id.description
        forename = row.base.forename
        surname = row.base.surname
        email = row.contact.homeEmail
        studentIDs = row.students.map { state.students.rows[Int($0)].id.description }
    }
}

// The control functions for pupils and contacts.
extension WondeEmulator {
    /// Every pupil that was not removed, those who left among them.
    package func students(school: String) throws(ControlError) -> [StudentSummary] {
        try world.read(school) { state in
            state.students.rows.filter { !$0.isRemoved }.map { StudentSummary($0, in: state) }
        }
    }

    /// Every contact that was not removed.
    package func contacts(school: String) throws(ControlError) -> [ContactSummary] {
        try world.read(school) { state in
            state.contacts.rows.filter { !$0.isRemoved }.map { ContactSummary($0, in: state) }
        }
    }

    /// Changes a pupil, as in `change(…) { $0.surname = "Baker" }`.
    package func change(
        school: String,
        student: String,
        _ edit: (inout PersonChange) -> Void
    ) throws(ControlError) {
        var change = PersonChange()
        edit(&change)
        let wanted = change
        try world.edit(school) { (state) throws(ControlError) in
            try state.apply(wanted, toStudent: student, now: .now)
        }
    }

    /// Changes a contact.
    package func change(
        school: String,
        contact: String,
        _ edit: (inout PersonChange) -> Void
    ) throws(ControlError) {
        var change = PersonChange()
        edit(&change)
        let wanted = change
        try world.edit(school) { (state) throws(ControlError) in
            try state.apply(wanted, toContact: contact, now: .now)
        }
    }
}
