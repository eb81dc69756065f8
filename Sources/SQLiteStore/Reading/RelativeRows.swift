import Accounts
import GRDB
import Roster

/// Reads who is at the other end of relations between pupils and those responsible for them.
///
/// Nothing is read for accounts that are neither.
struct RelativeRows {
    /// Who is responsible for each account.
    private(set) var contacts: [Int64: [Relative]] = [:]
    /// For whom each account is responsible.
    private(set) var students: [Int64: [Relative]] = [:]

    private struct Person {
        var account: AccountID?
        var name: String?
    }

    /// Reads the relatives of everybody whom `people` has read.
    init(of people: PeopleReader) throws {
        try readContacts(of: people)
        try readStudents(of: people)
    }

    private mutating func readContacts(of people: PeopleReader) throws {
        let pupils = people.accounts.values.filter { !$0.guardianships.isEmpty }
        guard !pupils.isEmpty else { return }
        let keys = Set(pupils.flatMap(\.guardianships).map(\.contact))
        let ids = keys.compactMap(people.records.id)
        let known = try Self.linked(ids, in: people.db)
            .merging(Self.unlinked(ids, in: people.db)) { linked, _ in linked }
        for pupil in pupils {
            let relatives = pupil.guardianships.map { relation in
                let person = people.records.id(of: relation.contact).flatMap { known[$0] }
                return Relative(relation, account: person?.account, name: person?.name)
            }
            contacts[pupil.id.value] = Relative.listed(relatives)
        }
    }

    private static func linked(_ ids: [Int64], in db: Database) throws -> [Int64: Person] {
        var people: [Int64: Person] = [:]
        try db.forEach(
            """
            SELECT l.record, a.id, a.forename, a.surname
            FROM json_each(?) AS j
            CROSS JOIN link AS l ON l.record = j.value
            CROSS JOIN account AS a ON a.id = l.account
            """,
            [JSONList.of(ids)]
        ) { row in
            people[try row.number(0)] = Person(
                account: AccountID(try row.number(1)),
                name: Relative.name(try row.optionalText(2), try row.optionalText(3))
            )
        }
        return people
    }

    /// What the records without an account are called.
    private static func unlinked(_ ids: [Int64], in db: Database) throws -> [Int64: Person] {
        var people: [Int64: Person] = [:]
        try db.forEach(
            """
            SELECT \(UnlinkedRecord.columns), u.record
            FROM json_each(?) AS j
            CROSS JOIN unlinked AS u ON u.record = j.value
            CROSS JOIN record AS r ON r.id = u.record
            """,
            [JSONList.of(ids)]
        ) { row in
            let said = try UnlinkedRecord(row).observation
            let name = Relative.name(said.forename.value, said.surname.value)
            people[try row.number(UnlinkedRecord.columnCount)] = Person(account: nil, name: name)
        }
        return people
    }

    private mutating func readStudents(of people: PeopleReader) throws {
        let links = people.links.filter { $0.link.key.kind == .contact }
        guard !links.isEmpty else { return }
        let rows = try GuardianshipRow.all(to: JSONList.of(links.map(\.record)), in: people.db)
        guard !rows.isEmpty else { return }
        let names = try Self.names(Set(rows.map(\.account)), in: people.db)
        let holders = Dictionary(links.map { ($0.record, $0.link.account.value) }) { one, _ in one }
        let keys = Dictionary(links.map { ($0.record, $0.link.key) }) { one, _ in one }
        for row in rows {
            guard let holder = holders[row.contact], let contact = keys[row.contact] else {
                continue
            }
            let relation = Guardianship(
                contact: contact,
                relationship: row.relationship.map(StoredText.decode),
                parentalResponsibility: row.responsibility.map { $0 != 0 },
                isConfirmed: row.isConfirmed,
                givenBy: nil
            )
            students[holder, default: []].append(
                Relative(
                    relation,
                    account: AccountID(row.account),
                    name: names[row.account] ?? nil
                )
            )
        }
        students = students.mapValues(Relative.listed)
    }

    private static func names(_ ids: Set<Int64>, in db: Database) throws -> [Int64: String?] {
        var names: [Int64: String?] = [:]
        try db.forEach(
            """
            SELECT a.id, a.forename, a.surname
            FROM json_each(?) AS j CROSS JOIN account AS a ON a.id = j.value
            """,
            [JSONList.of(ids)]
        ) { row in
            names[try row.number(0)] = Relative.name(
                try row.optionalText(1),
                try row.optionalText(2)
            )
        }
        return names
    }
}
