public import Accounts
import Reconciliation
public import Roster

// What a person may ask of whoever holds data of her.
extension Administration {
    /// Everything that is held of the person behind `account`.
    /// - Throws: `AdministrationError.edit(.noAccount)` where there is none any more.
    public func dossier(of account: AccountID) async throws(AdministrationError) -> Dossier {
        let found = try await stored { () throws(StoreError) in
            try await workshop.store.dossier(of: account)
        }
        guard let found else { throw .edit(.noAccount) }
        return found
    }

    /// Takes away everything that is held of the person behind `account`; no sync and no login makes
    /// her again.
    /// - Returns: Her records, by each of which that can be lifted.
    /// - Throws: `AdministrationError`; nothing was done then.
    public func erase(_ account: Account) async throws(AdministrationError) -> [SourceKey] {
        do throws(StoreError) {
            return try await workshop.store.erase(
                account.id,
                of: account.tenant,
                at: workshop.clock.now()
            )
        } catch {
            throw error == .stale ? .edit(.noAccount) : .store(error)
        }
    }

    /// Lets whoever has the record `id` of `school` be known again by the next sync or login.
    /// - Returns: How many erasures that lifted: none where nobody was erased, more than one where
    ///   people of several kinds had that id.
    public func liftErasure(
        of id: String,
        in school: ConnectedSchool
    ) async throws(AdministrationError) -> Int {
        let keys = PersonKind.allCases.map { SourceKey(school: school.key, kind: $0, id: id) }
        return try await stored { () throws(StoreError) in
            try await workshop.store.liftErasure(of: Set(keys), of: school.connection.tenant)
        }
    }
}

extension Dossier {
    /// How many records an erasure would take for hers.
    public var records: Int {
        summary.links.count + unlinked.count { $0.isTaken(forOneOf: summary.account) }
    }
}
