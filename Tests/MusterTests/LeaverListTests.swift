import Accounts
import MusterTesting
import Roster
import Synchronization
import Testing

@testable import Muster

/// Pupils whom the source lists apart, among those who left.
@Suite(.timeLimit(.minutes(1))) struct LeaverListTests {
    /// The ways in which a list is read.
    enum Reading: CaseIterable { case everybody, changes }

    /// Twelve pupils who were synced.
    private func premises() async throws -> Premises {
        let premises = try await Premises(people: [.student])
        for number in 1...12 { premises.source.put(.student("k\(number)")) }
        #expect(try await premises.syncAll().created == 12)
        premises.letFreshnessPass()
        premises.store.staging.withLock { $0 = CountedStore.Staging() }
        return premises
    }

    private func sync(_ premises: Premises, _ reading: Reading) async throws -> SyncResult {
        var settings = SyncSettings()
        settings.attempts = 1
        let result = await BatchSync(premises.workshop, settings: settings)
            .run(try await premises.school().connection, onlyChanges: reading == .changes)
        #expect(result.state == .completed, "\(result.trouble ?? "")")
        #expect(result.kind == (reading == .changes ? .delta : .full))
        return result
    }

    @Test(arguments: Reading.allCases)
    func `who was never known is not staged, kept or made`(reading: Reading) async throws {
        let premises = try await premises()
        for number in 1...30 { premises.source.leave(.student("gone\(number)")) }
        for _ in 1...2 {
            let result = try await sync(premises, reading)
            #expect(result.created == 0 && result.suspended == 0 && result.disputed == 0)
            #expect(result.ignored == [.left: 30])
            #expect(premises.store.staging.withLock(\.staged) == 0)
            #expect(try await premises.store.unlinkedRecords(in: .example).isEmpty)
        }
        #expect(try await premises.accounts().count == 12)
    }

    @Test(arguments: Reading.allCases)
    func `who is known has left, and is back once she is listed with the others`(
        reading: Reading
    ) async throws {
        let premises = try await premises()
        let pupil = Observation.student("k3")
        premises.source.leave(pupil)
        #expect(try await sync(premises, reading).suspended == 1)
        #expect(try await premises.account("k3")?.status == .suspended(by: .sync))
        premises.letFreshnessPass()
        premises.source.script { $0.leavers = [:] }
        // The school shows no day on which she left or came.
        premises.source.put(pupil.with { $0.standing = .unstated })
        #expect(try await sync(premises, reading).restored == 1)
        #expect(try await premises.account("k3")?.status == .active)
    }

    /// What the school says of its permissions when a pupil seems to be back.
    enum Permission: CaseIterable { case shown, hidden, unknown }

    @Test(arguments: Permission.allCases)
    func `whose last day has passed is back at a login only where such days are still shown`(
        permission: Permission
    ) async throws {
        let premises = try await premises()
        premises.source.change(.student("k3")) { $0.standing = .left(.notCurrent) }
        #expect(try await sync(premises, .everybody).suspended == 1)
        premises.source.change(.student("k3")) { $0.standing = .current }
        premises.source.script {
            switch permission {
            case .shown: break
            case .hidden: $0.capabilities[.student].grants[.standing] = .denied
            case .unknown: $0.describeError = .unavailable(reason: "away")
            }
        }
        premises.letFreshnessPass()
        let login = try await premises.login(.sourceID("k3"))
        #expect(login.decision == (permission == .shown ? .allow : .deny))
        premises.source.script {
            $0.capabilities = .everything
            $0.describeError = nil
        }
        premises.letFreshnessPass()
        #expect(try await premises.login(.sourceID("k3")).decision == .allow)
    }

    @Test(arguments: Reading.allCases)
    func `who waited for a person's decision and left waits no more`(
        reading: Reading
    ) async throws {
        let premises = try await premises()
        let newcomer = Observation.student("n", email: "k1@school.example")
        premises.source.put(newcomer)
        #expect(try await sync(premises, reading).disputed == 1)
        premises.letFreshnessPass()
        premises.source.leave(newcomer)
        let result = try await sync(premises, reading)
        #expect(result.created == 0 && result.disputed == 0)
        let kept = try await premises.store.unlinkedRecords(in: .example)
        #expect(kept.allSatisfy { $0.reason == .left })
    }

    @Test(arguments: Reading.allCases)
    func `of who was erased nothing is staged either`(reading: Reading) async throws {
        let premises = try await premises()
        let account = try #require(try await premises.account("k5"))
        _ = try await Administration(premises.workshop).erase(account)
        premises.source.change(.student("k5")) { $0.surname = .value("Again") }
        let result = try await sync(premises, reading)
        #expect(result.ignored == [.erased: 1] && result.created == 0)
        #expect(premises.store.staging.withLock(\.staged) == 0)
    }
}
