/// A kind of row that can be removed and restored.
package enum RemovableKind: String, CaseIterable, Sendable {
    case employee
    case student
    case contact
    case schoolClass = "class"
}

extension SchoolState {
    /// Takes a thing away and adds a row to the list of deletions.
    mutating func remove(
        _ kind: RemovableKind,
        _ id: String,
        now: Timestamp
    ) throws(ControlError) {
        let moment = nextMoment(now)
        let gone: Deletion
        switch kind {
        case .employee: gone = try Self.remove(id, from: &employees, kind, moment)
        case .student: gone = try Self.remove(id, from: &students, kind, moment)
        case .contact:
            gone = try Self.remove(id, from: &contacts, kind, moment)
            touchStudents(ofContact: gone.id, moment)
        case .schoolClass:
            gone = try Self.remove(id, from: &classes, kind, moment)
            touchMembers(ofClass: gone.id, moment)
        }
        deletions.removeAll { $0.id == gone.id }
        deletions.append(gone)
    }

    private static func remove<Row>(
        _ id: String,
        from table: inout Table<Row>,
        _ kind: RemovableKind,
        _ moment: Timestamp
    ) throws(ControlError) -> Deletion {
        let place = try place(of: id, in: table, kind.rawValue)
        table.update(at: place) { $0.isRemoved = true }
        let row = table.rows[place]
        return Deletion(id: row.id, misID: row.misID, type: kind.rawValue, deletedAt: moment)
    }

    /// Brings a removed thing back; its row stays in the list of deletions.
    mutating func restore(
        _ kind: RemovableKind,
        _ id: String,
        now: Timestamp
    ) throws(ControlError) {
        let moment = nextMoment(now)
        switch kind {
        case .employee: try Self.restore(id, in: &employees, kind, moment)
        case .student: try Self.restore(id, in: &students, kind, moment)
        case .contact:
            try Self.restore(id, in: &contacts, kind, moment)
            if let id = ObjectID(id) { touchStudents(ofContact: id, moment) }
        case .schoolClass:
            try Self.restore(id, in: &classes, kind, moment)
            if let id = ObjectID(id) { touchMembers(ofClass: id, moment) }
        }
        for place in deletions.indices where deletions[place].id.description == id {
            deletions[place].restoredAt = moment
        }
    }

    /// The class is in the records of its teachers and pupils.
    private mutating func touchMembers(ofClass id: ObjectID, _ moment: Timestamp) {
        guard let place = classes.position(of: id) else { return }
        touch(classes.rows[place].teachers.map(\.employee), moment)
        touch(studentsAt: classes.rows[place].students, moment)
    }

    /// A parent is in the records of her children.
    private mutating func touchStudents(ofContact id: ObjectID, _ moment: Timestamp) {
        guard let place = contacts.position(of: id) else { return }
        touch(studentsAt: contacts.rows[place].students, moment)
    }

    private static func restore<Row>(
        _ id: String,
        in table: inout Table<Row>,
        _ kind: RemovableKind,
        _ moment: Timestamp
    ) throws(ControlError) {
        guard let objectID = ObjectID(id), let place = table.position(of: objectID),
            table.rows[place].isRemoved
        else { throw .notFound("The school has no removed \(kind.rawValue) with the id '\(id)'.") }
        table.update(at: place) {
            $0.isRemoved = false
            $0.restoredAt = moment
            $0.updatedAt = moment
        }
    }

    /// Moves the school to another MIS: all staff and classes get new ids, pupils keep theirs.
    ///
    /// - Returns: the new id of each member of staff by the old one.
    mutating func migrate(to mis: String, ids: IDSource, now: Timestamp) -> [ObjectID: ObjectID] {
        let moment = nextMoment(now)
        switches.mis = mis
        let people = renewals(of: employees, kind: .employee, ids: ids)
        let courses = renewals(of: classes, kind: .schoolClass, ids: ids)
        for (place, _, new) in people {
            let old = employees.rows[place]
            deletions.append(
                Deletion(id: old.id, misID: old.misID, type: "employee", deletedAt: moment)
            )
            employees.rename(at: place, to: Self.renewed(old, id: new, moment))
        }
        for (place, _, new) in courses {
            var row = classes.rows[place]
            deletions.append(
                Deletion(id: row.id, misID: row.misID, type: "class", deletedAt: moment)
            )
            row.id = new
            row.misID = "M\(new.number % 1_000_000)"
            row.createdAt = moment
            row.updatedAt = moment
            classes.rename(at: place, to: row)
        }
        let newPeople = Dictionary(
            uniqueKeysWithValues: people.map { ($0.old, $0.new) }
        )
        relink(
            people: newPeople,
            classes: Dictionary(uniqueKeysWithValues: courses.map { ($0.old, $0.new) })
        )
        return newPeople
    }

    private func renewals<Row>(
        of table: Table<Row>,
        kind: ObjectKind,
        ids: IDSource
    ) -> [(place: Int, old: ObjectID, new: ObjectID)] {
        table.rows.indices.compactMap { place in
            let row = table.rows[place]
            return row.isRemoved ? nil : (place, row.id, ids.next(kind))
        }
    }

    private static func renewed(_ old: Employee, id: ObjectID, _ moment: Timestamp) -> Employee {
        var random = SeededRandom(seed: id.number)
        let base = old.base
        var new = old
        new.base = PersonBase(
            id: id,
            misID: "M\(id.number % 1_000_000)",
            upi: UPI(high: random.next(), low: random.next()),
            title: base.title,
            initials: base.initials,
            surname: base.surname,
            forename: base.forename,
            middleNames: base.middleNames,
            legalSurname: base.legalSurname,
            legalForename: base.legalForename,
            gender: base.gender,
            born: base.born,
            createdAt: moment,
            updatedAt: moment
        )
        return new
    }

    private mutating func relink(people: [ObjectID: ObjectID], classes new: [ObjectID: ObjectID]) {
        for place in employees.rows.indices {
            let managers = employees.rows[place].managers.map { link in
                var link = link
                link.manager = people[link.manager] ?? link.manager
                return link
            }
            employees.update(at: place) { person in
                person.classes = person.classes.map { new[$0] ?? $0 }
                person.managers = managers
            }
        }
        for place in classes.rows.indices {
            classes.update(at: place) { row in
                for index in row.teachers.indices {
                    row.teachers[index].employee =
                        people[row.teachers[index].employee] ?? row.teachers[index].employee
                }
            }
        }
        for place in groups.rows.indices {
            groups.update(at: place) { row in
                row.employees = row.employees.map { people[$0] ?? $0 }
            }
        }
        rebuildReports()
    }
}
