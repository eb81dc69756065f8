import Accounts
import MusterTesting
import Roster

@testable import SQLiteStore

extension SQLiteStore {
    /// Adds the connection of examples, and `count` accounts linked to `S1`, `S2` ….
    func fill(_ count: Int) async throws {
        _ = try await addConnection(.example()) { _ in [1, 2, 3] }
        guard count > 0 else { return }
        var changes = ChangeSet.example(.batch)
        let group = TeachingClass.example("10B")
        changes.classes = [ClassRecord(id: ClassID(1), teachingClass: group, sequence: 1)]
        for number in 1...count {
            let observation = Observation.staff("S\(number)", sequence: 1)
            var account = Account.named("Amara", "Abdi \(number)", id: Int64(number))
            account.home = observation.key
            account.memberships = [
                Membership(classID: ClassID(1), role: .teacher, givenBy: observation.key)
            ]
            account.privileges = [Privilege(name: "head", givenBy: observation.key)]
            changes.accounts.append(AccountWrite(after: account, before: nil))
            changes.links.append(
                LinkWrite(after: .of(observation, to: account.id), baseSequence: nil)
            )
        }
        try await apply(changes)
    }
}

extension ChangeSet {
    static func example(_ cause: Cause) -> ChangeSet {
        ChangeSet(tenant: .standard, run: nil, cause: cause, at: .example)
    }
}

extension LossQuestion {
    /// What staff of the school of examples lost, besides nobody.
    static let example = LossQuestion(
        tenant: .standard,
        school: .example,
        kind: .staff,
        besides: AccountID(0),
        dayAgo: .example
    )
}

extension ViewRequest {
    /// The records that `SQLiteStore.fill` links.
    static func everybody(_ count: Int) -> ViewRequest {
        var request = ViewRequest(tenant: .standard)
        request.keys = Set((1...count).map { .staff("S\($0)") })
        return request
    }
}

extension SQLiteStore {
    /// A small write; the number after the one before.
    func writeNumber() async throws(StoreError) -> Int64 {
        try await write(.survivesCrash) { try $0.nextNumber(of: "request") }
    }
}
