import Accounts
import Roster

/// Writes accounts as facts in plain text, with names in place of ids.
struct ContentWriter {
    private var names: [AccountID: String] = [:]

    init(_ accounts: [AccountSummary]) {
        for summary in accounts {
            if let manager = summary.lineManager { names[manager.id] = Self.name(of: manager, []) }
        }
        for summary in accounts {
            names[summary.account.id] = Self.name(of: summary.account, summary.links)
        }
    }

    func name(of account: AccountID) -> String { names[account] ?? "unknown account" }

    func facts(of summary: AccountSummary) -> [String: String] {
        let account = summary.account
        var facts: [String: String] = [:]
        for field in Field.allCases { facts[field.rawValue] = account[text: field] }
        facts["teachingStaff"] = account.teachingStaff.map { "\($0)" }
        facts["lineManager"] = account.lineManager.map(name)
        facts["status"] = plain(account.status)
        facts["credential"] = account.credential.rawValue
        facts["localEdits"] = list(account.localEdits.map(\.rawValue))
        facts["pins"] = list(
            account.pins.map { pin in
                let field = pin.field?.rawValue ?? "person"
                return "\(field) \(pin.against) until \(pin.until?.description ?? "ever")"
            }
        )
        facts["home"] = account.home?.plain
        facts["privileges"] = list(
            account.privileges.map { "\($0.name) by \($0.givenBy?.plain ?? "hand")" }
        )
        facts["memberships"] = list(
            account.memberships.map { membership in
                let record = summary.classes[membership.classID]
                let key = record.map { $0.teachingClass.key.plain } ?? "unknown class"
                let giver = membership.givenBy?.plain ?? "hand"
                return "\(key) as \(membership.role.rawValue) by \(giver)"
            }
        )
        facts["guardianships"] = list(
            account.guardianships.map { relation in
                let responsibility = relation.parentalResponsibility.map { "\($0)" } ?? "-"
                let doubt = relation.isConfirmed ? "" : ", unconfirmed"
                return "\(relation.contact.plain) as \(relation.relationship ?? "-"), "
                    + "\(responsibility)\(doubt) by \(relation.givenBy?.plain ?? "hand")"
            }
        )
        facts["contacts"] = list(summary.contacts.map { "\($0.name ?? "-") \($0.account == nil)" })
        facts["students"] = list(summary.students.map { "\($0.name ?? "-") \($0.account == nil)" })
        for record in summary.classes.values {
            facts["class \(record.teachingClass.key.plain)"] = described(record.teachingClass)
        }
        for link in summary.links {
            add(link, to: &facts)
        }
        return facts
    }

    func facts(of record: UnlinkedRecord) -> [String: String] {
        var facts: [String: String] = [:]
        add(record.observation, under: "last ", to: &facts)
        facts["email"] = record.email
        facts["reason"] = record.reason.rawValue
        facts["candidates"] = list(record.candidates.map(name))
        return facts
    }

    private func add(_ link: Link, to facts: inout [String: String]) {
        let prefix = "link " + link.key.plain
        add(link.last, under: prefix + " last ", to: &facts)
        facts[prefix + " state"] = plain(link.state)
        facts[prefix + " missing"] = link.missingSince == nil ? nil : "yes"
        facts[prefix + " replan on"] = link.replanOn?.description
        facts[prefix + " manager"] = link.manager?.plain
        facts[prefix + " awaited email"] = link.awaitedEmail
    }

    private func add(
        _ last: Observation,
        under prefix: String,
        to facts: inout [String: String]
    ) {
        let texts = [
            ("title", last.title), ("forename", last.forename), ("surname", last.surname),
            ("initials", last.initials), ("email", last.email), ("phone", last.phone),
            ("address", last.address),
        ]
        facts[prefix + "standing"] = plain(last.standing)
        for (name, text) in texts { facts[prefix + name] = said(text) { $0 } }
        facts[prefix + "teachingStaff"] = said(last.teachingStaff) { $0 ? "yes" : "no" }
        facts[prefix + "numbers"] = list(
            last.neutralKeys.map { "\($0.kind.rawValue) \($0.text)" }
        )
        facts[prefix + "roles"] = said(last.roles) { roles in
            roles.map { "\($0.title) \(plain($0.term))" }.joined(separator: ", ")
        }
        facts[prefix + "managers"] = said(last.managers) { managers in
            managers.map { "\($0.key.plain) \(plain($0.term))" }.joined(separator: ", ")
        }
        facts[prefix + "classes"] = said(last.classes) { classes in
            classes.map { "\(described($0.teachingClass)) as \($0.role.rawValue)" }
                .joined(separator: ", ")
        }
        facts[prefix + "contacts"] = said(last.contacts) { contacts in
            contacts.map {
                "\($0.key.plain) \($0.relationship ?? "-") \($0.parentalResponsibility as Any)"
            }
            .joined(separator: ", ")
        }
    }

    /// What was said of a field, so that silence, none and an empty text are told apart.
    private func said<Value>(_ field: Observed<Value>, _ text: (Value) -> String) -> String {
        switch field {
        case .value(let value): "'\(text(value))'"
        case .empty: "none"
        case .notSupplied(let why): why.rawValue
        }
    }

    private func plain(_ standing: Standing) -> String {
        switch standing {
        case .current: "current"
        case .unstated: "unstated"
        case .left(let evidence): "left: \(evidence.rawValue)"
        case .notYetStarted(let day): "starts \(day)"
        }
    }

    private func plain(_ state: LinkState) -> String {
        switch state {
        case .active: "active"
        case .left(let evidence): "left: \(evidence.rawValue)"
        case .outOfScope: "out of scope"
        case .absent: "absent"
        }
    }

    private func plain(_ status: AccountStatus) -> String {
        switch status {
        case .active: "active"
        case .suspended(let cause): "suspended by \(cause.rawValue)"
        }
    }

    private func plain(_ term: Term) -> String {
        "\(term.start?.description ?? "")..\(term.end?.description ?? "")"
    }

    private func described(_ teachingClass: TeachingClass) -> String {
        [
            teachingClass.key.plain, teachingClass.name, teachingClass.description ?? "-",
            teachingClass.subject ?? "-",
        ].joined(separator: " | ")
    }

    private func list(_ items: [String]) -> String? {
        items.isEmpty ? nil : items.sorted().joined(separator: ", ")
    }

    private static func name(of account: Account, _ links: [Link]) -> String {
        if let email = account.email { return email }
        if !links.isEmpty { return links.map(\.key.plain).sorted().joined(separator: "+") }
        return "(\(account.forename ?? "") \(account.surname ?? ""))"
    }
}

extension ClassKey {
    /// The class without the number of its connection, which depends on the store.
    var plain: String { "\(school.school)/\(academicYear ?? "-")/\(id)" }
}
