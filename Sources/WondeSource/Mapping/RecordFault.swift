internal import JSON
internal import Roster

/// What makes one person's record unusable.
enum RecordFault: Error, Sendable, Hashable {
    /// The member has a value of another kind than it should.
    case wrongShape(String)
    /// There is no id.
    case noID
    /// An entry of the list has no id.
    case noEntryID(String)
    /// The date does not exist or is none.
    case noDate(String)
    /// Another record of the page has the same id and says something else.
    case contradicted

    /// The record of `id` as one that was not read.
    func record(of id: String?) -> UnreadableRecord {
        UnreadableRecord(id: id, reason: sentence(about: id))
    }

    private func sentence(about id: String?) -> String {
        let name = id.map { "The record of \($0.prefix(40))" } ?? "A record"
        return switch self {
        case .wrongShape("the record"):
            "\(name) is not an object as it should be; ask Wonde to look at it."
        case .wrongShape(let place):
            "\(name) has a value in \(place) that cannot be read; ask Wonde to look at it."
        case .noID:
            "A record of the list has no id; ask Wonde to look at it."
        case .noEntryID(let place):
            "\(name) has an entry without id in \(place); ask Wonde to look at it."
        case .noDate(let place):
            "\(name) has a date that does not exist in \(place); correct it in the MIS."
        case .contradicted:
            "\(name) occurs twice on one page with different contents; the first was used."
        }
    }
}
