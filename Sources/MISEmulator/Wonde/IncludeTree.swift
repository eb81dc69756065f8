/// The includes of one request, as a tree: `classes.subject` is `subject` below `classes`.
struct IncludeTree: Sendable {
    private var branches: [(name: String, tree: IncludeTree)] = []

    init() {}

    init(paths: [String]) {
        for path in paths {
            add(path.split(separator: ".").map { String($0) }[...])
        }
    }

    private mutating func add(_ path: ArraySlice<String>) {
        guard let first = path.first else { return }
        let place = branches.firstIndex { $0.name == first }
        if let place {
            branches[place].tree.add(path.dropFirst())
        } else {
            var tree = IncludeTree()
            tree.add(path.dropFirst())
            branches.append((first, tree))
        }
    }

    var isEmpty: Bool { branches.isEmpty }

    /// What is asked for below an include; nil if the include was not asked for.
    subscript(name: String) -> IncludeTree? {
        for branch in branches where branch.name == name { return branch.tree }
        return nil
    }
}

/// The resources that have a list and a single read.
enum Resource: String, Sendable {
    case employees
    case students
    case studentsLeaver = "students-leaver"
    case contacts
    case classes
    case groups
    case subjects

    /// What the school must have granted for anything to be read.
    var permission: Permission {
        switch self {
        case .employees: .employees
        case .students, .studentsLeaver: .students
        case .contacts: .contacts
        case .classes: .classes
        case .groups: .groups
        case .subjects: .subjects
        }
    }

    /// The includes that may be asked for; a single read of staff offers three more.
    func catalogue(single: Bool) -> [String] {
        switch self {
        case .employees: single ? IncludeCatalogue.employee : IncludeCatalogue.employees
        case .students, .studentsLeaver: IncludeCatalogue.students
        case .contacts: ["contact_details", "students"]
        case .classes: IncludeCatalogue.classes
        case .groups: ["students", "employees"]
        case .subjects: []
        }
    }

    /// The permission behind a first-level include, where there is one.
    func permission(forInclude name: Substring) -> Permission? {
        switch (self, name) {
        case (.employees, "contact_details"): .employeeContact
        case (.employees, "employment_details"): .employeeEmployment
        case (.employees, "roles"): .employeeRoles
        case (.employees, "hierarchy"): .employeeHierarchy
        case (.employees, "classes"): .employeeClasses
        case (.employees, "groups"): .employeeGroups
        case (.employees, "photo"): .employeePhoto
        case (.employees, "identifiers"): .employeeIdentifiers
        case (.students, "contact_details"), (.studentsLeaver, "contact_details"): .studentContact
        case (.students, "education_details"), (.studentsLeaver, "education_details"):
            .studentEducation
        case (.students, "extended_details"), (.studentsLeaver, "extended_details"):
            .studentExtended
        case (.students, "contacts"), (.studentsLeaver, "contacts"): .studentContacts
        case (.students, "classes"), (.studentsLeaver, "classes"): .studentClasses
        case (.contacts, "contact_details"): .contactContact
        case (.classes, "students"), (.groups, "students"): .students
        case (.classes, "employees"), (.groups, "employees"): .employees
        case (.classes, "subject"): .subjects
        default: nil
        }
    }
}

/// The names of the includes, as the service lists them in `meta.includes`.
enum IncludeCatalogue {
    static let employees = [
        "contact_details", "employment_details", "extended_details", "roles", "roles.contract",
        "allowances", "allowances.contract", "scales", "scales.contract", "photo", "contracts",
        "contracts.roles", "contracts.salary", "contracts.salary.allowances",
        "contracts.salary.scales", "salary", "salary.contract", "groups", "campus", "classes",
        "classes.subject", "behaviours", "behaviours.students", "hierarchy",
        "hierarchy.employment_details", "employee_absences", "identifiers", "user_defined_fields",
        "next_of_kin", "employment_checks", "qualifications",
    ]

    static let employee =
        employees + ["classes.lessons", "classes.lessons.period", "classes.lessons.room"]

    static let students = [
        "education_details", "contact_details", "extended_details", "year", "photo", "classes",
        "classes.subject", "classes.employees", "groups", "groups.employees", "contacts",
        "contacts.contact_details", "attendance_summary", "sen_needs", "permissions",
        "identifiers", "behaviours", "achievements", "medical_notes", "results", "results.aspect",
        "campus", "house", "registration", "boarding",
    ]

    static let classes = [
        "subject", "students", "students.contact_details", "students.education_details",
        "students.extended_details", "students.campus", "students.house", "students.registration",
        "students.year", "students.boarding", "employees", "employees.contact_details",
        "employees.employment_details", "employees.extended_details", "lessons", "lessons.room",
        "lessons.period",
    ]

    /// Employee includes that the emulator answers with an empty list.
    static let emptyEmployeeLists = [
        "allowances", "scales", "salary", "behaviours", "employee_absences",
        "user_defined_fields", "next_of_kin", "employment_checks", "qualifications",
    ]

    /// Student includes that the emulator answers with an empty list.
    static let emptyStudentLists = [
        "sen_needs", "permissions", "behaviours", "achievements", "medical_notes", "results",
    ]

    /// Student includes that the emulator answers with no data.
    static let nullStudentParts = ["attendance_summary", "campus", "house", "boarding"]
}
