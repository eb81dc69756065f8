import Accounts
import GRDB
import Roster

extension Capabilities {
    /// What is known, a fact a row, such as `grant.email` → `granted`.
    var rows: [(key: String, value: String)] {
        var rows: [(key: String, value: String)] = [
            ("hasClasses", hasClasses ? "yes" : "no"),
            ("hierarchyContradicts", hierarchyContradicts ? "yes" : "no"),
        ]
        if let provider { rows.append(("provider", provider)) }
        for field in neverByProvider { rows.append(("never.\(field.rawValue)", "yes")) }
        for (field, grant) in grants { rows.append(("grant.\(field.rawValue)", grant.rawValue)) }
        for (field, count) in filled { rows.append(("filled.\(field.rawValue)", "\(count)")) }
        for part in refusedParts { rows.append(("refused.\(part)", "yes")) }
        return rows
    }

    /// Reads `rows` back.
    init(rows: [(key: String, value: String)], of connection: ConnectionID) throws {
        self.init()
        for (key, value) in rows where !take(key, value) {
            throw DamagedRow(subject: "the capability \(key) of connection \(connection.value)")
        }
    }

    private mutating func take(_ key: String, _ value: String) -> Bool {
        let (topic, name) = key.splitAtDot
        switch topic {
        case "hasClasses": hasClasses = value == "yes"
        case "hierarchyContradicts": hierarchyContradicts = value == "yes"
        case "provider": provider = value
        case "refused": refusedParts.insert(name)
        case "never":
            guard let field = SourceField(rawValue: name) else { return false }
            neverByProvider.insert(field)
        case "grant":
            guard let field = SourceField(rawValue: name), let grant = Grant(rawValue: value) else {
                return false
            }
            grants[field] = grant
        case "filled":
            guard let field = SourceField(rawValue: name), let count = Int(value) else {
                return false
            }
            filled[field] = count
        default: return false
        }
        return true
    }

    /// Keeps them in place of what was known before.
    func put(of connection: ConnectionID, in db: Database) throws {
        try db.run("DELETE FROM capability WHERE connection = ?", [connection.value])
        for (key, value) in rows {
            try db.run(
                "INSERT INTO capability (connection, key, value) VALUES (?, ?, ?)",
                [connection.value, StoredText.key(key), StoredText.encode(value)]
            )
        }
    }
}

extension String {
    /// What stands before the first dot, and what stands after it, whatever it begins with.
    var splitAtDot: (before: String, after: String) {
        guard let dot = utf8.firstIndex(of: UInt8(ascii: ".")) else { return (self, "") }
        return (String(self[..<dot]), String(self[utf8.index(after: dot)...]))
    }
}
