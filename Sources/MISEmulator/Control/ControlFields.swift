/// Reads the members of a control request's body one by one and refuses what is left over.
struct ControlFields {
    private var members: [String: JSONValue]
    private var known: [String] = []
    private let what: String

    /// Takes the members, and what they belong to for the sentence of an error.
    init(_ members: [String: JSONValue], of what: String) {
        self.members = members
        self.what = what
    }

    private mutating func take<Value: Sendable>(
        _ name: String,
        _ kind: String,
        _ read: (JSONValue) throws(ControlError) -> Value?
    ) throws(ControlError) -> Patch<Value> {
        known.append(name)
        guard let value = members.removeValue(forKey: name) else { return .keep }
        if value == .null { return .clear }
        guard let result = try read(value) else {
            throw .badInput("'\(name)' of \(what) must be \(kind) or null.")
        }
        return .set(result)
    }

    mutating func text(_ name: String) throws(ControlError) -> Patch<String> {
        try take(name, "text") { value in
            if case .text(let text) = value { text } else { nil }
        }
    }

    mutating func flag(_ name: String) throws(ControlError) -> Patch<Bool> {
        try take(name, "true, false") { value in
            if case .bool(let flag) = value { flag } else { nil }
        }
    }

    mutating func texts(_ name: String) throws(ControlError) -> Patch<[String]> {
        try take(name, "a list of texts") { value in Self.texts(value) }
    }

