package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes the members of an account as hosts and operators read them; ids are our own.
    ///
    /// With `fields`, only the id and those members.
    package mutating func account(_ summary: AccountSummary, showing fields: Set<String>? = nil) {
        let account = summary.account
        func shows(_ name: String) -> Bool { fields?.contains(name) ?? true }
        member("id", String(account.id.value))
        if shows("email") { member("email", account.email) }
        if shows("title") { member("title", account.title) }
        if shows("forename") { member("forename", account.forename) }
        if shows("surname") { member("surname", account.surname) }
        if shows("initials") { member("initials", account.initials) }
        if shows("jobTitle") { member("jobTitle", account.jobTitle) }
        if shows("teachingStaff") { member("teachingStaff", account.teachingStaff) }
        if shows("phone") { member("phone", account.phone) }
        if shows("address") { member("address", account.address) }
        if shows("lineManager") { lineManager(summary.lineManager) }
        if shows("classes") || shows("subjects") {
            places(summary.places, classes: shows("classes"), subjects: shows("subjects"))
        }
        let kinds = summary.kinds
        if kinds.contains(PersonKind.student.rawValue), shows("contacts") {
            array("contacts") { list in
                for relative in summary.contacts { list.relative(relative) }
            }
        }
        if kinds.contains(PersonKind.contact.rawValue), shows("students") {
            array("students") { list in
                for relative in summary.students { list.relative(relative) }
            }
        }
        if shows("roles") { member("roles", Set(account.privileges.map(\.name)).sorted()) }
        if shows("status") { member("status", account.status.word) }
        if shows("credential") { member("credential", account.credentialSeen) }
        if shows("kinds") { member("kinds", kinds) }
    }

    /// The members of an account besides its id, in the order in which they are written.
    package static let accountMembers = [
        "email", "title", "forename", "surname", "initials", "jobTitle", "teachingStaff", "phone",
        "address", "lineManager", "classes", "subjects", "contacts", "students", "roles", "status",
        "credential", "kinds",
    ]

    private mutating func places(_ places: [ClassPlace], classes: Bool, subjects: Bool) {
        if classes {
            array("classes") { classes in
                for place in places { classes.place(place) }
            }
        }
        if subjects {
            member("subjects", Set(places.compactMap(\.record.teachingClass.subject)).sorted())
        }
    }

    private mutating func lineManager(_ manager: Account?) {
        guard let manager else { return null("lineManager") }
        object("lineManager") { member in
            member.member("id", String(manager.id.value))
            member.member("email", manager.email)
            member.member("name", manager.fullName)
        }
    }
}

extension JSONArrayWriter {
    /// Of the person at the other end of a relation no more than who she is.
    fileprivate mutating func relative(_ relative: Relative) {
        object { member in
            member.member("id", relative.account.map { String($0.value) })
            member.member("name", relative.name)
            member.member("relationship", relative.relationship)
            member.member("parentalResponsibility", relative.parentalResponsibility)
            member.member("confirmed", relative.isConfirmed)
        }
    }

    fileprivate mutating func place(_ place: ClassPlace) {
        object { member in
            member.member("id", String(place.record.id.value))
            member.member("name", place.record.teachingClass.name)
            member.member("description", place.record.teachingClass.description)
            member.member("role", place.role.rawValue)
        }
    }
}
