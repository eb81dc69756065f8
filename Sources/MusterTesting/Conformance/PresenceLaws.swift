import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what runs compare their lists with.
    static let presenceLaws: [ConformanceLaw] = [
        ConformanceLaw("present links come by id, a page at a time") { bench in
            let states: [(String, LinkState)] = [
                ("S5", .active), ("S2", .outOfScope), ("S4", .absent), ("S1", .left(.notCurrent)),
                ("S3", .active), ("S10", .active),
            ]
            for (number, (id, state)) in states.enumerated() {
                try await bench.open(Int64(number + 1), linkedTo: [bench.record(id)]) {
                    $0.state = state
                }
            }
            try await bench.open(
                20,
                linkedTo: [Observation(key: .student("S3", in: bench.school), sequence: 1)]
            )
            try await bench.open(
                21,
                linkedTo: [.staff("S3", in: bench.second, sequence: 1)]
            )
            var pages: [[String]] = []
            var last: SourceKey?
            repeat {
                let page = try await bench.store.presentLinks(
                    of: .staff,
                    in: bench.school,
                    after: last,
                    limit: 2
                )
                pages.append(page.map(\.key.id))
                last = page.last?.key
            } while last != nil && pages.count < 9
            try requireEqual(pages, [["S10", "S2"], ["S3", "S5"], []], "the pages")
        },
        ConformanceLaw("marks of present links say what these say") { bench in
            for (number, state) in [LinkState.active, .outOfScope, .absent, .active].enumerated() {
                try await bench.open(Int64(number + 1), linkedTo: [bench.record("S\(number)")]) {
                    $0.state = state
                    if number > 0 { $0.missingSince = Timestamp(milliseconds: Int64(number)) }
                }
            }
            try await bench.store.markChecked(
                [CheckedRecord(key: bench.staff("S3"), sequence: 9)],
                beside: nil,
                at: Timestamp(milliseconds: 1)
            )
            let links = try await bench.store.presentLinks(
                of: .staff,
                in: bench.school,
                after: nil,
                limit: 9
            )
            for (after, limit) in [(nil, 9), (bench.staff("S0"), 1)] as [(SourceKey?, Int)] {
                let marks = try await bench.store.presenceMarks(
                    of: .staff,
                    in: bench.school,
                    after: after,
                    limit: limit
                )
                let expected = links.dropFirst(after == nil ? 0 : 1).prefix(limit).map { link in
                    PresenceMark(
                        key: link.key,
                        isOutOfScope: link.state == .outOfScope,
                        sequence: link.sequence,
                        missingSince: link.missingSince
                    )
                }
                try requireEqual(marks, expected, "the marks")
            }
        },
        ConformanceLaw("records without an account are named a page at a time, each once") {
            bench in
            let ids = ["S3", "S1", "S5", "S4"]
            try await bench.apply { changes in
                let others = [
                    Observation(key: .student("S2", in: bench.school), sequence: 1),
                    .staff("S6", in: bench.second, sequence: 1),
                ]
                changes.unlinked = (ids.map { bench.record($0) } + others).map {
                    UnlinkedRecord(observation: $0, email: nil, reason: .left)
                }
            }
            var named: [String] = []
            var last: SourceKey?
            repeat {
                let page = try await bench.store.unlinkedKeys(
                    of: .staff,
                    in: bench.school,
                    after: last,
                    limit: 2
                )
                try require(page.count <= 2, "\(page.count) at once")
                named += page.map(\.id)
                last = page.last
                // Whoever was named may be without an account no more when the next page is read.
                try await bench.apply { $0.noLongerUnlinked = page }
            } while last != nil && named.count < 9
            try requireEqual(named.sorted(), ids.sorted(), "the records")
        },
    ]
}
