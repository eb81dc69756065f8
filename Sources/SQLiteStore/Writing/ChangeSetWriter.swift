import Accounts
import GRDB
import Roster

/// Writes a change set, within one transaction; what it throws undoes all of it.
struct ChangeSetWriter {
    private let db: Database
    private let changes: ChangeSet
    private var records: RecordTable

    /// A writer of `changes`.
    init(_ changes: ChangeSet, in db: Database) {
        self.db = db
        self.changes = changes
        records = RecordTable(db)
    }

    /// Writes everything, in an order in which each row finds what it refers to.
    mutating func write() throws {
        try refuseOldTally()
        try changes.managers.requireUnchanged(in: db, numbered: &records)
        try takeStaged()
        try count()
        try records.keep(mentionedKeys)
        try releaseEmails()
        for write in changes.accounts { try put(write) }
        try CredentialFollowUp(changes: changes, db: db).run()
        try putClasses()
        try putGrants()
        try putGuardianships()
        for removal in changes.removedLinks { try remove(removal) }
        for write in changes.links { try put(write) }
        try putNumbersOfLinks()
        for (key, dismissal) in changes.dismissals { try dismiss(key, by: dismissal) }
        try requireCandidates()
        for record in changes.unlinked { try put(record) }
        try putNumbersOfUnlinked()
        for key in changes.noLongerUnlinked { try forgetUnlinked(key) }
        for merger in changes.mergers {
            try merger.passOnNames(in: db)
            try merger.giveUpCredentials(at: changes.at, in: db)
        }
        for former in changes.formerEmails { try remember(former) }
        for entry in changes.history { try put(entry) }
        try CheckedRecord.put(changes.checked, at: changes.at, numbered: records, in: db)
        try CountedLoss.put(changes.losses, of: changes.tenant, at: changes.at, in: db)
    }

    private func refuseOldTally() throws {
        guard let base = changes.lossPosition else { return }
        guard try LossTally.position(of: changes.tenant, in: db) == base else {
            throw StoreError.stale
        }
    }

    /// What the run staged is done with; where the run was taken over, nothing of this is done.
    private mutating func takeStaged() throws {
        guard !changes.unstaged.isEmpty else { return }
        guard let run = changes.run else { throw StoreError.stale }
        try Run.requireGoingOn(run, in: db)
        try records.find(changes.unstaged)
        try db.run(
            """
            DELETE FROM staged WHERE id IN (
                SELECT s.id FROM json_each(?2) AS j
                CROSS JOIN staged AS s ON s.run = ?1 AND s.record = j.value)
            """,
            [run.value, JSONList.of(changes.unstaged.compactMap(records.id))]
        )
    }

    /// What the run has come to with this; where it is over, nothing of this is done.
    private func count() throws {
        guard let counts = changes.counts else { return }
        guard let run = changes.run else { throw StoreError.stale }
        try counts.put(in: db, run: run)
    }

    private var mentionedKeys: Set<SourceKey> {
        var keys = Set(changes.links.map(\.after.key))
        keys.formUnion(changes.links.compactMap(\.after.manager))
        keys.formUnion(changes.unlinked.map(\.observation.key))
        keys.formUnion(changes.checked.map(\.key))
        for account in changes.accounts.lazy.map(\.after) {
            keys.formUnion([account.home].compactMap(\.self))
            keys.formUnion(account.memberships.compactMap(\.givenBy))
            keys.formUnion(account.privileges.compactMap(\.givenBy))
            for relation in account.guardianships {
                keys.formUnion([relation.contact] + [relation.givenBy].compactMap(\.self))
            }
        }
        return keys
    }

    // MARK: Accounts

    /// Takes away the addresses that will change, so that accounts may swap theirs.
    private func releaseEmails() throws {
        guard changes.accounts.count > 1 else { return }
        for write in changes.accounts {
            guard let before = write.before, before.email != nil,
                before.email != write.after.email
            else { continue }
            try db.run("UPDATE account SET email = NULL WHERE id = ?", [before.id.value])
        }
    }

    private func put(_ write: AccountWrite) throws {
        let after = write.after
        let home = try after.home.map(records.keptID)
        guard let before = write.before else {
            return try db.run(Account.insertion, after.arguments(home: home, version: 1))
        }
        let arguments = after.arguments(home: home, version: before.version + 1)
        try db.run(Account.update, arguments)
        guard db.changesCount == 1 else { throw StoreError.stale }
    }

