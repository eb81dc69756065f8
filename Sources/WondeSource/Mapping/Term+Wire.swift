internal import Roster

extension Term {
    /// The term of an entry of `place`.
    ///
    /// An end that cannot be read must not make a post look as if it went on.
    init(_ start: WireDate, _ end: WireDate, of place: String) throws(RecordFault) {
        self.init(
            start: try start.day(of: "\(place).start_date"),
            end: try end.day(of: "\(place).end_date")
        )
    }
}

extension WireDate {
    /// The day, nil where none is stated; `place` is where it stands, for the error.
    func day(of place: @autoclosure () -> String) throws(RecordFault) -> Day? {
        switch self {
        case .none: nil
        case .day(let day): day
        case .unreadable: throw .noDate(place())
        }
    }
}
