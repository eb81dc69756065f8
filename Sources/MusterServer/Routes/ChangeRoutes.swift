import Accounts
import Hummingbird
import JSON
import Muster

/// Tells a host what logins, syncs and administrators changed, in the order in which it became
/// visible.
struct ChangeRoutes: Sendable {
    private static let usualLimit = 100
    let store: any AccountStore

    /// `GET /v1/changes?after=CURSOR&limit=N`: the changes after a cursor, from the first without
    /// one; `next` is the cursor for the next call.
    func list(_ request: Request, _ caller: Caller) async throws -> Response {
        let (after, limit) = try Self.range(in: request)
        let entries = try await store.changes(
            after: after,
            of: caller.tenant,
            in: caller.school?.key,
            limit: limit
        )
        let next = entries.last?.position ?? after
        return .json { member in
            member.array("changes") { list in
                for entry in entries where entry.change.entry.isShown(in: caller.fields) {
                    list.object { $0.feed(entry, showing: caller.fields) }
                }
            }
            member.member("next", String(next))
        }
    }

    private static func range(in request: Request) throws(Problem) -> (after: Int64, limit: Int) {
        let numbers = try request.numbers([
            "after": (0...Int64.max, "a cursor from next"), "limit": (1...1000, "1 to 1000"),
        ])
        return (numbers["after"] ?? 0, numbers["limit"].map(Int.init) ?? usualLimit)
    }
}

extension JSONObjectWriter {
    fileprivate mutating func feed(_ entry: FeedEntry, showing fields: Set<String>?) {
        let change = entry.change
        member("cursor", String(entry.position))
        member("at", change.at.iso8601)
        member("run", change.run.map { String($0.value) })
        member("cause", change.cause.rawValue)
        member("account", String(change.entry.account.value))
        self.change(change.entry, showing: fields)
    }
}
