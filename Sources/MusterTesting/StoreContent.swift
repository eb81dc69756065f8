public import Accounts
public import Roster

/// What a tenant's accounts come to, without the ids, numbers and times that a store hands out.
///
/// Two stores that went different ways to the same end have equal contents. Accounts go by their
/// e-mail address, or by their records where they have none; classes by what their source calls
/// them. Versions, sequence numbers, fingerprints and moments are left out.
public struct StoreContent: Sendable, Hashable {
    /// What is held of each account and each record without one: by name, then by field.
    public var entries: [String: [String: String]] = [:]

    /// The content of nothing.
    public init() {}

    /// Reads what `store` holds of the accounts of `tenant` that belong to `school` or to none.
    public static func read(
        from store: some AccountStore,
        school: SchoolKey,
        tenant: TenantID
    ) async throws(StoreError) -> StoreContent {
        try await read(from: store, schools: [school], tenant: tenant)
    }

    /// Reads what `store` holds of the accounts of `tenant` that belong to `schools` or to none,
    /// and of the way there what `trail` names.
    public static func read(
        from store: some AccountStore,
        schools: [SchoolKey],
        tenant: TenantID,
        trail: Trail? = nil
    ) async throws(StoreError) -> StoreContent {
        var summaries: [AccountID: AccountSummary] = [:]
        var unlinked: [UnlinkedRecord] = []
        for school in schools {
            for summary in try await store.accounts(in: school, of: tenant) {
                summaries[summary.account.id] = summary
            }
            unlinked += try await store.unlinkedRecords(in: school)
        }
        let accounts = Array(summaries.values)
        var content = StoreContent(accounts: accounts, unlinked: unlinked)
        if let trail { try await content.add(trail, from: store, accounts, schools, tenant) }
        return content
    }

    /// The content of `accounts` and of the records that have none.
    public init(accounts: [AccountSummary], unlinked: [UnlinkedRecord]) {
        let writer = ContentWriter(accounts)
        for summary in accounts {
            add(writer.facts(of: summary), as: "account \(writer.name(of: summary.account.id))")
        }
        for record in unlinked {
            add(writer.facts(of: record), as: "unlinked \(record.observation.key.plain)")
        }
    }

    /// Two entries of one name are told apart by a number, in the order of what they hold.
    mutating func add(_ facts: [String: String], as name: String) {
        var facts = facts
        var name = name
        var number = 1
        while let other = entries[name] {
            if facts.sortedLines.lexicographicallyPrecedes(other.sortedLines) {
                entries[name] = facts
                facts = other
            }
            number += 1
            name = "\(name.split(separator: " #").first ?? "") #\(number)"
        }
        entries[name] = facts
    }

    /// What differs from `other`, a line for each field; nil where nothing does.
    public func difference(from other: StoreContent) -> String? {
        guard self != other else { return nil }
        var lines: [String] = []
        for name in Set(entries.keys).union(other.entries.keys).sorted() {
            switch (entries[name], other.entries[name]) {
            case (let here?, let there?):
                for field in Set(here.keys).union(there.keys).sorted() {
                    guard here[field] != there[field] else { continue }
                    lines.append(
                        "\(name): \(field) is \(here[field].quoted), there \(there[field].quoted)"
                    )
                }
            case (let here?, nil): lines.append("\(name): only here: \(here.sortedLines)")
            case (nil, let there?): lines.append("\(name): only there: \(there.sortedLines)")
            case (nil, nil): break
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension StoreContent: CustomStringConvertible {
    /// Every entry on a line of its own.
    public var description: String {
        entries.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.sortedLines)" }
            .joined(separator: "\n")
    }
}

extension MemoryStore {
    /// What the store holds of a tenant, whatever its schools.
    public func snapshot(of tenant: TenantID = .standard) -> StoreContent {
        read { state in
            StoreContent(
                accounts: state.summaries(of: tenant) { _ in true },
                unlinked: state.unlinked.values.filter {
                    state.belongs($0.observation.key, to: tenant)
                }
            )
        }
    }
}

extension SourceKey {
    /// The record without the number of its connection, which depends on the store.
    var plain: String { "\(school.school)/\(kind.rawValue)/\(id)" }
}

extension [String: String] {
    fileprivate var sortedLines: [String] { map { "\($0): \($1)" }.sorted() }
}

extension String? {
    fileprivate var quoted: String { map { "'\($0)'" } ?? "not set" }
}
