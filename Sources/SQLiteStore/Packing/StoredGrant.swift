import Accounts
import Foundation
import Roster

/// A place, a right or a relation that a row of history is about, in one column.
enum StoredGrant {
    static func data(_ change: ExactChange?) -> Data? {
        var writer = ByteWriter()
        switch change {
        case .place(let place):
            writer.write(byte: 1)
            writer.write(number: place.classID.value)
            writer.write(text: place.role.rawValue)
            write(place.givenBy, to: &writer)
        case .right(let right):
            writer.write(byte: 2)
            writer.write(text: right.name)
            write(right.givenBy, to: &writer)
        case .records(let keys, let account):
            writer.write(byte: 3)
            writer.write(number: account.value)
            for key in keys { write(key, to: &writer) }
            writer.write(byte: 0)
        case .link(let key, let ended, let former):
            writer.write(byte: 4)
            writer.write(number: former?.value ?? 0)
            for key in [key] + ended { write(key, to: &writer) }
            writer.write(byte: 0)
        case .guardianship(let before, let after):
            writer.write(byte: 5)
            for relation in [before, after] { write(relation, to: &writer) }
        case .exchange(let ring):
            writer.write(byte: 6)
            for key in ring { write(key, to: &writer) }
            writer.write(byte: 0)
        case .lineManager, nil: return nil
        }
        return Data(writer.bytes)
    }

    /// What `bytes` say; nil where a newer version wrote something that is not known here.
    static func read(_ bytes: [UInt8]) -> ExactChange? {
        var reader = ByteReader(bytes)
        do throws(DamagedBytes) {
            switch try reader.byte() {
            case 1:
                let classID = ClassID(try reader.number())
                guard let role = ClassRole(rawValue: try reader.text()) else { return nil }
                let giver = try giver(&reader)
                return .place(Membership(classID: classID, role: role, givenBy: giver))
            case 2:
                let name = try reader.text()
                return .right(Privilege(name: name, givenBy: try giver(&reader)))
            case 3:
                let account = AccountID(try reader.number())
                return .records(try keys(&reader), to: account)
            case 4:
                let former = try reader.number()
                let keys = try keys(&reader)
                guard let key = keys.first else { return nil }
                return .link(
                    key,
                    ending: Array(keys.dropFirst()),
                    from: former == 0 ? nil : AccountID(former)
                )
            case 5:
                let before = try guardianship(&reader)
                return .guardianship(from: before, to: try guardianship(&reader))
            case 6: return .exchange(try keys(&reader))
            default: return nil
            }
        } catch {
            return nil
        }
    }

    private static func write(_ relation: Guardianship?, to writer: inout ByteWriter) {
        write(relation?.contact, to: &writer)
        guard let relation else { return }
        writer.write(optional: relation.relationship)
        writer.write(byte: relation.parentalResponsibility.map { $0 ? 1 : 2 } ?? 0)
        writer.write(byte: relation.isConfirmed ? 1 : 0)
        write(relation.givenBy, to: &writer)
    }

    private static func guardianship(
        _ reader: inout ByteReader
    ) throws(DamagedBytes) -> Guardianship? {
        guard let contact = try giver(&reader) else { return nil }
        let relationship = try reader.optionalText()
        let responsibility = try reader.responsibility()
        let isConfirmed = try reader.flag()
        return Guardianship(
            contact: contact,
            relationship: relationship,
            parentalResponsibility: responsibility,
            isConfirmed: isConfirmed,
            givenBy: try giver(&reader)
        )
    }

    private static func write(_ key: SourceKey?, to writer: inout ByteWriter) {
        writer.write(byte: key == nil ? 0 : 1)
        guard let key else { return }
        writer.write(number: key.school.connection.value)
        writer.write(text: key.school.school)
        writer.write(text: key.kind.rawValue)
        writer.write(text: key.id)
    }

    private static func keys(_ reader: inout ByteReader) throws(DamagedBytes) -> [SourceKey] {
        var keys: [SourceKey] = []
        while let key = try giver(&reader) { keys.append(key) }
        return keys
    }

    private static func giver(_ reader: inout ByteReader) throws(DamagedBytes) -> SourceKey? {
        guard try reader.flag() else { return nil }
        let connection = ConnectionID(try reader.number())
        let school = SchoolKey(connection: connection, school: try reader.text())
        guard let kind = PersonKind(rawValue: try reader.text()) else { throw DamagedBytes() }
        return SourceKey(school: school, kind: kind, id: try reader.text())
    }
}
