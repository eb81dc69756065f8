import Accounts
import JSON
import Muster
import Roster

extension JSONObjectWriter {
    /// Writes the members of a school.
    mutating func school(_ school: SchoolDescription) {
        member("school", school.id)
        member("name", school.name)
    }

    /// Writes the members of a connection; none of them is secret.
    mutating func connection(_ row: ConnectionListCommand.Row) {
        let connection = row.connection
        member("connection", connection.name)
        member("kind", connection.kind)
        member("tenant", connection.tenant.name)
        member("provider", connection.capabilities.provider)
        array("schools") { schools in
            for school in connection.schools { schools.object { $0.school(school) } }
        }
        member("people", connection.people.map(\.rawValue).sorted())
        member("token", row.isRevoked ? "revoked" : "sealed")
        object("schedule") { $0.schedule(connection.schedule) }
        member("trouble", row.trouble)
        member("shortList", row.shortList)
        withdrawn(connection.withdrawn)
    }
}
