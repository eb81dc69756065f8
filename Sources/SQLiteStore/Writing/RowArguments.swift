import Accounts
import Foundation
import GRDB
import Roster

extension Account {
    /// Makes a row of `arguments(home:version:)`.
    static let insertion = """
        INSERT INTO account (id, tenant, version, email, title, forename, surname, initials,
            job_title, phone, address, teaching_staff, line_manager, status, suspended_by,
            credential, local_edits, home, pins, has_guardianships)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
            ?19, ?20)
        """

    /// Changes the row of `arguments(home:version:)` if it has the version before.
    static let update = """
        UPDATE account SET version = ?3, email = ?4, title = ?5, forename = ?6, surname = ?7,
            initials = ?8, job_title = ?9, phone = ?10, address = ?11, teaching_staff = ?12,
            line_manager = ?13, status = ?14, suspended_by = ?15, credential = ?16,
            local_edits = ?17, home = ?18, pins = ?19, has_guardianships = ?20
        WHERE id = ?1 AND tenant = ?2 AND version = ?3 - 1
        """

    /// The values of the row, in the order of its columns.
    func arguments(home: Int64?, version: Int64) -> StatementArguments {
        let suspender: SuspensionCause? =
            if case .suspended(let cause) = status { cause } else { nil }
        return [
            id.value, StoredText.key(tenant.name), version, email.map(StoredText.key),
            title.map(StoredText.encode), forename.map(StoredText.encode),
            surname.map(StoredText.encode), initials.map(StoredText.encode),
            jobTitle.map(StoredText.encode), phone.map(StoredText.encode),
            address.map(StoredText.encode), teachingStaff.map { $0 ? 1 : 0 }, lineManager?.value,
            suspender == nil ? "active" : "suspended", suspender?.rawValue, credential.stored,
            localEditsColumn, home, pins.isEmpty ? nil : Pin.stored(sortedPins),
            !guardianships.isEmpty,
        ]
    }
}

extension Credential {
    /// The value of the column; everything else follows from other tables.
    var stored: String { self == .host ? "host" : "none" }
}

extension Link {
    /// Makes a row of `arguments(record:manager:)`.
    static let insertion = """
        INSERT INTO link (record, account, linked_at, sequence, fingerprint, planned_on, replan_on,
            state, evidence, missing_since, manager, awaited_email, claimed_email, last)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        """

    /// Changes the row of `arguments(record:manager:)` if no later look-up than ?15 is known.
    static let update = """
        UPDATE link SET linked_at = ?3, sequence = ?4, fingerprint = ?5, planned_on = ?6,
            replan_on = ?7, state = ?8, evidence = ?9, missing_since = ?10, manager = ?11,
            awaited_email = ?12, claimed_email = ?13, last = ?14
        WHERE record = ?1 AND account = ?2 AND ?15 = max(
            sequence, ifnull((SELECT c.sequence FROM checked AS c WHERE c.record = ?1), sequence))
        """

    /// The values of the row, in the order of its columns.
    func arguments(record: Int64, manager: Int64?) -> StatementArguments {
        let (state, evidence) = self.state.columns
        let claimed = last.email.value.flatMap(EmailAddress.compared).map(StoredText.key)
        return [
            record, account.value, linkedAt.milliseconds, sequence,
            fingerprint.map(Int64.init(bitPattern:)), plannedOn.description,
            replanOn?.description, state, evidence, missingSince?.milliseconds, manager,
            awaitedEmail.map(StoredText.key), claimed, PackedObservation.data(last, beside: key),
        ]
    }
}

extension ClassRecord {
    /// The values of the row, in the order in which `apply` names its columns.
    var arguments: StatementArguments {
        let key = teachingClass.key
        return [
            id.value, key.school.connection.value, StoredText.key(key.school.school),
            StoredText.key(key.id), key.academicYear.map(StoredText.key),
            StoredText.encode(teachingClass.name),
            teachingClass.description.map(StoredText.encode),
            teachingClass.subject.map(StoredText.encode), sequence, StoredText.exact(key.id),
            key.academicYear.flatMap(StoredText.exact),
        ]
    }
}

extension PackedObservation {
    /// The packed form as a database value.
    static func data(_ observation: Observation, beside key: SourceKey) -> Data {
        Data(pack(observation, beside: key))
    }
}
