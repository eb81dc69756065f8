/// What a school may grant or refuse.
///
/// The real service's names are not public; these are the emulator's own.
enum Permission: Int, CaseIterable, Sendable {
    case employees
    case employeeTitle
    case employeeInitials
    case employeeLegalNames
    case employeeGender
    case employeeDateOfBirth
    case employeeContact
    case employeeEmails
    case employeePhones
    case employeeAddresses
    case employeeEmployment
    case employeeCurrent
    case employeeTeachingStaff
    case employeeStaffCode
    case employeeEmploymentDates
    case employeeRoles
    case employeeHierarchy
    case employeeClasses
    case employeeGroups
    case employeePhoto
    case employeeIdentifiers
    case students
    case studentDateOfBirth
    case studentContact
    case studentEmails
    case studentEducation
    case studentExtended
    case studentContacts
    case studentClasses
    case contacts
    case contactContact
    case contactEmails
    case classes
    case groups
    case subjects

    private var row: (identity: String, parent: Permission?, name: String) {
        switch self {
        case .employees: ("employees.read", nil, "Employees")
        case .employeeTitle: ("employee.title", .employees, "Title")
        case .employeeInitials: ("employee.initials", .employees, "Initials")
        case .employeeLegalNames: ("employee.legal_names", .employees, "Legal names")
        case .employeeGender: ("employee.gender", .employees, "Gender")
        case .employeeDateOfBirth: ("employee.date_of_birth", .employees, "Date of birth")
        case .employeeContact: ("employee.contact_details", .employees, "Contact details")
        case .employeeEmails: ("employee.contact_details.emails", .employeeContact, "E-mails")
        case .employeePhones: ("employee.contact_details.phones", .employeeContact, "Phones")
        case .employeeAddresses:
            ("employee.contact_details.addresses", .employeeContact, "Addresses")
        case .employeeEmployment: ("employee.employment_details", .employees, "Employment")
        case .employeeCurrent:
            ("employee.employment_details.current", .employeeEmployment, "Current")
        case .employeeTeachingStaff:
            ("employee.employment_details.teaching_staff", .employeeEmployment, "Teaching staff")
        case .employeeStaffCode:
            ("employee.employment_details.staff_code", .employeeEmployment, "Staff code")
        case .employeeEmploymentDates:
            ("employee.employment_details.dates", .employeeEmployment, "Employment dates")
        case .employeeRoles: ("employee.roles", .employees, "Roles")
        case .employeeHierarchy: ("employee.hierarchy", .employees, "Line management")
        case .employeeClasses: ("employee.classes", .employees, "Classes of staff")
        case .employeeGroups: ("employee.groups", .employees, "Groups of staff")
        case .employeePhoto: ("employee.photo", .employees, "Photo")
        case .employeeIdentifiers: ("employee.identifiers", .employees, "Identifiers")
        case .students: ("students.read", nil, "Students")
        case .studentDateOfBirth: ("student.date_of_birth", .students, "Date of birth")
        case .studentContact: ("student.contact_details", .students, "Contact details")
        case .studentEmails: ("student.contact_details.emails", .studentContact, "E-mails")
        case .studentEducation: ("student.education_details", .students, "Education details")
        case .studentExtended: ("student.extended_details", .students, "Extended details")
        case .studentContacts: ("student.contacts", .students, "Parents and carers")
        case .studentClasses: ("student.classes", .students, "Classes of students")
        case .contacts: ("contacts.read", nil, "Contacts")
        case .contactContact: ("contact.contact_details", .contacts, "Contact details")
        case .contactEmails: ("contact.contact_details.emails", .contactContact, "E-mails")
        case .classes: ("classes.read", nil, "Classes")
        case .groups: ("groups.read", nil, "Groups")
        case .subjects: ("subjects.read", nil, "Subjects")
        }
    }

    var identity: String { row.identity }
    var parent: Permission? { row.parent }
    var name: String { row.name }

    /// The heading under which the permission stands.
    var group: String {
        var top = self
        while let parent = top.parent { top = parent }
        return top.name
    }
}

/// The permissions a school has granted.
struct Grants: Sendable {
    private var refused: UInt64 = 0

    init(ungranted identities: [String]) {
        let named = Set(identities)
        for permission in Permission.allCases {
            var ancestor: Permission? = permission
            while let current = ancestor {
                if named.contains(current.identity) {
                    refused |= 1 << UInt64(permission.rawValue)
                }
                ancestor = current.parent
            }
        }
    }

    /// True unless the permission, or one it stands under, is refused.
    func allows(_ permission: Permission) -> Bool {
        refused & (1 << UInt64(permission.rawValue)) == 0
    }
}
