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

extension Guardianship {
    /// As history shows it, with the contact called `name`.
    func text(calling name: String) -> String {
        let responsibility = parentalResponsibility.map {
            $0 ? "parental responsibility" : "no parental responsibility"
        }
        let words = [relationship, responsibility, isConfirmed ? nil : "unconfirmed"]
            .compactMap(\.self)
        return words.isEmpty ? name : "\(name) (\(words.joined(separator: ", ")))"
    }
}

extension ContactEntry {
    /// As pins and `explain` show it: by the contact's record, which no other account can change.
    package var text: String {
        Guardianship(
            contact: key,
            relationship: relationship,
            parentalResponsibility: parentalResponsibility,
            givenBy: nil
        ).text(calling: "contact \(key.id)")
    }
}

extension Draft {
    /// Forename and surname of a contact, by her account or by her record without one; nil where
    /// she was not loaded.
    func name(ofContact key: SourceKey) -> String? {
        if let account = links[key].flatMap(account(of:)) {
            return Relative.name(account.forename, account.surname) ?? account.label
        }
        let record = unlinked[key]?.observation
        return Relative.name(record?.forename.value, record?.surname.value)
    }

    /// Places as history shows them, in alphabetical order.
    ///
    /// A class that nobody asked to see is named as the source stated it last, if that is plain.
    func texts(
        of places: Set<Membership>,
        stated: [ClassMembership]
    ) -> [(text: String, place: Membership)] {
        let names = Dictionary(classes.values.map { ($0.id, $0.teachingClass.name) }) { $1 }
        let known = places.filter { names[$0.classID] != nil }
        let unseen = stated.filter { classes[$0.teachingClass.key] == nil }.map(\.text)
        let unknown = places.subtracting(known)
            .sorted { ($0.classID, $0.role.rawValue) < ($1.classID, $1.role.rawValue) }
        let rest =
            unknown.count == unseen.count
            ? unseen : unknown.map { "class \($0.classID.value) (\($0.role.rawValue))" }
        let named = known.map {
            (text: "\(names[$0.classID] ?? "") (\($0.role.rawValue))", place: $0)
        }
        return (named + zip(rest, unknown).map { (text: $0, place: $1) })
            .sorted { ($0.text, $0.place.classID) < ($1.text, $1.place.classID) }
    }
}
