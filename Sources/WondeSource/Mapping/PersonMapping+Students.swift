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
        guard known.grants[.standing] != .denied else { return .current }
        let admission = try education.admission.day(of: "education_details.admission_date")
        let leaving = try education.leaving.day(of: "education_details.leaving_date")
        if let admission, today < admission { return .notYetStarted(admission) }
        guard let leaving, leaving < today, !(admission.map { leaving < $0 } ?? false) else {
            return .current
        }
        return .left(.notCurrent)
    }
}
