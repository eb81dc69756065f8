internal import Roster

/// A part of a person that has to be asked for, by Wonde's name of it.
enum IncludePart: String, Sendable, CaseIterable {
    case contactDetails = "contact_details"
    case employmentDetails = "employment_details"
    case educationDetails = "education_details"
    case roles
    case hierarchy
    case classes
    case classSubjects = "classes.subject"
    case groups
    case contacts

    /// Whether nothing can be done without it: people are matched by their e-mail.
    var isRequired: Bool { self == .contactDetails }

    /// The parts that `settings` need of people of `kind`, were every one of them granted.
    static func wanted(
        of kind: PersonKind,
        by settings: WondeSettings,
        hasClasses: Bool
    ) -> Set<IncludePart> {
        let fields = settings.fields
        var parts: Set<IncludePart> = [.contactDetails]
        switch kind {
        case .staff:
            parts.insert(.employmentDetails)
            if fields.contains(.roles) { parts.insert(.roles) }
            if fields.contains(.managers) { parts.insert(.hierarchy) }
        case .student:
            parts.insert(.educationDetails)
            if fields.contains(.contacts) { parts.insert(.contacts) }
        case .contact: return parts
        }
        if fields.contains(.classes) {
            parts.insert(hasClasses ? .classes : .groups)
            if hasClasses, fields.contains(.subjects) { parts.insert(.classSubjects) }
        }
        return parts
    }
}

extension Set<IncludePart> {
    /// What is left when the service refuses the parts named by its own words in `refused`.
    func subtracting(refused: Swift.Set<String>) -> Self {
        var rest = filter { $0.isRequired || !refused.contains($0.rawValue) }
        if !rest.contains(.classes) { rest.remove(.classSubjects) }
        return rest
    }

    /// What may not be dropped.
    var required: Self { filter(\.isRequired) }

    /// The words a refusal of everything in here is remembered by.
    var names: Swift.Set<String> { Swift.Set<String>(map(\.rawValue)) }

    /// The value of the `include` parameter, always in the same order.
    var parameter: String {
        IncludePart.allCases.filter(contains).map(\.rawValue).joined(separator: ",")
    }
}
