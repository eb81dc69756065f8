import Accounts
import Roster

/// Says which school an argument means, the same for every subcommand: ids of schools come first,
/// names of connections second.
struct SchoolNames {
    private let connections: [Connection]

    init(_ connections: [Connection]) { self.connections = connections }

    /// The school with that id, or the only one of the connection with that name.
    func school(_ text: String) throws(Failure) -> ConnectedSchool {
        let connection = try connection(text)
        guard let school = [connection].schools(named: text).first else {
            let ids = connection.schools.map(\.id).joined(separator: ", ")
            throw .ambiguousSchool(
                "\(text.brief) is the name of a connection to several schools (\(ids)); give the id"
                    + " of one of them."
            )
        }
        return school
    }

    /// The connection that reaches the school with that id, or the one with that name.
    func connection(_ text: String) throws(Failure) -> Connection {
        let reaching = connections(withSchool: text)
        guard reaching.count < 2 else {
            let names = reaching.map(\.name.brief).joined(separator: ", ")
            throw .ambiguousSchool(
                "The school \(text.brief) is behind several connections (\(names)); give the name"
                    + " of one of them instead."
            )
        }
        guard let found = reaching.first ?? connections.first(where: { $0.name == text }) else {
            throw .unknownSchool(text)
        }
        return found
    }

    /// Refuses a name that would hide a connection, or that a school's id would hide.
    func refuse(name: String) throws(Failure) {
        guard connections(withSchool: name).isEmpty else {
            throw .taken(
                "\(name.brief) is the id of a school here, so that no connection can be called"
                    + " that; choose another name."
            )
        }
        guard !connections.contains(where: { $0.name == name }) else {
            throw .taken(
                "A connection called \(name.brief) exists already; choose another name, or remove"
                    + " it first."
            )
        }
    }

    /// Refuses a school whose id would hide the connection with that name.
    func refuse(schoolID: String) throws(Failure) {
        guard connections.contains(where: { $0.name == schoolID }) else { return }
        throw .taken(
            "A connection is called \(schoolID.brief), like the id of this school; give it another"
                + " name with `muster connections rename` first."
        )
    }

    private func connections(withSchool id: String) -> [Connection] {
        connections.filter { $0.schools.contains { $0.id == id } }
    }
}
