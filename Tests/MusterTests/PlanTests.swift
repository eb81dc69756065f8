import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Previews, and what a sync leaves to a person.
@Suite struct PlanTests {
    private func premises(_ people: Int = 30) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...people {
            premises.source.put(Observation.staff("\(number)").with { $0.phone = .value("1") })
        }
        try await premises.syncAll()
        return premises
    }

    private func batch(_ premises: Premises) -> BatchSync { BatchSync(premises.workshop) }

    private func preview(_ premises: Premises) async throws -> SyncResult {
        await batch(premises).run(try await premises.school().connection, isPreview: true)
    }

    private func approve(_ plan: PlanID, _ premises: Premises) async throws -> SyncResult {
        await batch(premises).approve(plan, at: try await premises.school().connection)
    }

    @Test func `a preview shows what a sync would do, and does nothing`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        premises.source.change(.staff("2")) { $0.standing = .left(.notCurrent) }
        premises.source.put(.staff("31"))
        let before = premises.store.memory.snapshot()
        let shown = try await preview(premises)
        #expect(shown.state == .preview && shown.seen == 31 && shown.unchanged == 28)
        #expect(shown.changed == 1 && shown.suspended == 1 && shown.created == 1)
        #expect(shown.planned.contains { $0.field == .surname && $0.to == "Brown" })
        #expect(shown.planned.contains { $0.field == nil && $0.from == nil })
        let after = premises.store.memory.snapshot()
        #expect(before == after)
        let plan = try #require(shown.plan)
        let done = try await approve(plan, premises)
        #expect(done.state == .completed && done.skipped == 0 && done.plan == nil)
        #expect(done.changed == 1 && done.suspended == 1 && done.created == 1)
        #expect(try await premises.account("1")?.surname == "Brown")
        #expect(try await premises.account("2")?.status == .suspended(by: .sync))
        #expect(try await premises.account("31") != nil)
        #expect(try await premises.syncAll().unchanged == 31)
    }

    @Test func `a preview names everybody who would lose access, and counts what it leaves out`()
        async throws
    {
        let premises = try await Premises()
        for number in 1...300 {
            let classes = (1...4).map { ClassMembership.taught("C\(number).\($0)") }
            premises.source.put(.staff("\(number)", classes: classes))
        }
        try await premises.syncAll()
        for number in 1...280 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        let shown = try await preview(premises)
        let leaving = Set(shown.planned.filter { $0.field == .status }.map(\.person))
        #expect(shown.suspended == 280 && leaving.count == 280)
        #expect(shown.planned.count + shown.plannedBesides == 280 * 5)
        #expect(shown.planned.count < 1300)
    }

    @Test func `a preview of nothing leaves no plan`() async throws {
        let premises = try await premises()
        let shown = try await preview(premises)
        #expect(shown.state == .preview && shown.plan == nil && shown.unchanged == 30)
    }

    @Test func `a preview that looked at much and changes nothing leaves no plan`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("31", email: "1@school.example"))
        premises.source.put(Observation.staff("32").with { $0.email = .empty })
        for number in 1...3 {
            premises.source.change(.staff("\(number)")) { $0.address = .notSupplied(.notGranted) }
        }
        let shown = try await preview(premises)
        #expect(shown.state == .preview && shown.disputed == 1 && shown.ignored.count == 1)
        #expect(shown.plan == nil && shown.planned.isEmpty, "\(shown)")
        let run = try #require(try await premises.store.run(shown.run))
        #expect(run.plan == nil)
        premises.source.put(.staff("33"))
        #expect(try await preview(premises).plan != nil)
    }

    @Test func `leavers that a sync held are suspended once somebody approves it`() async throws {
        let premises = try await premises()
        for number in 1...9 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 9 && held.suspended == 0)
        let done = try await approve(try #require(held.plan), premises)
        #expect(done.state == .completed && done.suspended == 9 && done.seen == 9)
        let again = try await approve(try #require(held.plan), premises)
        #expect(again.state == .failed, "a plan is carried out once")
    }

    @Test func `fields that a sync would not clear are cleared once somebody approves it`()
        async throws
    {
        let premises = try await premises()
        for number in 1...9 { premises.source.change(.staff("\(number)")) { $0.phone = .empty } }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 9)
        #expect(try await premises.account("1")?.phone == "1")
        let done = try await approve(try #require(held.plan), premises)
        #expect(done.state == .completed && done.changed == 9)
        #expect(try await premises.account("1")?.phone == nil)
    }

    @Test func `people who are missing twice are suspended once somebody approves it`() async throws
    {
        let premises = try await premises()
        for number in 1...9 { premises.source.remove(.staff("\(number)")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(12 * 3600))
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 9)
        premises.source.put(Observation.staff("9").with { $0.phone = .value("1") })
        _ = try await premises.login(.sourceID("9"))
        let done = try await approve(try #require(held.plan), premises)
        #expect(done.suspended == 8 && done.skipped == 1)
        #expect(try await premises.account("9")?.status == .active, "she was seen since")
    }

    @Test func `what changed since the plan was shown is skipped`() async throws {
        let premises = try await premises()
        for number in 1...3 {
            premises.source.change(.staff("\(number)")) { $0.surname = .value("Brown") }
        }
        let shown = try await preview(premises)
        premises.source.change(.staff("1")) { $0.surname = .value("Newer") }
        _ = try await premises.login(.sourceID("1"))
        var edited = try #require(try await premises.account("2"))
        edited.phone = "2"
        try await premises.write(edited)
        let done = try await approve(try #require(shown.plan), premises)
        #expect(done.changed == 1 && done.skipped == 2)
        let why = done.remarks.map { [$0.record, $0.kind?.rawValue, $0.reason] }
        #expect(
            why == [
                [
                    "1", "staff",
                    "It was skipped, because the record was read again since the plan was shown.",
                ],
                [
                    "2", "staff",
                    "It was skipped, because the account was changed since the plan was shown.",
                ],
            ]
        )
        #expect(try await premises.account("1")?.surname == "Newer")
        #expect(try await premises.account("3")?.surname == "Brown")
    }

    @Test func `a plan lapses after a day, and ends with the next sync`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        let shown = try await preview(premises)
        premises.clock.advance(by: .seconds(86_401))
        let late = try await approve(try #require(shown.plan), premises)
        #expect(late.state == .failed && late.trouble?.contains("more than a day old") == true)
        let again = try await preview(premises)
        try await premises.syncAll()
        let gone = try await approve(try #require(again.plan), premises)
        #expect(gone.state == .failed && gone.trouble?.contains("No plan") == true)
    }

    private var steps: SyncSettings {
        var settings = SyncSettings()
        settings.chunk = 3
        return settings
    }

    @Test func `what is approved is what was shown, whatever stands on which page`() async throws {
        let premises = try await premises(30)
        // Two newcomers with one address, far apart.
        premises.source.put(.staff("a", surname: "One", email: "same@school.example"))
        premises.source.put(.staff("z", surname: "Two", email: "same@school.example"))
        for id in 31...40 { premises.source.put(.staff("\(id)")) }
        let batch = BatchSync(premises.workshop, settings: steps)
        let connection = try await premises.school().connection
        let shown = await batch.run(connection, isPreview: true)
        #expect(shown.created == 10 && shown.disputed == 2)
        let done = await batch.approve(try #require(shown.plan), at: connection)
        #expect(done.created == 10 && done.disputed == 2 && done.skipped == 0)
    }

    @Test func `an approval skips nobody because of what it did itself`() async throws {
        let premises = try await Premises()
        for id in 1...20 {
            premises.source.put(.staff("\(id)", managers: id == 20 ? [] : ["20"]))
        }
        try await premises.syncAll()
        premises.source.change(.staff("20")) { $0.standing = .left(.notCurrent) }
        for id in 1...19 {
            premises.source.change(.staff("\(id)")) { $0.surname = .value("Brown") }
        }
        let batch = BatchSync(premises.workshop, settings: steps)
        let connection = try await premises.school().connection
        let shown = await batch.run(connection, isPreview: true)
        let done = await batch.approve(try #require(shown.plan), at: connection)
        #expect(done.skipped == 0 && done.changed == 19 && done.suspended == 1)
    }
}
