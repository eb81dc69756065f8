import Accounts
import Foundation
import GRDB
import Roster

/// Columns by their place, in the forms the store keeps; what does not fit throws.
extension Row {
    func number(_ index: Int) throws -> Int64 { try decode(Int64.self, atIndex: index) }

    func optionalNumber(_ index: Int) throws -> Int64? { try decode(Int64?.self, atIndex: index) }

    func flag(_ index: Int) throws -> Bool { try number(index) != 0 }

    func text(_ index: Int) throws -> String {
        StoredText.decode(try decode(String.self, atIndex: index))
    }

    func optionalText(_ index: Int) throws -> String? {
        try decode(String?.self, atIndex: index).map(StoredText.decode)
    }

    func bytes(_ index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }
    }

    func timestamp(_ index: Int) throws -> Timestamp {
        Timestamp(milliseconds: try number(index))
    }

    func optionalTimestamp(_ index: Int) throws -> Timestamp? {
        try optionalNumber(index).map(Timestamp.init(milliseconds:))
    }

    /// One of a list of words.
    func word<Word: RawRepresentable<String>>(
        _ index: Int,
        of subject: @autoclosure () -> String
    ) throws -> Word {
        guard let word = Word(rawValue: try decode(String.self, atIndex: index)) else {
            throw DamagedRow(subject: subject())
        }
        return word
    }

    func optionalDay(_ index: Int, of subject: @autoclosure () -> String) throws -> Day? {
        guard let text = try decode(String?.self, atIndex: index) else { return nil }
        guard let day = Day(text) else { throw DamagedRow(subject: subject()) }
        return day
    }

    /// A source key in four columns: connection, school, kind, id.
    func sourceKey(from index: Int) throws -> SourceKey {
        SourceKey(
            school: SchoolKey(
                connection: ConnectionID(try number(index)),
                school: try text(index + 1)
            ),
            kind: try word(index + 2, of: "the kind of a record"),
            id: try text(index + 3)
        )
    }
}

extension SourceKey {
    /// The columns that `Row.sourceKey(from:)` reads, of `record` as r.
    static let columns = "r.connection, r.school, r.kind, ifnull(r.exact_id, r.source_id)"

    /// The key for people: `staff 7 of school A1`.
    var subject: String { "\(kind.rawValue) \(id) of school \(school.school)" }
}
