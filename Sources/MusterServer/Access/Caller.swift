import Accounts

/// Who asks, shown and admitted, and for which school.
struct Caller: Sendable {
    let key: AccessKey
    /// The school of the address, one of the key's tenant; nil where the address names none.
    let school: ConnectedSchool?

    var tenant: TenantID { key.tenant }
    /// The members of an account that the caller sees besides the id; nil for all.
    var fields: Set<String>? { key.fields }

    /// Refuses a key that sees only some members: what follows shows or changes all of them.
    func requireAllFields() throws(Problem) {
        guard fields == nil else { throw Problem.forbidden }
    }

    /// Whether the caller sees `field`.
    func sees(_ field: Field) -> Bool { fields?.contains(field.rawValue) ?? true }
}