    /// Makes places in classes and rights those of the accounts after the change.
    private func putGrants() throws {
        guard !changes.accounts.isEmpty else { return }
        // Of an account that is written twice the last write counts.
        let accounts = Dictionary(changes.accounts.map { ($0.after.id.value, $0.after) }) { $1 }
        // A new account has none yet.
        let list = JSONList.of(
            changes.accounts.lazy.filter { $0.before != nil }.map(\.after.id.value)
        )
        let privileges = try GrantRow.privileges(of: list, in: db)
        let memberships = try GrantRow.memberships(of: list, in: db)
        var added: [(account: Int64, place: GrantRow)] = []
        for (id, account) in accounts.sorted(by: { $0.key < $1.key }) {
            let (rights, places) = (try rights(of: account), try places(of: account))
            try GrantRow.replacePrivileges(
                of: id,
                privileges[id, default: []],
                with: rights,
                in: db
            )
            let held = memberships[id, default: []]
            try GrantRow.delete(memberships: held.subtracting(places), of: id, in: db)
            added += places.subtracting(held).map { (id, $0) }
        }
        try GrantRow.insert(memberships: added, in: db)
    }

    private func rights(of account: Account) throws -> Set<GrantRow> {
        Set(
            try account.privileges.map {
                GrantRow(what: StoredText.encode($0.name), giver: try giver($0.givenBy))
            }
        )
    }

    private func places(of account: Account) throws -> Set<GrantRow> {
        Set(
            try account.memberships.map {
                GrantRow(
                    what: $0.role.rawValue,
                    classID: $0.classID.value,
                    giver: try giver($0.givenBy)
                )
            }
        )
    }

    /// Makes relations those of the accounts after the change, where an account has or had any.
    private func putGuardianships() throws {
        let pupils = changes.accounts.filter { write in
            !write.after.guardianships.isEmpty || write.before?.guardianships.isEmpty == false
        }
        guard !pupils.isEmpty else { return }
        let ids = JSONList.of(pupils.map(\.after.id.value))
        var held = Dictionary(grouping: try GuardianshipRow.all(of: ids, in: db), by: \.account)
            .mapValues { Set($0) }
        for account in pupils.lazy.map(\.after) {
            let wanted = Set(
                try account.guardianships.map {
                    try GuardianshipRow($0, of: account.id, numbered: records)
                }
            )
            let id = account.id.value
            try GuardianshipRow.replace(held[id, default: []], with: wanted, in: db)
            held[id] = wanted
        }
    }

    private func giver(_ key: SourceKey?) throws -> Int64 { try key.map(records.keptID) ?? 0 }

    // MARK: Links and classes

    private func put(_ write: LinkWrite) throws {
        let record = try records.keptID(of: write.after.key)
        let manager = try write.after.manager.map(records.keptID)
        let arguments = write.after.arguments(record: record, manager: manager)
        guard let base = write.baseSequence else { return try db.run(Link.insertion, arguments) }
        if let former = write.movedFrom { try write.after.take(from: former, record, in: db) }
        try db.run(Link.update, arguments + [base])
        guard db.changesCount == 1 else { throw StoreError.stale }
    }

    private func putNumbersOfLinks() throws {
        var numbers = StatedNumbers()
        for write in changes.links where !write.keepsNeutralKeys {
            numbers.add(
                write.after.last.neutralKeys,
                of: try records.keptID(of: write.after.key),
                isNew: write.baseSequence == nil
            )
        }
        try numbers.putForLinks(in: db)
    }

    private func putNumbersOfUnlinked() throws {
        var numbers = StatedNumbers()
        for record in changes.unlinked {
            let id = try records.keptID(of: record.observation.key)
            numbers.add(record.observation.claimedNeutralKeys, of: id)
        }
        try numbers.putForUnlinked(in: db)
    }

    /// The triggers that count people take a link that ends, not one that is gone.
    private mutating func remove(_ removal: LinkRemoval) throws {
        try records.find([removal.key])
        guard let record = records.id(of: removal.key) else { throw StoreError.stale }
        try db.run(
            """
            UPDATE link SET state = 'absent', evidence = NULL
            WHERE record = ?1 AND account = ?2 AND ?3 = max(
                sequence,
                ifnull((SELECT c.sequence FROM checked AS c WHERE c.record = ?1), sequence))
            """,
            [record, removal.account.value, removal.baseSequence]
        )
        guard db.changesCount == 1 else { throw StoreError.stale }
        try db.run("DELETE FROM link WHERE record = ?", [record])
    }

    private static let isSameClass = """
        (class.connection, class.school, class.source_id)
            = (excluded.connection, excluded.school, excluded.source_id)
            AND class.academic_year IS excluded.academic_year
        """

