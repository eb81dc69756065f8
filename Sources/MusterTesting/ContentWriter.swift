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
        facts["status"] = "\(account.status)"
        facts["credential"] = account.credential.rawValue
        facts["localEdits"] = list(account.localEdits.map(\.rawValue))
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
        for record in summary.classes.values {
            facts["class \(record.teachingClass.key.plain)"] = described(record.teachingClass)
        }
        for link in summary.links {
            facts.merge(self.facts(of: link)) { kept, _ in kept }
        }
        return facts
    }

    func facts(of record: UnlinkedRecord) -> [String: String] {
        var facts = self.facts(of: record.observation, under: "last")
        facts["email"] = record.email
        facts["reason"] = record.reason.rawValue
        facts["candidates"] = list(record.candidates.map(name))
        return facts
    }

    private func facts(of link: Link) -> [String: String] {
        let prefix = "link \(link.key.plain)"
        var facts = self.facts(of: link.last, under: "\(prefix) last")
        facts["\(prefix) state"] = "\(link.state)"
        facts["\(prefix) missing"] = link.missingSince == nil ? nil : "yes"
        facts["\(prefix) replan on"] = link.replanOn?.description
        facts["\(prefix) manager"] = link.manager?.plain
        facts["\(prefix) awaited email"] = link.awaitedEmail
        return facts
    }

    private func facts(of last: Observation, under prefix: String) -> [String: String] {
        var facts = [
            "standing": "\(last.standing)", "title": "\(last.title)",
            "forename": "\(last.forename)", "surname": "\(last.surname)",
            "initials": "\(last.initials)", "email": "\(last.email)", "phone": "\(last.phone)",
            "address": "\(last.address)", "teachingStaff": "\(last.teachingStaff)",
        ]
        facts["roles"] = "\(last.roles.map { $0.map { "\($0.title) \(plain($0.term))" } })"
        facts["managers"] =
            "\(last.managers.map { $0.map { "\($0.key.plain) \(plain($0.term))" } })"
        facts["classes"] =
            "\(last.classes.map { $0.map { "\(described($0.teachingClass)) as \($0.role)" } })"
        return Dictionary(uniqueKeysWithValues: facts.map { ("\(prefix) \($0)", $1) })
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
