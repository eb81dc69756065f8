public import Roster

/// What a Wonde connection needs to know besides its token; holds no secret.
public struct WondeSettings: Sendable, Hashable {
    /// Whom the `hierarchy` of an employee lists: the public material does not say.
    public enum HierarchyDirection: String, Sendable, Hashable, CaseIterable {
        /// The people the employee reports to.
        case managers
        /// The people who report to the employee.
        ///
        /// Line managers then come with full lists only, which are read twice for it.
        case reports
    }

    /// Wonde's id of the school, for example `A1000000001`.
    public var schoolID: String
    /// An origin without `/v1.0` to ask instead of the school's region.
    public var baseURL: String?
    /// The host of the school's region as learnt from Wonde; used where no `baseURL` is set.
    public var region: String?
    /// The MIS behind the school, where the operator knows better than Wonde says.
    public var provider: String?
    /// Whom a `hierarchy` lists.
    public var hierarchy: HierarchyDirection = .managers
    /// The fields to ask for; names, e-mail and standing are always among them.
    public var fields: Set<SourceField> = WondeSettings.usualFields
    /// People asked for per page of a list.
    public var pageSize = 200

    /// Everything but the address, which a school has to be asked for on purpose.
    public static let usualFields = Set(SourceField.allCases).subtracting([.address, .contacts])

    /// The usual settings for one school.
    public init(schoolID: String) {
        self.schoolID = schoolID
    }

    /// Reads what ``stored`` wrote.
    public init(stored: [String: String]) throws(WondeSettingsError) {
        guard let schoolID = stored["school"] else { throw .missing("school") }
        self.init(schoolID: schoolID)
        baseURL = stored["baseURL"]
        region = stored["region"]
        provider = stored["provider"]
        if let text = stored["hierarchy"] {
            guard let direction = HierarchyDirection(rawValue: text) else {
                throw .invalid("hierarchy", "managers or reports")
            }
            hierarchy = direction
        }
        if let text = stored["fields"] {
            fields = []
            for name in text.split(separator: ",") {
                guard let field = SourceField(rawValue: String(name)) else {
                    throw .invalid("fields", "field names joined by commas")
                }
                fields.insert(field)
            }
        }
        if let text = stored["pageSize"] {
            guard let size = Int(text) else { throw .invalid("pageSize", "a number") }
            pageSize = size
        }
    }

    /// The settings as texts, for a store to keep.
    public var stored: [String: String] {
        var texts = [
            "school": schoolID,
            "hierarchy": hierarchy.rawValue,
            "fields": fields.map(\.rawValue).sorted().joined(separator: ","),
            "pageSize": String(pageSize),
        ]
        texts["baseURL"] = baseURL
        texts["region"] = region
        texts["provider"] = provider
        return texts
    }
}

/// Why settings cannot be used.
public struct WondeSettingsError: Error, Sendable, Hashable {
    /// One sentence for people: what is wrong and what to do.
    public let sentence: String

    static func missing(_ key: String) -> Self {
        Self(sentence: "The Wonde setting '\(key)' is missing; connect the school again.")
    }

    static func invalid(_ key: String, _ expected: String) -> Self {
        Self(sentence: "The Wonde setting '\(key)' is not valid; it must be \(expected).")
    }
}

extension WondeSettings {
    /// The settings with what must always be asked for, or an error if they cannot work.
    func checked() throws(WondeSettingsError) -> WondeSettings {
        guard PathSegment(schoolID) != nil else {
            throw .invalid("school", "the id that Wonde shows for the school, such as A1000000001")
        }
        if let baseURL, Origin(baseURL) == nil {
            throw .invalid("baseURL", "an origin without a path, such as https://api.wonde.com")
        }
        guard (1...1000).contains(pageSize) else { throw .invalid("pageSize", "1 to 1000") }
        var settings = self
        settings.fields.formUnion([.standing, .forename, .surname, .email])
        return settings
    }
}
