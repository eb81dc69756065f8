internal import Roster

extension PersonMapping {
    /// Whether a pupil is on roll.
    ///
    /// Wonde lists pupils on roll apart from those who left, so that being in a list states
    /// something by itself. A last day that has passed states leaving also among those on roll,
    /// unless the pupil was admitted anew after it. A date that the school says it does not show is
    /// no statement.
    func standing(_ education: EducationRecord) throws(RecordFault) -> Standing {
        if isOfLeavers { return .left(.notCurrent) }
        // A part that was refused just now takes back nothing that was said of leaving.
        guard parts.contains(.educationDetails) else { return .unstated }
        guard known.grants[.standing] != .denied else { return .current }
        let admission = try education.admission.day(of: "education_details.admission_date")
        let leaving = try education.leaving.day(of: "education_details.leaving_date")
        if let admission, today < admission { return .notYetStarted(admission) }
        guard let leaving, leaving < today, !(admission.map { leaving < $0 } ?? false) else {
            return .current
        }
        return .left(.notCurrent)
    }

    /// What only pupils have: the numbers that stay theirs in any MIS, and their parents and carers.
    func addFamily(
        _ record: PersonRecord,
        to person: inout Observation
    ) throws(RecordFault) {
        let numbers = [
            record.education.upn.value.flatMap { NeutralKey(.upn, $0) },
            record.education.learnerNumber.value.flatMap { NeutralKey(.uln, $0) },
        ]
        person.neutralKeys = Set(numbers.compactMap(\.self))
        person.contacts = try list(record.contacts, .contacts) { entry throws(RecordFault) in
            guard let id = entry.id else { throw .noEntryID("contacts") }
            return ContactEntry(
                key: SourceKey(school: school, kind: .contact, id: id),
                relationship: entry.relationship.value,
                parentalResponsibility: entry.parentalResponsibility.value
            )
        }.map(Self.eachOnce)
    }

    /// One entry a person; of several, one that denies the responsibility decides.
    private static func eachOnce(_ entries: [ContactEntry]) -> [ContactEntry] {
        guard Set(entries.map(\.key)).count < entries.count else { return entries }
        var places: [SourceKey: Int] = [:]
        var kept: [ContactEntry] = []
        for entry in entries {
            guard let place = places[entry.key] else {
                places[entry.key] = kept.count
                kept.append(entry)
                continue
            }
            kept[place].relationship = kept[place].relationship ?? entry.relationship
            if kept[place].parentalResponsibility != false {
                kept[place].parentalResponsibility =
                    entry.parentalResponsibility ?? kept[place].parentalResponsibility
            }
        }
        return kept
    }
}
