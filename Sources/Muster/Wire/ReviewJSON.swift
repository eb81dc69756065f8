package import Accounts
package import JSON
import Reconciliation
import Roster

extension JSONObjectWriter {
    /// Writes the members of a record that waits.
    package mutating func review(_ row: ReviewList.Row) {
        let observation = row.record.observation
        member("record", observation.key.id)
        member("kind", observation.key.kind.rawValue)
        member("standing", row.standing.word)
        member("reason", row.record.reason.rawValue)
        member("words", row.record.reason.words(of: observation.key.kind))
        member("forename", observation.forename.value)
        member("surname", observation.surname.value)
        member("email", row.record.email)
        array("candidates") { list in
            for account in row.candidates {
                list.object { candidate in
                    candidate.member("id", String(account.id.value))
                    candidate.member("email", account.email)
                    candidate.member("name", account.fullName)
                }
            }
        }
        dismissal(row.record.dismissal)
    }

    /// Writes what a person said who ignored a record; null where nobody did.
    package mutating func dismissal(_ dismissal: Dismissal?) {
        guard let dismissal else { return null("ignored") }
        object("ignored") { member in
            member.member("because", dismissal.because)
            member.member("until", dismissal.until?.description)
            member.member("at", dismissal.at.iso8601)
        }
    }

    /// Writes what a run left to a person.
    package mutating func held(_ run: Run) {
        member("run", String(run.id.value))
        member("state", run.state.rawValue)
        member("startedAt", run.startedAt.iso8601)
        member("held", run.counts.held)
        member("trouble", run.trouble)
        member("plan", run.plan?.text)
    }

    /// Writes what a decision changes.
    package mutating func changes(_ changes: [ReviewedChange]) {
        array("changes") { list in
            for change in changes {
                list.object { member in
                    member.member("account", String(change.account.value))
                    member.member("person", change.person)
                    member.member("field", change.field?.rawValue)
                    member.member("from", change.from)
                    member.member("to", change.to)
                }
            }
        }
    }

    /// Writes everything that is known of a record, and what each choice would change.
    package mutating func review(_ row: ReviewList.Row, choices: [ReviewChoice]) {
        review(row)
        member("school", row.record.observation.key.school.school)
        observed(row.record.observation)
        array("choices") { list in
            for choice in choices { list.object { $0.choice(choice) } }
        }
    }

    private mutating func choice(_ choice: ReviewChoice) {
        member("decision", choice.account == nil ? "create" : "link")
        member("account", choice.account.map { String($0.id.value) })
        member("email", choice.account?.email)
        switch choice.outcome {
        case .success(let changes): self.changes(changes)
        case .failure(let error): member("refused", error.sentence)
        }
    }

    /// Writes what of a school waits for a person; `rows` of its records.
    package mutating func review(_ list: ReviewList, showing rows: [ReviewList.Row]) {
        array("records") { records in
            for row in rows { records.object { $0.review(row) } }
        }
        array("held") { held in
            for run in list.held { held.object { $0.held(run) } }
        }
        array("accountsWithoutRecord") { accounts in
            for row in list.accountsWithoutRecord {
                accounts.object { member in
                    member.member("account", String(row.account.id.value))
                    member.member("email", row.account.email)
                    member.member("name", row.account.fullName)
                    member.member("kind", row.record.kind.rawValue)
                    member.member("record", row.record.id)
                    member.member("since", row.since?.iso8601)
                }
            }
        }
        member("moreAccountsWithoutRecord", list.moreWithoutRecord)
        remarks(list.remarks)
    }

    /// Writes what a decision came to.
    package mutating func decision(_ result: ReviewResult) {
        member("run", String(result.run.value))
        object("account") { $0.account(result.summary) }
        changes(result.changes)
    }

    /// Writes what taking a run back came to.
    package mutating func undo(_ result: UndoResult) {
        member("run", String(result.run.value))
        member("undone", String(result.undone.value))
        member("restored", result.restored)
        member("fields", result.fields)
        member("skipped", result.skipped)
        array("left") { list in
            for left in result.left {
                list.object { member in
                    member.member("account", String(left.account.value))
                    member.member("person", left.person)
                    member.array("fields") { fields in
                        for (field, why) in left.fields.sorted(by: { $0.key < $1.key }) {
                            fields.object { member in
                                member.member("field", field.rawValue)
                                member.member("why", why)
                            }
                        }
                    }
                }
            }
        }
        member("more", result.skipped - result.left.count)
        guard let before = result.before else { return member("undoneBefore", String?.none) }
        object("undoneBefore") { member in
            member.member("run", String(before.run.value))
            member.member("at", before.at.iso8601)
            member.member("people", before.people)
        }
    }
}

extension UnlinkedStanding {
    /// How results count such a record.
    fileprivate var word: String {
        switch self {
        case .ignored: "ignored"
        case .failed: "failed"
        case .disputed: "disputed"
        }
    }
}