    private static func texts(_ value: JSONValue) -> [String]? {
        guard case .list(let elements) = value else { return nil }
        var texts: [String] = []
        for element in elements {
            guard case .text(let text) = element else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A list whose elements are objects, or texts that stand for an object with one member.
    mutating func list<Element: Sendable>(
        _ name: String,
        shorthand: String,
        _ read: (inout ControlFields) throws(ControlError) -> Element
    ) throws(ControlError) -> Patch<[Element]> {
        try take(name, "a list") { (value) throws(ControlError) in
            guard case .list(let elements) = value else { return nil }
            var results: [Element] = []
            for element in elements {
                results.append(try Self.element(element, name, shorthand, read))
            }
            return results
        }
    }

    private static func element<Element>(
        _ value: JSONValue,
        _ name: String,
        _ shorthand: String,
        _ read: (inout ControlFields) throws(ControlError) -> Element
    ) throws(ControlError) -> Element {
        var fields: ControlFields
        switch value {
        case .text: fields = ControlFields([shorthand: value], of: "'\(name)'")
        case .object(let members): fields = ControlFields(members, of: "'\(name)'")
        default: throw .badInput("'\(name)' must hold texts or objects.")
        }
        let result = try read(&fields)
        try fields.finish()
        return result
    }

    mutating func object<Value: Sendable>(
        _ name: String,
        _ read: (inout ControlFields) throws(ControlError) -> Value
    ) throws(ControlError) -> Patch<Value> {
        try take(name, "an object") { (value) throws(ControlError) in
            guard case .object(let members) = value else { return nil }
            var fields = ControlFields(members, of: "'\(name)'")
            let result = try read(&fields)
            try fields.finish()
            return result
        }
    }

    /// A text that must be there.
    mutating func required(_ name: String) throws(ControlError) -> String {
        guard case .set(let text) = try text(name) else {
            throw .badInput("\(what) needs '\(name)'.")
        }
        return text
    }

    mutating func optional(_ name: String) throws(ControlError) -> String? {
        if case .set(let text) = try text(name) { text } else { nil }
    }

    /// Refuses members that nobody asked for.
    func finish() throws(ControlError) {
        guard let stranger = members.keys.min() else { return }
        throw .badInput(
            "'\(stranger)' is no member of \(what); there are "
                + known.sorted().joined(separator: ", ") + "."
        )
    }
}

extension EmployeeChange {
    init(_ members: [String: JSONValue]) throws(ControlError) {
        self.init()
        var fields = ControlFields(members, of: "a member of staff")
        try readNames(&fields)
        try readReach(&fields)
        current = try fields.flag("current")
        teachingStaff = try fields.flag("teachingStaff")
        staffCode = try fields.text("staffCode")
        teacherNumber = try fields.text("teacherNumber")
        startDate = try fields.text("startDate")
        endDate = try fields.text("endDate")
        misID = try fields.text("misID")
        groups = try fields.texts("groups")
        try readLinks(&fields)
        if case .set(false) = try fields.flag("touches") { touches = false }
        try fields.finish()
    }

    private mutating func readNames(_ fields: inout ControlFields) throws(ControlError) {
        title = try fields.text("title")
        initials = try fields.text("initials")
        surname = try fields.text("surname")
        forename = try fields.text("forename")
        middleNames = try fields.text("middleNames")
        legalSurname = try fields.text("legalSurname")
        legalForename = try fields.text("legalForename")
        gender = try fields.text("gender")
        dateOfBirth = try fields.text("dateOfBirth")
        switch try fields.text("oddity") {
        case .keep: break
        case .clear: oddity = .clear
        case .set(let name):
            guard let value = Oddity(rawValue: name) else {
                let names = Oddity.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badInput("'\(name)' is no oddity; there are \(names).")
            }
            oddity = .set(value)
        }
    }

    private mutating func readReach(_ fields: inout ControlFields) throws(ControlError) {
        workEmail = try fields.text("workEmail")
        primaryEmail = try fields.text("primaryEmail")
        homeEmail = try fields.text("homeEmail")
        phone = try fields.text("phone")
        mobilePhone = try fields.text("mobilePhone")
        homePhone = try fields.text("homePhone")
        address = try fields.object("address") { (fields) throws(ControlError) in
            PostalAddress(
                houseNumber: try fields.optional("houseNumber"),
                houseName: try fields.optional("houseName"),
                street: try fields.optional("street"),
                town: try fields.optional("town"),
                county: try fields.optional("county"),
                postcode: try fields.optional("postcode")
            )
        }
    }

    private mutating func readLinks(_ fields: inout ControlFields) throws(ControlError) {
        roles = try fields.list("roles", shorthand: "role") { (fields) throws(ControlError) in
            RoleChange(
                try fields.required("role"),
                code: try fields.optional("code"),
                start: try fields.optional("start"),
                end: try fields.optional("end")
            )
        }
        classes = try fields.list("classes", shorthand: "id") { (fields) throws(ControlError) in
            try MembershipChange(&fields)
        }
        lineManagers = try fields.list("lineManagers", shorthand: "id") {
            (fields) throws(ControlError) in
            ManagerChange(
                try fields.required("id"),
                role: try fields.optional("role") ?? "Line Manager",
                start: try fields.optional("start"),
                end: try fields.optional("end")
            )
        }
        switch try fields.text("lineManager") {
        case .keep: break
        case .clear: setLineManager(nil)
        case .set(let id): setLineManager(id)
        }
    }
}

extension MembershipChange {
    init(_ fields: inout ControlFields) throws(ControlError) {
        let id = try fields.required("id")
        let text = try fields.optional("role") ?? ClassRole.mainTeacher.rawValue
        guard let role = ClassRole(rawValue: text) else {
            let names = ClassRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badInput("'\(text)' is no role in a class; there are \(names).")
        }
        self.init(id, role: role)
    }
}

extension ContactLinkChange {
    init(_ fields: inout ControlFields) throws(ControlError) {
        self.init(
            try fields.required("id"),
            relationship: try fields.optional("relationship") ?? "Parent"
        )
        if case .set(false) = try fields.flag("parentalResponsibility") {
            parentalResponsibility = false
        }
    }
}

extension ClassChange {
    init(_ members: [String: JSONValue]) throws(ControlError) {
        self.init()
        var fields = ControlFields(members, of: "a class")
        name = try fields.text("name")
        code = try fields.text("code")
        description = try fields.text("description")
        subject = try fields.text("subject")
        academicYear = try fields.text("academicYear")
        yearGroup = try fields.text("yearGroup")
        misID = try fields.text("misID")
        students = try fields.texts("students")
        teachers = try fields.list("teachers", shorthand: "id") { (fields) throws(ControlError) in
            try MembershipChange(&fields)
        }
        if case .set(false) = try fields.flag("touches") { touches = false }
        try fields.finish()
    }
}

extension PersonChange {
    init(student members: [String: JSONValue]) throws(ControlError) {
        self.init()
        var fields = ControlFields(members, of: "a pupil")
        try readNames(&fields)
        classes = try fields.texts("classes")
        left = try fields.text("left")
        leavingDate = try fields.text("leavingDate")
        admissionDate = try fields.text("admissionDate")
        contacts = try fields.list("contacts", shorthand: "id") { (fields) throws(ControlError) in
            try ContactLinkChange(&fields)
        }
        try fields.finish()
    }

    init(contact members: [String: JSONValue]) throws(ControlError) {
        self.init()
        var fields = ControlFields(members, of: "a contact")
        try readNames(&fields)
        phone = try fields.text("phone")
        parentalResponsibility = try fields.flag("parentalResponsibility")
        try fields.finish()
    }

    private mutating func readNames(_ fields: inout ControlFields) throws(ControlError) {
        title = try fields.text("title")
        surname = try fields.text("surname")
        forename = try fields.text("forename")
        middleNames = try fields.text("middleNames")
        email = try fields.text("email")
    }
}
