import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// A plan whose people were read again before somebody approved it.
@Suite(.timeLimit(.minutes(1))) struct OvertakenPlanTests {
    /// A school of forty of whom a sync holds nine who are said to have left, on two pages.
    private func held() async throws -> (Premises, PlanID) {
        let premises = try await Premises(pageSize: 20)
        for id in 101...140 {
            premises.source.put(.staff("\(id)", forename: "Name\(id)", surname: "Family\(id)"))
        }
        try await premises.syncAll()
        leave(.left(.notCurrent), premises)
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 9, "\(result)")
        return (premises, try #require(result.plan))
    }

    private func leave(_ standing: Standing, _ premises: Premises) {
        for id in 101...109 { premises.source.change(.staff("\(id)")) { $0.standing = standing } }
    }

    private func preview(_ premises: Premises) async throws -> SyncResult {
        let connection = try await premises.school().connection
        return await BatchSync(premises.workshop).run(connection, isPreview: true)
    }

    private func approve(_ plan: PlanID, _ premises: Premises) async throws -> SyncResult {
        let connection = try await premises.school().connection
        return await BatchSync(premises.workshop).approve(plan, at: connection)
    }

    /// Who reads the school between the plan and its approval.
    enum Reading: CaseIterable { case preview, failedSync }

    @Test(arguments: Reading.allCases)
    func `what the MIS put right is not carried out once somebody read it`(
        reading: Reading
    ) async throws {
        let (premises, plan) = try await held()
        leave(.current, premises)
        switch reading {
        case .preview:
            let shown = try await preview(premises)
            #expect(shown.suspended == 0 && shown.plan == nil, "\(shown)")
        case .failedSync:
            premises.source.script { $0.pageFaults[2] = [.error(.unavailable(reason: "away"))] }
            let failed = try await premises.syncAll()
            #expect(failed.state == .failed && failed.seen > 0, "\(failed)")
        }
        let list = try await Review(premises.workshop).list(of: try await premises.school())
        #expect(list.held.map(\.plan) == [nil], "it is shown, and offered no more")
        let done = try await approve(plan, premises)
        #expect(done.state == .failed && done.suspended == 0, "\(done)")
        #expect(done.trouble?.contains("sync again") == true, "\(done.trouble ?? "")")
        #expect(try await premises.accounts().allSatisfy { $0.account.status == .active })
        premises.source.script { $0.pageFaults = [:] }
        let next = try await premises.syncAll()
        #expect(next.state == .completed, "\(next)")
    }

    @Test func `a sync that read nobody leaves the plan as it was`() async throws {
        let (premises, plan) = try await held()
        premises.source.script { $0.pageFaults[1] = [.error(.unavailable(reason: "away"))] }
        #expect(try await premises.syncAll().state == .failed)
        #expect(try await approve(plan, premises).suspended == 9)
    }

    @Test func `a preview that shows the same may be approved by the same name`() async throws {
        let (premises, plan) = try await held()
        #expect(try await preview(premises).plan == plan)
        #expect(try await approve(plan, premises).suspended == 9)
    }
}
