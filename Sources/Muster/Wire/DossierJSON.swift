package import Accounts
package import JSON
import Reconciliation
package import Roster

extension JSONObjectWriter {
    /// Writes everything that is held of a person.
    package mutating func export(_ dossier: Dossier) {
        object("account") { $0.account(dossier.summary) }
        pins(dossier.summary.account.sortedPins)
        self.dossier(dossier)
    }

    /// Writes what is held of a person besides her account's own members and pins.
    private mutating func dossier(_ dossier: Dossier) {
        let account = dossier.summary.account
        member("editedHere", account.localEdits.sorted().map(\.rawValue))
        array("links") { list in
            for link in dossier.summary.links {
                list.object { $0.link(link, checkedAt: dossier.checked[link.key]) }
            }
        }
        array("history") { list in
            for row in dossier.history { list.history(row) }
        }
        array("formerEmails") { list in
            for (email, at) in dossier.formerEmails.sorted(by: { $0.key < $1.key }) {
                list.object { former in
                    former.member("email", email)
                    former.member("until", at.iso8601)
                }
            }
        }
        array("subjects") { list in
            let subjects = dossier.subjects.sorted {
                ($0.issuer, $0.subject) < ($1.issuer, $1.subject)
            }
            for subject in subjects {
                list.object { name in
                    name.member("issuer", subject.issuer)
                    name.member("subject", subject.subject)
                }
            }
        }
        array("losses") { list in
            let losses = dossier.losses.sorted {
                ($0.value, $0.key.loss.word) < ($1.value, $1.key.loss.word)
            }
            for (loss, at) in losses {
                list.object { row in
                    row.member("loss", loss.loss.word)
                    row.member("school", loss.school.school)
                    row.member("at", at.iso8601)
                }
            }
        }
        array("review") { list in
            for record in dossier.unlinked {
                list.object { row in
                    row.member("reason", record.reason.rawValue)
                    row.member("ignored", record.dismissal?.because)
                    row.record(record.observation)
                    row.numbers(record.observation)
                }
            }
        }
    }

    private mutating func link(_ link: Link, checkedAt: Timestamp?) {
        member("linkedAt", link.linkedAt.iso8601)
        member("state", link.state.word)
        member("missingSince", link.missingSince?.iso8601)
        member("checkedAt", checkedAt?.iso8601)
        member("awaitedEmail", link.awaitedEmail)
        record(link.last)
        numbers(link.last)
    }

    /// Writes the numbers that are the person's in any MIS, whole: they are hers to read.
    private mutating func numbers(_ observation: Observation) {
        array("neutralKeys") { list in
            for number in observation.neutralKeys.sorted() {
                list.object { row in
                    row.member("kind", number.kind.rawValue)
                    row.member("number", number.text)
                }
            }
        }
    }

    /// Writes a record and what its source said of it, field by field.
    private mutating func record(_ observation: Observation) {
        let key = observation.key
        member("school", key.school.school)
        member("kind", key.kind.rawValue)
        member("record", key.id)
        observed(observation)
    }

    /// Writes what a source said of a record, field by field.
    package mutating func observed(_ observation: Observation) {
        object("last") { last in
            last.member("standing", observation.standing.word)
            last.said("title", observation.title) { [$0] }
            last.said("forename", observation.forename) { [$0] }
            last.said("surname", observation.surname) { [$0] }
            last.said("initials", observation.initials) { [$0] }
            last.said("email", observation.email) { [$0] }
            last.said("phone", observation.phone) { [$0] }
            last.said("address", observation.address) { [$0] }
            last.said("teachingStaff", observation.teachingStaff) { ["\($0)"] }
            last.said("roles", observation.roles) { $0.map { "\($0.title)\($0.term.words)" } }
            last.said("managers", observation.managers) {
                $0.map { "\($0.key.id)\($0.term.words)" }
            }
            last.said("classes", observation.classes) {
                $0.map { "\($0.teachingClass.name) (\($0.role.rawValue))" }
            }
            last.member("neutralKeys", observation.neutralKeys.sorted().map(\.masked))
            if observation.key.kind == .student {
                last.said("contacts", observation.contacts) { $0.map(\.text) }
            }
        }
    }

    private mutating func said<Value>(
        _ name: String,
        _ observed: Observed<Value>,
        _ texts: (Value) -> [String]
    ) {
        object(name) { member in
            switch observed {
            case .value(let value):
                member.member("said", "value")
                member.member("values", texts(value))
            case .empty: member.member("said", "empty")
            case .notSupplied(let why):
                member.member("said", "nothing")
                member.member("why", why.rawValue)
            }
        }
    }
}

extension Observation {
    /// What the source said, field by field, as people read it.
    package var statements: [(field: String, said: String)] {
        func text<Value>(_ observed: Observed<Value>, _ texts: (Value) -> [String]) -> String {
            switch observed {
            case .value(let value): texts(value).joined(separator: ", ")
            case .empty: "(none)"
            case .notSupplied(let why): "(not supplied: \(why.rawValue))"
            }
        }
        let contacts =
            key.kind == .student ? [("contacts", text(self.contacts) { $0.map(\.text) })] : []
        return [
            ("standing", standing.word), ("title", text(title) { [$0] }),
            ("forename", text(forename) { [$0] }), ("surname", text(surname) { [$0] }),
            ("initials", text(initials) { [$0] }), ("email", text(email) { [$0] }),
            ("phone", text(phone) { [$0] }), ("address", text(address) { [$0] }),
            ("teachingStaff", text(teachingStaff) { ["\($0)"] }),
            ("roles", text(roles) { $0.map { "\($0.title)\($0.term.words)" } }),
            ("managers", text(managers) { $0.map { "\($0.key.id)\($0.term.words)" } }),
            (
                "classes",
                text(classes) { $0.map { "\($0.teachingClass.name) (\($0.role.rawValue))" } }
            ),
            (
                "neutralKeys",
                neutralKeys.isEmpty
                    ? "(none known)" : neutralKeys.sorted().map(\.masked).joined(separator: ", ")
            ),
        ] + contacts
    }
}

extension LinkState {
    fileprivate var word: String {
        switch self {
        case .active: "active"
        case .left(let evidence): "left (\(evidence.rawValue))"
        case .outOfScope: "outOfScope"
        case .absent: "absent"
        }
    }
}

extension Standing {
    fileprivate var word: String {
        switch self {
        case .current: "current"
        case .unstated: "unstated"
        case .left(let evidence): "left (\(evidence.rawValue))"
        case .notYetStarted(let day): "starts \(day)"
        }
    }
}

extension Term {
    fileprivate var words: String {
        guard start != nil || end != nil else { return "" }
        return " (\(start?.description ?? "")..\(end?.description ?? ""))"
    }
}
