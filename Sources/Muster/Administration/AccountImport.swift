public import Accounts
import Reconciliation
import Roster

/// An account that the host already has, as its list words it.
public struct ImportedAccount: Sendable, Hashable {
    /// Where it stands in the list, for messages.
    public var line: Int
    /// The texts by field; an e-mail address is needed.
    public var texts: [Field: String]
    /// Rights that the host gave by hand.
    public var privileges: Set<String>

    /// The account in line `line` of a list.
    public init(line: Int, texts: [Field: String], privileges: Set<String> = []) {
        self.line = line
        self.texts = texts
        self.privileges = privileges
    }
}

/// What an import came to.
public struct ImportResult: Sendable, Hashable {
    /// Accounts that were made.
    public var imported = 0
    /// Lines whose address has an account already; those were left as they are.
    public var existing = 0
    /// Lines that could not be used, with the reason in one sentence.
    public var failed: [FailedLine] = []

    /// An import of nothing.
    public init() {}

    /// A line that could not be used.
    public struct FailedLine: Sendable, Hashable {
        /// Where it stands in the list.
        public var line: Int
        /// Why, in one sentence.
        public var reason: String

        /// The line `line`, not used for `reason`.
        public init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }
}

/// Takes over the accounts that a host already has, so that a sync finds them instead of making
/// doubles.
public struct AccountImport: Sendable {
    private let workshop: Workshop

    /// An import into `workshop`'s store.
    public init(_ workshop: Workshop) { self.workshop = workshop }

    /// Makes an account for every line whose address nobody has yet; one bad line stops no other.
    public func run(
        _ list: [ImportedAccount],
        into tenant: TenantID
    ) async throws(StoreError) -> ImportResult {
        var result = ImportResult()
        var lines: [String: Int] = [:]
        for chunk in stride(from: 0, to: list.count, by: 200).map({
            list[$0..<min($0 + 200, list.count)]
        }) {
            try await take(chunk, tenant, &lines, &result)
        }
        return result
    }

    private func take(
        _ chunk: ArraySlice<ImportedAccount>,
        _ tenant: TenantID,
        _ lines: inout [String: Int],
        _ result: inout ImportResult
    ) async throws(StoreError) {
        var request = ViewRequest(tenant: tenant)
        request.emails = Set(chunk.compactMap { $0.texts[.email].flatMap(EmailAddress.compared) })
        let held = try await workshop.store.view(request).holders
        var changes = ChangeSet(
            tenant: tenant,
            run: nil,
            cause: .import,
            at: workshop.clock.now()
        )
        for row in chunk {
            do throws(ImportProblem) {
                let account = try row.account(
                    id: AccountID(workshop.identifiers.next()),
                    tenant: tenant
                )
                let email = account.email ?? ""
                if let line = lines.updateValue(row.line, forKey: email) {
                    throw ImportProblem(
                        sentence:
                            "The address \(email) stands in line \(line) too; keep one of them."
                    )
                }
                guard held[email] == nil else {
                    result.existing += 1
                    continue
                }
                changes.accounts.append(AccountWrite(after: account, before: nil))
                changes.history.append(
                    HistoryEntry(
                        account: account.id,
                        field: nil,
                        from: nil,
                        to: email,
                        reason: Reason.imported.rawValue
                    )
                )
                result.imported += 1
            } catch {
                result.failed.append(.init(line: row.line, reason: error.sentence))
            }
        }
        if !changes.isEmpty { try await workshop.store.apply(changes) }
    }
}

private struct ImportProblem: Error {
    let sentence: String
}

extension ImportedAccount {
    fileprivate func account(id: AccountID, tenant: TenantID) throws(ImportProblem) -> Account {
        var account = Account(id: id, tenant: tenant)
        account.credential = .host
        account.privileges = Set(privileges.map { Privilege(name: $0, givenBy: nil) })
        for (field, text) in texts {
            do throws(EditError) {
                try account.take(text, for: field)
            } catch {
                throw ImportProblem(sentence: error.sentence)
            }
        }
        guard account.email != nil else {
            throw ImportProblem(sentence: "The line has no e-mail address; give it one.")
        }
        return account
    }
}
