public import Roster

extension Set where Element == NeutralKey {
    /// The number of a teacher of examples, another for each `number` up to a million.
    public static func teacher(_ number: Int) -> Set<NeutralKey> {
        Set([NeutralKey(.teacherNumber, String(2_000_000 + number))].compactMap(\.self))
    }

    /// The number of a pupil of examples, another for each `serial` from 0 to 999.
    public static func pupil(_ serial: Int) -> Set<NeutralKey> {
        let digits = "823432126" + String(String(1000 + serial).suffix(3))
        return Set("ABCDEFGHJKLMNPQRTUVWXYZ".compactMap { NeutralKey(.upn, "\($0)\(digits)") })
    }

    /// The number of a learner of examples, one of a few for each `number` from 1 to 9.
    public static func learner(_ number: Int) -> Set<NeutralKey> {
        let numbers = ["9276308686", "5142333720"]
        return Set([NeutralKey(.uln, numbers[number % numbers.count])].compactMap(\.self))
    }
}
