import Accounts
import Reconciliation

/// What a client sets on an account: a JSON object of its fields.
struct AccountPatch: Hashable {
    private(set) var edits: [LocalEdit] = []
    /// The account that is to be the line manager, if one is.
    private(set) var manager: AccountID?

    /// The edits in a JSON object; null takes a value away.
    /// - Throws: `Problem`, which names the member that is none of the account's or that the key,
    ///   which sees `fields`, does not see.
    init(_ bytes: [UInt8], fields: Set<String>?) throws(Problem) {
        for member in try FlatObject(bytes).members {
            let field = Field(rawValue: member.name)
            guard let field, Field.owned.contains(field) || field == .status,
                fields?.contains(member.name) ?? true
            else {
                throw Problem(
                    .badRequest,
                    "There is no member \(member.name.quoted) to set; leave it out."
                )
            }
            switch field {
            case .status: try takeStatus(member.value)
            case .lineManager: try takeManager(member.value)
            case .teachingStaff: try takeTruth(member.value)
            default: try takeText(member.value, field)
            }
        }
    }

    private mutating func takeText(_ value: FlatObject.Value, _ field: Field) throws(Problem) {
        switch value {
        case .text(let text): edits.append(.set(field, to: text))
        case .null: edits.append(.set(field, to: ""))
        case .bool, .other:
            throw Problem(.badRequest, "The member \(field.rawValue) must be a text or null.")
        }
    }

    private mutating func takeTruth(_ value: FlatObject.Value) throws(Problem) {
        switch value {
        case .bool(let truth): edits.append(.set(.teachingStaff, to: String(truth)))
        case .null: edits.append(.set(.teachingStaff, to: ""))
        case .text, .other:
            throw Problem(.badRequest, "The member teachingStaff must be true, false or null.")
        }
    }

    private mutating func takeManager(_ value: FlatObject.Value) throws(Problem) {
        if value == .null { return edits.append(.set(.lineManager, to: "")) }
        guard case .text(let text) = value, let number = Int64(text) else {
            throw Problem(
                .badRequest,
                "The member lineManager must be the id of an account, as a text, or null."
            )
        }
        manager = AccountID(number)
        edits.append(.setManager(AccountID(number)))
    }

    private mutating func takeStatus(_ value: FlatObject.Value) throws(Problem) {
        switch value {
        case .text("active"): edits.append(.restore)
        case .text("suspended"): edits.append(.suspend)
        default: throw Problem(.badRequest, "The member status must be active or suspended.")
        }
    }
}
