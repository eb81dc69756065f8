internal import Roster

extension PersonMapping {
    /// Whether a pupil is on roll.
    ///
    /// Wonde lists pupils on roll apart from those who left, so that being in a list states
    /// something by itself, and takes back that she was in the other. A last day that has passed
    /// states leaving also among those on roll, unless the pupil was admitted anew since; where the
    /// school shows no such days, nothing is said of them, and so nothing taken back.
    func standing(_ education: EducationRecord) throws(RecordFault) -> Standing {
        if isOfLeavers { return .left(.listedApart) }
        guard parts.contains(.educationDetails), education.isShown,
            known.grants[.standing] != .denied
        else { return .unstated }
        let admission = try education.admission.day(of: "education_details.admission_date")
        let leaving = try education.leaving.day(of: "education_details.leaving_date")
        let isAhead = admission.map { today < $0 } ?? false
        if let leaving, leaving < today {
            let isBack = admission.map { leaving < $0 } ?? false
            return isBack && !isAhead ? .current : .left(.notCurrent)
        }
        if let admission, isAhead { return .notYetStarted(admission) }
        return .current
    }

    /// What only pupils have: the numbers that stay theirs in any MIS, and their parents and carers.
    func addFamily(
        _ record: PersonRecord,
        to person: inout Observation
    ) {
        let numbers = [
            record.education.upn.value.flatMap { NeutralKey(.upn, $0) },
            record.education.learnerNumber.value.flatMap { NeutralKey(.uln, $0) },
        ]
        person.neutralKeys = Set(numbers.compactMap(\.self))
        person.contacts = contacts(record.contacts)
    }

    /// A parent's spoilt record stands here too, and must not spoil her children's.
    private func contacts(_ stated: Stated<[GuardianRecord]>) -> Observed<[ContactEntry]> {
        if stated.value?.contains(where: { $0.id == nil }) == true {
            return .notSupplied(.unreadable)
        }
        return list(stated, .contacts) { entry in
            entry.id.map { id in
                ContactEntry(
                    key: SourceKey(school: school, kind: .contact, id: id),
                    relationship: entry.relationship.value,
                    parentalResponsibility: entry.parentalResponsibility.value
                )
            }
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
