import Accounts
import Muster
import MusterTesting
import Testing

/// A process that is gone before any of its writes: the next one ends where it would have ended.
@Suite struct CutTests {
    /// What a deed must have met, so that nothing is left out of the enumeration.
    struct Row: Sendable, CustomTestStringConvertible {
        let deed: Deed
        let checkpoints: Set<Checkpoint>
        var testDescription: String { "\(deed)" }
    }

    static let rows: [Row] = [
        Row(
            deed: .firstLoad,
            checkpoints: [.begin, .number, .stage, .hasten, .update, .capabilities, .apply]
        ),
        Row(
            deed: .sync,
            checkpoints: [
                .begin, .number, .stage, .hasten, .update, .capabilities, .keep, .unlist, .apply,
                .absence,
            ]
        ),
        Row(deed: .preview, checkpoints: [.begin, .number, .stage, .update, .keep]),
        Row(deed: .approve, checkpoints: [.begin, .apply, .update]),
        Row(deed: .undo, checkpoints: [.undo]),
    ]

    @Test(arguments: rows, CutStore.End.allCases)
    func `cut off before any write, it comes to the same when it is done again`(
        row: Row,
        end: CutStore.End
    ) async throws {
        let scene = try await CutScene()
        let whole = CutStore(try scene.fresh(for: row.deed, "whole"))
        let ended = await scene.run(row.deed, on: whole)
        let content = try await scene.content(of: whole.base)
        #expect(row.checkpoints.subtracting(whole.writes) == [], "\(whole.writes)")
        #expect(ended.state != .failed && (row.deed != .undo || ended.trouble == nil), "\(ended)")
        for number in 1...whole.writes.count {
            let name = "cut \(number)"
            let place = "\(end) before write \(number), \(whole.writes[number - 1].rawValue)"
            let cut = CutStore(try scene.fresh(for: row.deed, name), before: number, end)
            let first = await scene.run(row.deed, on: cut)
            #expect(cut.wasCut, "\(place)")
            #expect(first.trouble != nil, "\(place): \(first)")
            if row.deed != .undo { #expect(first.state == .failed, "\(place): \(first)") }
            let next = try scene.reopened(name)
            let again = await scene.run(row.deed, on: next, later: .seconds(660))
            #expect(again == ended, "\(place)")
            let difference = try await scene.content(of: next).difference(from: content)
            #expect(difference == nil, "\(place)")
        }
    }
}
