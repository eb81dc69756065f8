import Accounts
import Muster
import Roster

/// One account, for people.
struct AccountReport {
    let text: String

    init(_ summary: AccountSummary) {
        let account = summary.account
        var table = TextTable()
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { table.add([name, value]) }
        }
        add("name", [account.title, account.fullName].compactMap(\.self).joined(separator: " "))
        add("email", account.email)
        add("initials", account.initials)
        add("jobTitle", account.jobTitle)
        add("teachingStaff", account.teachingStaff.map { $0 ? "yes" : "no" })
        add("phone", account.phone)
        add("address", account.address)
        add(
            "lineManager",
            summary.lineManager.map { "\($0.fullName) <\($0.email ?? "no address")>" }
        )
        add("roles", Set(account.privileges.map(\.name)).sorted().joined(separator: ", "))
        add("kinds", summary.kinds.joined(separator: ", "))
        add("status", account.status.report)
        add("credential", account.credentialSeen)
        add(
            "edited here",
            account.localEdits.sorted().map(\.rawValue).joined(separator: ", ")
        )
        for pin in account.sortedPins { add("pinned", PinReport.text(pin)) }
        for place in summary.places {
            let teachingClass = place.record.teachingClass
            let subject = teachingClass.subject.map { ", \($0)" } ?? ""
            add("class", "\(teachingClass.name) (\(place.role.rawValue)\(subject))")
        }
        for relative in summary.contacts { add("contact", relative.text) }
        for relative in summary.students { add("student", relative.text) }
        text = table.text
    }
}

extension AccountStatus {
    /// For tables: who suspended an account matters to whoever wants it back.
    var report: String {
        switch self {
        case .active: "active"
        case .suspended(by: .sync): "suspended by sync"
        case .suspended(by: .administrator): "suspended by an administrator"
        }
    }
}
