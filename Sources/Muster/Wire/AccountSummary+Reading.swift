package import Accounts
package import Roster

/// A class and what the person is in it, whoever gave the place.
package struct ClassPlace: Sendable, Hashable {
    /// The class.
    package var record: ClassRecord
    /// What the person is in it; of several roles the first by rank.
    package var role: ClassRole
}

extension AccountSummary {
    /// The classes by name, each once.
    package var places: [ClassPlace] {
        var roles: [ClassID: ClassRole] = [:]
        for membership in account.memberships {
            let known = roles[membership.classID] ?? membership.role
            roles[membership.classID] = known.rank < membership.role.rank ? known : membership.role
        }
        let places = roles.compactMap { id, role in
            classes[id].map { ClassPlace(record: $0, role: role) }
        }
        return places.sorted { left, right in
            let names = (left.record.teachingClass.name, right.record.teachingClass.name)
            return names.0 == names.1 ? left.record.id < right.record.id : names.0 < names.1
        }
    }

    /// What the person is to the schools that have her now or, where none has, had her.
    package var kinds: [String] {
        let present = links.filter(\.state.isPresent)
        return Set((present.isEmpty ? links : present).map(\.key.kind.rawValue)).sorted()
    }
}

extension Relative {
    /// As people read it, for example `Siân Patel (Mother, parental responsibility)`.
    package var text: String {
        let responsibility = parentalResponsibility.map {
            $0 ? "parental responsibility" : "no parental responsibility"
        }
        let words = [relationship, responsibility, isConfirmed ? nil : "unconfirmed"]
            .compactMap(\.self)
        let name = name ?? "somebody without a name here"
        return words.isEmpty ? name : "\(name) (\(words.joined(separator: ", ")))"
    }
}

extension Account {
    /// Forename and surname, as far as known; the address where neither is.
    package var fullName: String {
        let names = [forename, surname].compactMap(\.self)
        return names.isEmpty ? email ?? "" : names.joined(separator: " ")
    }
}

extension AccountStatus {
    /// The word that hosts read.
    package var word: String {
        switch self {
        case .active: "active"
        case .suspended: "suspended"
        }
    }
}

extension ClassRole {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