    /// An older description than the kept one is left out; another class under the same id, which
    /// two processes may have made up, is refused.
    private func putClasses() throws {
        guard !changes.classes.isEmpty else { return }
        // A first load brings thousands: the statement is looked for once.
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO class (id, connection, school, source_id, academic_year, name,
                    description, subject, sequence, exact_id, exact_year)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                    description = excluded.description, subject = excluded.subject,
                    sequence = excluded.sequence, exact_id = excluded.exact_id,
                    exact_year = excluded.exact_year
                WHERE excluded.sequence >= class.sequence AND \(Self.isSameClass)
                """
        )
        for record in changes.classes {
            try statement.execute(arguments: record.arguments)
            if db.changesCount == 0 { try requireSame(record) }
        }
    }

    private func requireSame(_ record: ClassRecord) throws {
        let key = record.teachingClass.key
        let kept = try db.first(
            "SELECT \(ClassRecord.columns) FROM class AS k WHERE k.id = ?",
            [record.id.value],
            ClassRecord.init
        )
        guard kept?.teachingClass.key == key else { throw StoreError.stale }
    }

    // MARK: Records without an account

    /// Somebody who was erased meanwhile is no candidate.
    private func requireCandidates() throws {
        let candidates = Set(changes.unlinked.flatMap(\.candidates).map(\.value))
        guard !candidates.isEmpty else { return }
        let found = try db.first(
            """
            SELECT count(*) FROM json_each(?) AS j CROSS JOIN account AS a ON a.id = j.value
            """,
            [JSONList.of(candidates)]
        ) { try $0.number(0) }
        guard found == Int64(candidates.count) else { throw StoreError.stale }
    }

    private func put(_ record: UnlinkedRecord) throws {
        let key = record.observation.key
        try db.run(
            """
            INSERT INTO unlinked (record, sequence, email, reason, candidates, observation)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (record) DO UPDATE SET sequence = excluded.sequence,
                email = excluded.email, reason = excluded.reason,
                candidates = excluded.candidates, observation = excluded.observation,
                dismissal = CASE WHEN reason = excluded.reason THEN dismissal END
            """,
            [
                try records.keptID(of: key), record.observation.sequence,
                record.email.map(StoredText.key), record.reason.rawValue,
                record.candidates.map { String($0.value) }.joined(separator: ","),
                PackedObservation.data(record.observation, beside: key),
            ]
        )
    }

    private mutating func dismiss(_ key: SourceKey, by dismissal: Dismissal?) throws {
        try records.find([key])
        guard let record = records.id(of: key) else { throw StoreError.stale }
        try db.run(
            "UPDATE unlinked SET dismissal = ? WHERE record = ?",
            [dismissal?.stored, record]
        )
        guard db.changesCount == 1 else { throw StoreError.stale }
    }

    private mutating func forgetUnlinked(_ key: SourceKey) throws {
        try records.find([key])
        guard let record = records.id(of: key) else { return }
        try db.run("DELETE FROM unlinked WHERE record = ?", [record])
    }

    // MARK: History

    private func remember(_ former: FormerEmail) throws {
        try db.run(
            """
            INSERT INTO former_email (email, account, at) VALUES (?, ?, ?)
            ON CONFLICT (email, account) DO UPDATE SET at = excluded.at
            """,
            [
                StoredText.key(former.email), former.account.value, changes.at.milliseconds,
            ]
        )
    }

    private func put(_ entry: HistoryEntry) throws {
        var managers: (old: AccountID?, new: AccountID?)
        if case .lineManager(let old, let new) = entry.exact { managers = (old, new) }
        try db.run(
            """
            INSERT INTO history (tenant, account, at, run, cause, field, old, new, reason,
                old_account, new_account, given)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                StoredText.key(changes.tenant.name), entry.account.value, changes.at.milliseconds,
                changes.run?.value,
                changes.cause.rawValue, entry.field?.rawValue, entry.from.map(StoredText.encode),
                entry.to.map(StoredText.encode), StoredText.encode(entry.reason),
                managers.old?.value, managers.new?.value, StoredGrant.data(entry.exact),
            ]
        )
    }
}

extension CheckedRecord {
    /// Keeps that `checked` were looked up at `at`.
    static func put(
        _ checked: [CheckedRecord],
        at: Timestamp,
        numbered records: RecordTable,
        in db: Database
    ) throws {
        // A page is read by one request, so there are few groups.
        for (sequence, group) in Dictionary(grouping: checked, by: \.sequence) {
            try db.run(
                """
                INSERT INTO checked (record, at, sequence)
                SELECT j.value, ?2, ?3 FROM json_each(?1) AS j WHERE true
                ON CONFLICT (record) DO UPDATE SET at = excluded.at,
                    sequence = max(sequence, excluded.sequence)
                """,
                [
                    JSONList.of(try group.map { try records.keptID(of: $0.key) }),
                    at.milliseconds, sequence,
                ]
            )
        }
    }
}
