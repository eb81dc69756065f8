/// A field of an account that history may speak about.
public enum Field: String, Sendable, Hashable, CaseIterable, Comparable {
    /// The login name.
    case email
    /// Mr, Ms, Dr and so on.
    case title
    /// The first name.
    case forename
    /// The surname.
    case surname
    /// The initials.
    case initials
    /// The jobs held today.
    case jobTitle
    /// Whether the person teaches.
    case teachingStaff
    /// The telephone number.
    case phone
    /// The postal address.
    case address
    /// Whom the person reports to.
    case lineManager
    /// The places in classes.
    case classes
    /// The parents and carers of a pupil.
    case contacts
    /// The rights in the host application.
    case roles
    /// Whether the person may use the application.
    case status
    /// What can prove who the person is; no source speaks about it.
    case credential

    /// The fields that a source may speak about.
    public static let observed = allCases.filter { $0 != .credential }

    /// The fields that hold one text.
    public static let texts: [Field] = [
        .title, .forename, .surname, .initials, .jobTitle, .phone, .address,
    ]

    /// The fields that a person may edit in this application, and whose owner a policy names.
    public static let owned: [Field] = [
        .email, .title, .forename, .surname, .initials, .jobTitle, .teachingStaff, .phone,
        .address, .lineManager,
    ]

    /// Orders fields by name.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Account {
    /// The text in `field`; nil for a field that does not hold one.
    public subscript(text field: Field) -> String? {
        get {
            switch field {
            case .email: email
            case .title: title
            case .forename: forename
            case .surname: surname
            case .initials: initials
            case .jobTitle: jobTitle
            case .phone: phone
            case .address: address
            case .teachingStaff, .lineManager, .classes, .contacts, .roles, .status, .credential:
                nil
            }
        }
        set {
            switch field {
            case .email: email = newValue
            case .title: title = newValue
            case .forename: forename = newValue
            case .surname: surname = newValue
            case .initials: initials = newValue
            case .jobTitle: jobTitle = newValue
            case .phone: phone = newValue
            case .address: address = newValue
            case .teachingStaff, .lineManager, .classes, .contacts, .roles, .status, .credential:
                break
            }
        }
    }
}
