import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of when the source last had a person.
    static let seenLaws: [ConformanceLaw] = [
        ConformanceLaw("a person was seen by the last complete run, or by a later look-up") {
            bench in
            try await bench.openAged(1, [bench.record("S1")])
            try requireEqual(try await bench.seen(1), nil, "before anything")
            try await bench.finish(bench.run(70, at: 100))
            try requireEqual(try await bench.seen(1), 100, "after a run")
            try await bench.finish(bench.run(71, at: 200), as: .held)
            try requireEqual(try await bench.seen(1), 200, "after a held run")
            try await bench.finish(bench.run(72, at: 300), as: .failed)
            try await bench.finish(bench.run(73, at: 400), isComplete: false)
            try await bench.finish(bench.run(74, at: 500, of: bench.second))
            var uncounted = bench.run(76, at: 550)
            uncounted.isCounted = false
            try await bench.finish(uncounted)
            var going = bench.run(75, at: 600)
            going.isComplete = true
            try await bench.begin(going)
            try await bench.store.update(going)
            try requireEqual(try await bench.seen(1), 200, "after runs that do not count")
            try await bench.check(bench.staff("S1"), 5, at: 150)
            try requireEqual(try await bench.seen(1), 200, "after an earlier look-up")
            try await bench.check(bench.staff("S1"), 6, at: 250)
            try requireEqual(try await bench.seen(1), 250, "after a later look-up")
        },
        ConformanceLaw("a run saw nobody who left, was missed or was linked since") { bench in
            try await bench.finish(bench.run(70, at: 100))
            let unseen: [(inout Link) -> Void] = [
                { $0.state = .absent }, { $0.state = .left(.notCurrent) },
                { $0.missingSince = Timestamp(milliseconds: 90) },
            ]
            for (number, change) in unseen.enumerated() {
                let id = Int64(number + 1)
                try await bench.openAged(id, [bench.record("S\(id)")], change)
                try requireEqual(try await bench.seen(id), nil, "the person \(id)")
                try await bench.check(bench.staff("S\(id)"), 5, at: 40)
                try requireEqual(try await bench.seen(id), 40, "the person \(id), looked up")
            }
            for (id, linkedAt, expected) in [(7, 99, 100), (8, 100, nil), (9, 101, nil)]
                as [(Int64, Int64, Int64?)]
            {
                try await bench.openAged(id, [bench.record("S\(id)")], linkedAt: linkedAt)
                try requireEqual(try await bench.seen(id), expected, "linked at \(linkedAt)")
            }
        },
        ConformanceLaw("what counts is the record at the school of the login, else the home") {
            bench in
            let there = Observation.staff("T1", in: bench.second, sequence: 1)
            try await bench.openAged(1, [bench.record("S1"), there])
            try await bench.openAged(2, [.staff("T2", in: bench.second, sequence: 1)])
            try await bench.finish(bench.run(70, at: 100))
            try await bench.finish(bench.run(71, at: 200, of: bench.second))
            try requireEqual(try await bench.seen(1), 100, "here")
            try requireEqual(try await bench.seen(1, in: bench.second), 200, "there")
            try requireEqual(try await bench.seen(2), 200, "at home")
            try await bench.change(bench.account(2), to: bench.account(2).with { $0.home = nil })
            try requireEqual(try await bench.seen(2), nil, "without a home")
        },
    ]
}

extension Bench {
    /// Makes an account whose links were made long ago.
    fileprivate func openAged(
        _ id: Int64,
        _ records: [Observation],
        linkedAt: Int64 = 0,
        _ change: (inout Link) -> Void = { _ in }
    ) async throws {
        try await open(id, linkedTo: records) { link in
            link = .of(link.last, to: link.account, at: Timestamp(milliseconds: linkedAt))
            change(&link)
        }
    }

    fileprivate func seen(_ id: Int64, in school: SchoolKey? = nil) async throws -> Int64? {
        let person = try await person(.email("\(id)@school.example"), in: school)
        return try requirePresent(person, "the person \(id)").seenAt?.milliseconds
    }
}
