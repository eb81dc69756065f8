package import Accounts
import Roster

extension HistoryEntry {
    /// What the row is about, as people and clients read it: a field, or `record` where the account
    /// got or lost a record and its status stayed; nil for the creation of the account.
    package var shownField: String? { isOfRecords ? "record" : field?.rawValue }

    /// The value before; of records, those that no longer stand for the account.
    package var shownFrom: String? { isOfRecords ? shownRecords.from : from }

    /// The value after; of records, the one that stands for the account now.
    package var shownTo: String? { isOfRecords ? shownRecords.to : to }

    /// Whether it was written for records that came or went, and the status is only its place.
    package var isOfRecords: Bool { field == .status && from == to }

    private var shownRecords: (from: String?, to: String?) {
        switch exact {
        case .link(let key, let ended, _): (Self.ids(ended), key.id)
        case .exchange(let ring): (Self.ids(ring.dropFirst().prefix(1)), ring.first?.id)
        case .records(let keys, _): (Self.ids(keys), nil)
        default: (nil, nil)
        }
    }

    private static func ids(_ keys: some Collection<SourceKey>) -> String? {
        keys.isEmpty ? nil : keys.map(\.id).joined(separator: ", ")
    }
}
