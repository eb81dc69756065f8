import Accounts
import MusterTesting
import Roster

// Of accounts all but `apply` is handed on.
extension UnsteadyStore {
    var stamp: Int64? { memory.stamp }

    func nextSequence() async throws(StoreError) -> Int64 {
        try await weather()
        return try await memory.nextSequence()
    }

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        try await weather()
        return try await memory.view(request)
    }

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await weather()
        weighed(question.besides)
        return try await memory.tally(question)
    }

    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        try await weather()
        try await memory.markChecked(records, beside: account, at: at)
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await weather()
        return try await memory.person(key, in: school, of: tenant, formerSince: formerSince)
    }

    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError) -> UnlinkedRecord? {
        try await weather()
        return try await memory.unlinkedRecord(key, in: school)
    }

    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        try await weather()
        return try await memory.unlinkedRecords(in: school)
    }

    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError) -> [AccountSummary] {
        try await weather()
        return try await memory.accounts(in: school, of: tenant)
    }

    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await weather()
        return try await memory.summary(of: account)
    }

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await weather()
        return try await memory.history(of: account)
    }

    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await weather()
        return try await memory.changes(after: position, of: tenant, in: school, limit: limit)
    }

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try await weather()
        try await memory.bind(subject, to: account, of: tenant)
    }

    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await weather()
        return try await memory.changes(by: run, after: position, limit: limit)
    }

    func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await weather()
        return try await memory.dossier(of: account)
    }

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try await weather()
        return try await memory.erase(account, of: tenant, at: at)
    }

    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        try await weather()
        return try await memory.erased(among: keys, of: tenant)
    }

    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.liftErasure(of: keys, of: tenant)
    }

    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.forgetHistory(of: tenant, before: before, limit: limit)
    }
}
