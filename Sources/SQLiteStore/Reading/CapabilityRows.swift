import Accounts
import GRDB
import Roster

extension Capabilities {
    /// What is known, a fact a row, such as `of.student.A1000000001.grant.email` → `granted`; what
    /// holds for any school has none in its place.
    var rows: [(key: String, value: String)] {
        var rows = [("hierarchyContradicts", hierarchyContradicts ? "yes" : "no")]
        if let provider { rows.append(("provider", provider)) }
        for field in neverByProvider { rows.append(("never.\(field.rawValue)", "yes")) }
        for (kind, school, known) in all {
            let place = "of.\(kind.rawValue).\(school?.escapingDots ?? "")"
            rows += known.rows.map { ("\(place).\($0.key)", $0.value) }
        }
        return rows.map { (key: $0.0, value: $0.1) }
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
        case "hierarchyContradicts": hierarchyContradicts = value == "yes"
        case "provider": provider = value
        case "never":
            guard let field = SourceField(rawValue: name) else { return false }
            neverByProvider.insert(field)
        case "of":
            let (kind, rest) = name.splitAtDot
            let (school, fact) = rest.splitAtDot
            guard let kind = PersonKind(rawValue: kind), let id = school.unescapingDots else {
                return false
            }
            return self[kind, in: school.isEmpty ? nil : id].take(fact, value)
        // Older stores knew staff alone, and one school behind a connection.
        default: return self[.staff].take(key, value)
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

extension KindCapabilities {
    fileprivate var rows: [(key: String, value: String)] {
        var rows = [(key: "hasClasses", value: hasClasses ? "yes" : "no")]
        for (field, grant) in grants { rows.append(("grant.\(field.rawValue)", grant.rawValue)) }
        for (field, count) in filled { rows.append(("filled.\(field.rawValue)", "\(count)")) }
        for part in refusedParts { rows.append(("refused.\(part)", "yes")) }
        if let day = withoutClassesSince { rows.append(("withoutClassesSince", "\(day)")) }
        return rows
    }

    fileprivate mutating func take(_ key: String, _ value: String) -> Bool {
        let (topic, name) = key.splitAtDot
        switch topic {
        case "hasClasses": hasClasses = value == "yes"
        case "refused": refusedParts.insert(name)
        case "withoutClassesSince":
            guard let day = Day(value) else { return false }
            withoutClassesSince = day
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
}

extension String {
    /// The text without a dot: each is written `~d`, and a tilde `~t`.
    fileprivate var escapingDots: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "~") }) else {
            return self
        }
        return unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case ".": text += "~d"
            case "~": text += "~t"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// What `escapingDots` wrote; nil where it cannot have.
    fileprivate var unescapingDots: String? {
        guard utf8.contains(UInt8(ascii: "~")) else { return self }
        var text = ""
        var isEscaped = false
        for scalar in unicodeScalars {
            switch scalar {
            case "d" where isEscaped: text += "."
            case "t" where isEscaped: text += "~"
            case _ where isEscaped: return nil
            case "~": break
            default: text.unicodeScalars.append(scalar)
            }
            isEscaped = scalar == "~" && !isEscaped
        }
        return isEscaped ? nil : text
    }

    /// What stands before the first dot, and what stands after it, whatever it begins with.
    var splitAtDot: (before: String, after: String) {
        guard let dot = utf8.firstIndex(of: UInt8(ascii: ".")) else { return (self, "") }
        return (String(self[..<dot]), String(self[utf8.index(after: dot)...]))
    }
}
