import Accounts
import GRDB
import Roster

extension Policy {
    /// What is wanted, a setting a row, such as `owner.email` → `local`.
    var rows: [(key: String, value: String)] {
        var rows: [(key: String, value: String)] = [
            ("departedManager", departedManager.rawValue),
            ("trustsEmail", trustsEmail ? "yes" : "no"),
            ("newcomers", newcomers.rawValue),
            ("batchFreshness", batchFreshness.stored),
            ("heldLogins", heldLogins.rawValue),
            ("staleLogins", staleLogins.rawValue),
        ]
        for (field, owner) in ownership { rows.append(("owner.\(field.rawValue)", owner.rawValue)) }
        for (title, names) in privileges {
            rows.append(("privileges.\(title)", StoredList.encode(names.sorted())))
        }
        for (index, term) in freezes.enumerated() { rows.append(("freeze.\(index)", term.stored)) }
        if let loginBudget { rows.append(("loginBudget", loginBudget.stored)) }
        if let maximumStaleness { rows.append(("maximumStaleness", maximumStaleness.stored)) }
        // Only where it is not the default, so that older versions know every row.
        if let displayName { rows.append(("displayName", StoredText.encode(displayName))) }
        if let colour { rows.append(("colour", colour)) }
        if passwords != .muster { rows.append(("passwords", passwords.rawValue)) }
        if firstSync != .run { rows.append(("firstSync", firstSync.rawValue)) }
        if administrators != Policy.usualAdministrators {
            rows.append(("administrators", StoredList.encode(administrators.sorted())))
        }
        if let freshness { rows.append(("freshness", freshness.stored)) }
        return rows
    }

    /// Reads `rows` back.
    init(rows: [(key: String, value: String)], of tenant: TenantID) throws {
        self.init()
        var frozen: [Int: Term] = [:]
        for (key, value) in rows {
            if let index = Int(key.splitAtDot.after), key.splitAtDot.before == "freeze",
                let term = Term(stored: value)
            {
                frozen[index] = term
            } else if !take(key, value) {
                throw DamagedRow(subject: "the policy \(key) of tenant \(tenant.name)")
            }
        }
        freezes = frozen.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func take(_ key: String, _ value: String) -> Bool {
        let (topic, name) = key.splitAtDot
        switch topic {
        case "owner":
            guard let field = Field(rawValue: name), let owner = Ownership(rawValue: value) else {
                return false
            }
            ownership[field] = owner
        case "privileges": privileges[name] = Set(StoredList.decode(value))
        case "trustsEmail": trustsEmail = value == "yes"
        case "departedManager":
            guard let rule = DepartedManagerRule(rawValue: value) else { return false }
            departedManager = rule
        case "newcomers":
            guard let rule = NewcomerRule(rawValue: value) else { return false }
            newcomers = rule
        case "heldLogins":
            guard let rule = HeldLoginRule(rawValue: value) else { return false }
            heldLogins = rule
        case "staleLogins":
            guard let rule = StaleLoginRule(rawValue: value) else { return false }
            staleLogins = rule
        case "administrators": administrators = Set(StoredList.decode(value))
        case "passwords":
            guard let rule = PasswordRule(rawValue: value) else { return false }
            passwords = rule
        case "displayName": displayName = StoredText.decode(value)
        case "colour": colour = value
        case "firstSync":
            guard let rule = FirstSyncRule(rawValue: value) else { return false }
            firstSync = rule
        case "loginBudget", "freshness", "batchFreshness", "maximumStaleness":
            return takeTime(topic, value)
        default: return false
        }
        return true
    }

    private mutating func takeTime(_ key: String, _ value: String) -> Bool {
        guard let time = Duration(stored: value) else { return false }
        switch key {
        case "loginBudget": loginBudget = time
        case "freshness": freshness = time
        case "maximumStaleness": maximumStaleness = time
        default: batchFreshness = time
        }
        return true
    }
}

extension Duration {
    /// Seconds, and attoseconds where they are not whole: `600` or `0+800000000000000000`.
    var stored: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds)" : "\(seconds)+\(attoseconds)"
    }

    init?(stored: String) {
        let parts = stored.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = parts.first.flatMap({ Int64($0) }) else { return nil }
        guard let last = parts.last, let fraction = Int64(last) else { return nil }
        self.init(
            secondsComponent: seconds,
            attosecondsComponent: parts.count == 2 ? fraction : 0
        )
    }
}

extension Term {
    /// First and last day, either of which may be missing: `2026-07-20/2026-09-01`.
    var stored: String { "\(start?.description ?? "")/\(end?.description ?? "")" }

    init?(stored: String) {
        let parts = stored.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let days = parts.map { Day($0) }
        guard zip(parts, days).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
        self.init(start: days[0], end: days[1])
    }
}
