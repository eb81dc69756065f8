import Accounts
import Reconciliation
import Roster

extension Observation {
    /// The fields that state a value.
    var filledFields: [SourceField] {
        var fields: [SourceField] = []
        if standing != .unstated { fields.append(.standing) }
        if title.value != nil { fields.append(.title) }
        if forename.value != nil { fields.append(.forename) }
        if surname.value != nil { fields.append(.surname) }
        if initials.value != nil { fields.append(.initials) }
        if email.value != nil { fields.append(.email) }
        if phone.value != nil { fields.append(.phone) }
        if address.value != nil { fields.append(.address) }
        if teachingStaff.value != nil { fields.append(.teachingStaff) }
        if roles.value?.isEmpty == false { fields.append(.roles) }
        if managers.value?.isEmpty == false { fields.append(.managers) }
        if let classes = classes.value, !classes.isEmpty {
            fields.append(.classes)
            if classes.contains(where: { $0.teachingClass.subject != nil }) {
                fields.append(.subjects)
            }
        }
        if contacts.value?.isEmpty == false { fields.append(.contacts) }
        return fields
    }

    /// The fields that are stated as empty.
    var emptyFields: Set<SourceField> {
        var fields: Set<SourceField> = []
        if title == .empty { fields.insert(.title) }
        if forename == .empty { fields.insert(.forename) }
        if surname == .empty { fields.insert(.surname) }
        if initials == .empty { fields.insert(.initials) }
        if email == .empty { fields.insert(.email) }
        if phone == .empty { fields.insert(.phone) }
        if address == .empty { fields.insert(.address) }
        if teachingStaff == .empty { fields.insert(.teachingStaff) }
        if roles == .empty { fields.insert(.roles) }
        if managers == .empty { fields.insert(.managers) }
        if classes == .empty { fields.insert(.classes) }
        if contacts == .empty { fields.insert(.contacts) }
        return fields
    }

    /// The fields that are stated as empty now and were filled in `last`.
    func fieldsEmptied(since last: Observation) -> Set<SourceField> {
        emptyFields.intersection(last.filledFields)
    }

    /// The same observation with nothing said of `fields`.
    func withholding(_ fields: Set<SourceField>) -> Observation {
        guard !fields.isEmpty else { return self }
        var result = self
        for field in fields {
            switch field {
            case .standing, .subjects: break
            case .title: result.title = .notSupplied(.notGranted)
            case .forename: result.forename = .notSupplied(.notGranted)
            case .surname: result.surname = .notSupplied(.notGranted)
            case .initials: result.initials = .notSupplied(.notGranted)
            case .email: result.email = .notSupplied(.notGranted)
            case .phone: result.phone = .notSupplied(.notGranted)
            case .address: result.address = .notSupplied(.notGranted)
            case .teachingStaff: result.teachingStaff = .notSupplied(.notGranted)
            case .roles: result.roles = .notSupplied(.notGranted)
            case .managers: result.managers = .notSupplied(.notGranted)
            case .classes: result.classes = .notSupplied(.notGranted)
            case .contacts: result.contacts = .notSupplied(.notGranted)
            }
        }
        return result
    }
}

extension [Observation] {
    /// The observations with nothing said of what would bring `losses`; without those that must wait
    /// as a whole.
    func without(_ losses: [SourceKey: Set<Loss>]) -> [Observation] {
        compactMap { observation in
            guard let held = losses[observation.key] else { return observation }
            return LossGuard.withheld(for: held).map(observation.withholding)
        }
    }

    /// Those of the observations that a guard stops from saying who is responsible for a pupil,
    /// alone or with all else they say.
    func doubted(for losses: [SourceKey: Set<Loss>]) -> [Observation] {
        filter { observation in
            guard observation.key.kind == .student, let held = losses[observation.key] else {
                return false
            }
            return LossGuard.withheld(for: held)?.contains(.contacts) ?? true
        }
    }
}
