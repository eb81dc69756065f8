import Accounts
import Muster
import MusterTesting
import Roster

/// What is done in the application.
extension World {
    mutating func login() -> Act {
        let answer: ScriptedAnswer =
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: .notReturned(reason: "The MIS did not return the record.")
            case 1: .refused(reason: "The MIS refuses the token.")
            case 2: .failed(.unavailable(reason: "The MIS did not answer."))
            default: .record
            }
        return .login(pick(keys), byEmail: roll(20), roll(80) ? .sso : .password, answer)
    }

    mutating func sync() -> Act {
        var reading = Act.Reading(
            pageSize: pick([1, 2, 3, 50]),
            order: UInt64.random(in: 0..<100, using: &generator)
        )
        reading.chunk = pick([1, 2, 3, 50])
        if roll(25) {
            reading.fault = pick([
                .page(pick([1, 2]), pick([.malformed(reason: "Cut."), .refused(reason: "No.")])),
                .halfList, .unreadable(pick(changing).id), .unreadable(nil), .empty, .silent,
            ])
        }
        return .sync(reading)
    }

    mutating func edit() -> Act {
        let edit: Act.HandEdit =
            switch Int.random(in: 0..<26, using: &generator) {
            case 20..<25: .pin(roll(20) ? nil : pick(Field.allCases), days: pick([nil, 1, 3]))
            case 25: .unpin(nil)
            case 0..<12:
                .set(
                    pick([.surname, .title, .phone, .forename, .jobTitle, .initials]),
                    "Edit\(pick([1, 2]))"
                )
            case 12: .set(.email, newAddress())
            case 13, 14: .manager(pick(keys))
            case 15: .set(.lineManager, "")
            case 16: .suspend
            case 17: .restore
            case 18: .set(.teachingStaff, "true")
            default: .grant
            }
        return .edit(pick(changing), edit)
    }

    mutating func changePolicy() -> Act {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<6:
            let field = pick(Field.owned)
            let owners: [Ownership] =
                field == .email
                ? [.source, .untilEdited] : [.source, .local, .untilEdited, .onceAtCreation]
            let owner = pick(owners)
            policy.ownership[field] = owner
            if roll(50) {
                for field in Field.owned { policy.ownership[field] = .untilEdited }
            }
        case 6, 7:
            let mapping: [String: Set<String>] = pick([[:], ["head": ["all"]], ["tutor": ["some"]]])
            policy.privileges = mapping
        case 8: policy.trustsEmail = roll(70)
        default: policy.freezes = roll(50) ? [] : [Term(start: Day.after(2), end: Day.after(5))]
        }
        return .setPolicy(policy)
    }

    mutating func takeOver() -> Act {
        lastNumber += 1
        var texts: [Field: String] = [
            .email: address(lastNumber), .surname: "Surname\(lastNumber + 1)",
        ]
        if roll(60) {
            // Somebody who is in the source, or will be.
            let person = people[pick(changing)]
            texts[.email] = person?.email.value ?? address(lastNumber)
            texts[.surname] = roll(70) ? person?.surname.value : "Other"
        }
        return .takeOver(
            ImportedAccount(line: 1, texts: texts, privileges: roll(20) ? ["admin"] : [])
        )
    }
}
