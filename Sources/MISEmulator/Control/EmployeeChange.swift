/// What a change does to one field.
package enum Patch<Value: Sendable>: Sendable {
    /// Leaves the field as it is.
    case keep
    /// Empties the field.
    case clear
    case set(Value)

    /// Writes the new value into a field that may be empty.
    func apply(to field: inout Value?) {
        switch self {
        case .keep: break
        case .clear: field = nil
        case .set(let value): field = value
        }
    }
}

extension Patch: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral,
    ExpressibleByStringLiteral
where Value == String {
    package init(stringLiteral value: String) {
        self = .set(value)
    }
}

extension Patch: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) {
        self = .clear
    }
}

extension Patch: ExpressibleByBooleanLiteral where Value == Bool {
    package init(booleanLiteral value: Bool) {
        self = .set(value)
    }
}

extension Patch: ExpressibleByArrayLiteral where Value: RangeReplaceableCollection {
    package init(arrayLiteral elements: Value.Element...) {
        self = .set(Value(elements))
    }
}

/// One post, as a change gives it.
///
/// Days are written `YYYY-MM-DD`.
package struct RoleChange: Hashable, Sendable, ExpressibleByStringLiteral {
    package var role: String
    package var code: String?
    package var start: String?
    package var end: String?

    package init(_ role: String, code: String? = nil, start: String? = nil, end: String? = nil) {
        self.role = role
        self.code = code
        self.start = start
        self.end = end
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }
}

/// One manager, as a change gives it.
///
/// Days are written `YYYY-MM-DD`.
package struct ManagerChange: Hashable, Sendable {
    package var id: String
    package var role: String?
    package var start: String?
    package var end: String?

    package init(
        _ id: String,
        role: String? = "Line Manager",
        start: String? = nil,
        end: String? = nil
    ) {
        self.id = id
        self.role = role
        self.start = start
        self.end = end
    }
}

/// One class of a member of staff, or one member of staff of a class, with the role there.
package struct MembershipChange: Hashable, Sendable {
    package var id: String
    package var role: ClassRole

    package init(_ id: String, role: ClassRole = .mainTeacher) {
        self.id = id
        self.role = role
    }
}

/// What changes about a member of staff; fields that are not named stay.
package struct EmployeeChange: Sendable {
    package var title: Patch<String> = .keep
    package var initials: Patch<String> = .keep
    package var surname: Patch<String> = .keep
    package var forename: Patch<String> = .keep
    package var middleNames: Patch<String> = .keep
    package var legalSurname: Patch<String> = .keep
    package var legalForename: Patch<String> = .keep
    package var gender: Patch<String> = .keep
    /// `YYYY-MM-DD`.
    package var dateOfBirth: Patch<String> = .keep
    package var workEmail: Patch<String> = .keep
    package var primaryEmail: Patch<String> = .keep
    package var homeEmail: Patch<String> = .keep
    /// The telephone at work.
    package var phone: Patch<String> = .keep
    package var mobilePhone: Patch<String> = .keep
    package var homePhone: Patch<String> = .keep
    package var address: Patch<PostalAddress> = .keep
    package var current: Patch<Bool> = .keep
    package var teachingStaff: Patch<Bool> = .keep
    package var staffCode: Patch<String> = .keep
    package var teacherNumber: Patch<String> = .keep
    /// `YYYY-MM-DD`.
    package var startDate: Patch<String> = .keep
    /// `YYYY-MM-DD`.
    package var endDate: Patch<String> = .keep
    package var misID: Patch<String> = .keep
    package var roles: Patch<[RoleChange]> = .keep
    package var lineManagers: Patch<[ManagerChange]> = .keep
    package var classes: Patch<[MembershipChange]> = .keep
    /// Ids of groups.
    package var groups: Patch<[String]> = .keep
    package var oddity: Patch<Oddity> = .keep
    /// False leaves `updated_at` as it was, as a careless MIS would.
    package var touches = true

    package init() {}

    /// Names the one manager, or nobody.
    package mutating func setLineManager(_ id: String?) {
        lineManagers = .set(id.map { [ManagerChange($0)] } ?? [])
    }
}

/// What changes about a class; fields that are not named stay.
package struct ClassChange: Sendable {
    package var name: Patch<String> = .keep
    package var code: Patch<String> = .keep
    package var description: Patch<String> = .keep
    /// The id of a subject.
    package var subject: Patch<String> = .keep
    package var academicYear: Patch<String> = .keep
    package var yearGroup: Patch<String> = .keep
    package var misID: Patch<String> = .keep
    package var teachers: Patch<[MembershipChange]> = .keep
    /// Ids of pupils.
    package var students: Patch<[String]> = .keep
    package var touches = true

    package init() {}
}

/// A parent or carer of a pupil, as a change gives her.
package struct ContactLinkChange: Hashable, Sendable {
    package var id: String
    package var relationship: String
    package var parentalResponsibility: Bool

    package init(
        _ id: String,
        relationship: String = "Parent",
        parentalResponsibility: Bool = true
    ) {
        self.id = id
        self.relationship = relationship
        self.parentalResponsibility = parentalResponsibility
    }
}

/// What changes about a pupil or a contact; fields that are not named stay.
package struct PersonChange: Sendable {
    package var title: Patch<String> = .keep
    package var surname: Patch<String> = .keep
    package var forename: Patch<String> = .keep
    package var middleNames: Patch<String> = .keep
    package var email: Patch<String> = .keep
    /// A contact's telephone.
    package var phone: Patch<String> = .keep
    /// Of a contact, for all her children.
    package var parentalResponsibility: Patch<Bool> = .keep
    /// A pupil's ids of classes.
    package var classes: Patch<[String]> = .keep
    /// All parents and carers of a pupil.
    package var contacts: Patch<[ContactLinkChange]> = .keep
    /// The day a pupil left, `YYYY-MM-DD`, which moves her to those who left.
    package var left: Patch<String> = .keep
    /// The last day of a pupil who stays on roll, `YYYY-MM-DD`.
    package var leavingDate: Patch<String> = .keep
    /// `YYYY-MM-DD`.
    package var admissionDate: Patch<String> = .keep

    package init() {}
}
