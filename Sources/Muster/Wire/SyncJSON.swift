package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes the members of what a batch sync came to, or has come to so far where `state` says
    /// how it stands.
    package mutating func sync(_ result: SyncResult, state: RunState? = nil) {
        member("run", String(result.run.value))
        member("state", state?.rawValue ?? result.state.rawValue)
        counts(result.counts)
        member("seconds", Double(result.time.milliseconds) / 1000)
        if let plan = result.plan { member("plan", plan.text) } else { null("plan") }
        member("kind", result.kind.rawValue)
        member("why", result.why?.rawValue)
        member("trouble", result.trouble)
        if !result.remarks.isEmpty { remarks(result.remarks) }
        if !result.withdrawn.isEmpty { withdrawn(result.withdrawn) }
        if !result.renumbered.isEmpty { renumbered(result.renumbered) }
        if !result.planned.isEmpty { planned(result.planned) }
        if result.plannedBesides > 0 { member("changesLeftOut", result.plannedBesides) }
    }

    /// Writes what needs somebody's eye, by record where it is about one.
    mutating func remarks(_ list: [RunRemark]) {
        array("remarks") { remarks in
            for remark in list {
                remarks.object { member in
                    member.member("record", remark.record)
                    member.member("kind", remark.kind?.rawValue)
                    member.member("reason", remark.reason)
                }
            }
        }
    }

    private mutating func planned(_ planned: [PlannedChange]) {
        array("changes") { changes in
            for change in planned {
                changes.object { member in
                    member.member("person", change.person)
                    member.member("field", change.field?.rawValue)
                    member.member("from", change.from)
                    member.member("to", change.to)
                }
            }
        }
    }

    /// Writes what people of schools show no more.
    package mutating func withdrawn(_ fields: [WithdrawnField]) {
        array("withdrawn") { list in
            for field in fields {
                list.object { member in
                    member.member("school", field.school.id)
                    member.member("kind", field.kind.rawValue)
                    member.member("field", field.field.rawValue)
                    member.member("words", field.sentence)
                }
            }
        }
    }

    private mutating func renumbered(_ schools: [Renumbering]) {
        array("renumbered") { list in
            for school in schools {
                list.object { member in
                    member.member("school", school.school.id)
                    member.member("kind", school.kind.rawValue)
                    for evidence in Renumbering.Evidence.allCases {
                        member.member(evidence.rawValue, school[evidence])
                    }
                    member.array("people") { people in
                        for person in school.people { people.object { $0.person(person) } }
                    }
                }
            }
        }
    }

    private mutating func person(_ person: Renumbering.Person) {
        member("person", person.name)
        member("account", person.account.map { String($0.value) })
        member("from", person.from)
        member("to", person.to)
        member("by", person.evidence.rawValue)
        member("reason", person.reason?.rawValue)
    }

    /// Writes the members of what a run counted, so far or in the end.
    package mutating func counts(_ counts: RunCounts) {
        member("seen", counts.seen)
        member("unchanged", counts.unchanged)
        member("changed", counts.changed)
        member("created", counts.created)
        member("restored", counts.restored)
        member("suspended", counts.suspended)
        member("held", counts.held)
        member("skipped", counts.skipped)
        member("disputed", counts.disputed)
        member("failed", counts.failed)
        array("ignored") { ignored in
            for (reason, count) in counts.ignoredByReason {
                ignored.object { member in
                    member.member("reason", reason.rawValue)
                    member.member("count", count)
                }
            }
        }
        member("requests", counts.requests)
        member("missing", counts.missing)
        member("followed", counts.followed)
    }
}

extension RunCounts {
    /// The reasons for which records were passed over, with how many, in the order of their words.
    package var ignoredByReason: [(reason: UnlinkedReason, count: Int)] {
        ignored.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}
