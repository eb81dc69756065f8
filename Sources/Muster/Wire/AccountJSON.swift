package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes the members of an account as hosts and operators read them; ids are our own.
    package mutating func account(_ summary: AccountSummary) {
        let account = summary.account
        member("id", String(account.id.value))
        member("email", account.email)
        member("title", account.title)
        member("forename", account.forename)
        member("surname", account.surname)
        member("initials", account.initials)
        member("jobTitle", account.jobTitle)
        member("teachingStaff", account.teachingStaff)
        member("phone", account.phone)
        member("address", account.address)
        lineManager(summary.lineManager)
        let places = summary.places
        array("classes") { classes in
            for place in places { classes.place(place) }
        }
        member("subjects", Set(places.compactMap(\.record.teachingClass.subject)).sorted())
        member("roles", Set(account.privileges.map(\.name)).sorted())
        member("status", account.status.word)
        member("credential", account.credential.rawValue)
        member("kinds", summary.kinds)
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
    fileprivate mutating func place(_ place: ClassPlace) {
        object { member in
            member.member("id", String(place.record.id.value))
            member.member("name", place.record.teachingClass.name)
            member.member("description", place.record.teachingClass.description)
            member.member("role", place.role.rawValue)
        }
    }
}
