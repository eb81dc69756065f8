/// Unique pupil numbers of England, which begin with a letter that the digits decide.
enum UPN {
    private static let letters = Array("ABCDEFGHJKLMNPQRTUVWXYZ")

    /// A number of the local authority `999` that no other id gives.
    static func text(of id: ObjectID) -> String {
        let serial = String(id.number % 1_000_000_000)
        let digits = "999" + String(repeating: "0", count: 9 - serial.count) + serial
        let sum = zip(digits, 2...).reduce(0) { $0 + ($1.0.wholeNumberValue ?? 0) * $1.1 }
        return String(letters[sum % letters.count]) + digits
    }
}
