import Accounts
import Hummingbird
import JSON
import Muster

/// Tells a host what logins, syncs and administrators changed, in the order in which it became
/// visible.
struct ChangeRoutes: Sendable {
    private static let limits = 1...1000
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
        var after: Int64 = 0
        var limit = usualLimit
        var names: Set<Substring> = []
        for part in request.uri.query?.split(separator: "&") ?? [] {
            let name = part.prefix { $0 != "=" }
            let value = part.dropFirst(name.count + 1)
            guard names.insert(name).inserted else {
                throw Problem(.badRequest, "Send the parameter \(String(name).quoted) once.")
            }
            switch name {
            case "after":
                guard let number = Int64(value), number >= 0, value.first != "+" else {
                    throw Problem(.badRequest, "The parameter after must be a cursor from next.")
                }
                after = number
            case "limit":
                guard let number = Int(value), limits.contains(number), value.first != "+" else {
                    throw Problem(.badRequest, "The parameter limit must be 1 to 1000.")
                }
                limit = number
            default:
                throw Problem(
                    .badRequest,
                    "There is no parameter \(String(name).quoted); leave it out."
                )
            }
        }
        return (after, limit)
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
