import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Packed observations` {
    @Test func `random observations come back as they were`() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let observation = Observation.random(&random)
            let packed = PackedObservation.pack(observation, beside: observation.key)
            let unpacked = try PackedObservation.unpack(packed, beside: observation.key)
            #expect(unpacked == observation, "\(random)")
        }
    }

    @Test func `a key that is not the one beside it comes back too`() throws {
        let observation = Observation.staff("S1")
        let beside = SourceKey.student("S2")
        let packed = PackedObservation.pack(observation, beside: beside)
        #expect(try PackedObservation.unpack(packed, beside: beside) == observation)
    }

    /// What a store of version 1 holds must be read for ever.
    ///
    /// Append for a new version; never change these bytes.
    @Test func `what was packed in an earlier version is still read`() throws {
        var observation = Observation(key: .staff("S1"), sequence: 300, standing: .current)
        observation.title = .value("Dr")
        observation.surname = .empty
        observation.email = .notSupplied(.notGranted)
        observation.phone = .notSupplied(.neverByProvider)
        observation.teachingStaff = .value(true)
        observation.roles = .value([StaffRole(title: "Head", term: Term(start: .example))])
        observation.managers = .value([
            ManagerEntry(key: .staff("M")),
            ManagerEntry(key: .student("x", in: SchoolKey(connection: .init(2), school: "B"))),
        ])
        let group = TeachingClass(
            key: ClassKey(school: .example, academicYear: "26", id: "c"),
            name: "10B",
            subject: "Art"
        )
        observation.classes = .value([ClassMembership(teachingClass: group, role: .supervisor)])
        let versionOne: [UInt8] = [
            1, 0, 216, 4, 0, 0, 2, 68, 114, 4, 1, 4, 3, 2, 4, 0, 1, 0, 1, 4, 72, 101, 97, 100, 1,
            167, 170, 63, 0, 2, 0, 0, 1, 77, 0, 1, 4, 1, 66, 1, 1, 120, 0, 0, 1, 0, 1, 2, 50, 54, 1,
            99, 3, 49, 48, 66, 0, 1, 3, 65, 114, 116, 2,
        ]
        #expect(PackedObservation.pack(observation, beside: .staff("S1")) == versionOne)
        #expect(try PackedObservation.unpack(versionOne, beside: .staff("S1")) == observation)
    }

    @Test func `numbers are packed behind everything else`() throws {
        var observation = Observation(key: .staff("S1"), sequence: 1, standing: .current)
        let plain = PackedObservation.pack(observation, beside: .staff("S1"))
        observation.neutralKeys = Set.teacher(5).union(Set<NeutralKey>.pupil(7))
        let packed = PackedObservation.pack(observation, beside: .staff("S1"))
        #expect(packed.first == 3)
        let numbers = [UInt8(2), 2, 7] + Array("2000005".utf8) + [0, 13]
        #expect(packed.dropFirst() == plain.dropFirst() + numbers + Array("L823432126007".utf8))
        #expect(try PackedObservation.unpack(packed, beside: .staff("S1")) == observation)
        // What was right by rules of another time is left out, and nothing else with it.
        let wrong = Array(packed.dropLast()) + [UInt8(ascii: "8")]
        let read = try PackedObservation.unpack(wrong, beside: .staff("S1"))
        #expect(read.neutralKeys == .teacher(5))
    }

    @Test func `a version of the future is refused`() {
        var packed = PackedObservation.pack(.staff("S1"), beside: .staff("S1"))
        packed[0] = 200
        #expect(throws: DamagedBytes.self) {
            try PackedObservation.unpack(packed, beside: .staff("S1"))
        }
    }

    @Test func `every cut, and every surplus, is refused`() {
        var random = SeededGenerator(seed: 7)
        let observation = Observation.random(&random)
        let packed = PackedObservation.pack(observation, beside: observation.key)
        for length in 0..<packed.count {
            #expect(throws: DamagedBytes.self, "cut at \(length)") {
                try PackedObservation.unpack(Array(packed[..<length]), beside: observation.key)
            }
        }
        #expect(throws: DamagedBytes.self) {
            try PackedObservation.unpack(packed + [0], beside: observation.key)
        }
    }

    @Test func `damaged bytes are refused or read, and never end the process`() {
        var refused = 0
        for seed in 1...2000 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let observation = Observation.random(&random)
            var packed = PackedObservation.pack(observation, beside: observation.key)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: packed.indices, using: &random)
                packed[index] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(DamagedBytes) {
                _ = try PackedObservation.unpack(packed, beside: observation.key)
            } catch { refused += 1 }
        }
        #expect(refused > 500)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 63, 64, -64, -65, 1 << 40, .max])
    func `numbers of any size come back`(_ number: Int64) throws {
        var writer = ByteWriter()
        writer.write(number: number)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.number() == number)
        try reader.finish()
    }

    @Test func `a number of more than 64 bits is refused`() {
        let bytes = [UInt8](repeating: 0xFF, count: 9) + [2]
        #expect(throws: DamagedBytes.self) {
            var reader = ByteReader(bytes)
            _ = try reader.count()
        }
    }
}

extension Observation {
    /// An observation that says anything of each field.
    static func random(_ random: inout SeededGenerator) -> Observation {
        let standings: [Standing] = [
            .current, .unstated, .left(.notCurrent), .left(.toBeDeleted), .left(.notEnabled),
            .notYetStarted(.example),
        ]
        var observation = Observation(
            key: .random(&random),
            sequence: Int64.random(in: -5...(1 << 50), using: &random),
            standing: random.pick(standings) ?? .current
        )
        observation.title = .random(&random) { .random(&$0) }
        observation.forename = .random(&random) { .random(&$0) }
        observation.surname = .random(&random) { .random(&$0) }
        observation.initials = .random(&random) { .random(&$0) }
        observation.email = .random(&random) { .random(&$0) }
        observation.phone = .random(&random) { .random(&$0) }
        observation.address = .random(&random) { .random(&$0) }
        observation.teachingStaff = .random(&random) { $0.oneIn(2) }
        observation.roles = .random(&random) { random in
            random.list { StaffRole(title: .random(&$0), term: .random(&$0)) }
        }
        observation.managers = .random(&random) { random in
            random.list { ManagerEntry(key: .random(&$0), term: .random(&$0)) }
        }
        observation.classes = .random(&random) { random in random.list { .random(&$0) } }
        let numbers: [Set<NeutralKey>] = [[], .teacher(1), .pupil(3), .learner(1)]
        observation.neutralKeys = Set((0..<2).flatMap { _ in random.pick(numbers) ?? [] })
        observation.contacts = .random(&random) { random in
            random.list {
                ContactEntry(
                    key: .random(&$0),
                    relationship: $0.oneIn(2) ? nil : .random(&$0),
                    parentalResponsibility: $0.pick([nil, true, false]) ?? nil
                )
            }
        }
        return observation
    }
}

extension SeededGenerator {
    fileprivate mutating func list<Item>(_ item: (inout Self) -> Item) -> [Item] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in item(&self) }
    }
}

extension Observed {
    fileprivate static func random(
        _ random: inout SeededGenerator,
        _ value: (inout SeededGenerator) -> Value
    ) -> Observed {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: .empty
        case 1: .notSupplied(.neverByProvider)
        case 2: .notSupplied(.notGranted)
        case 3: .notSupplied(.notAskedFor)
        case 4: .notSupplied(.unreadable)
        default: .value(value(&random))
        }
    }
}

extension String {
    fileprivate static func random(_ random: inout SeededGenerator) -> String {
        random.pick([
            "", "Amara", "O'Hara", "a\u{0}b", "نجار", "\u{1F469}\u{200D}\u{1F3EB}", "e\u{301}",
            String(repeating: "x", count: 300),
        ]) ?? ""
    }
}

extension SourceKey {
    fileprivate static func random(_ random: inout SeededGenerator) -> SourceKey {
        let schools = [
            SchoolKey.example, SchoolKey(connection: ConnectionID(-3), school: "B\u{0}"),
        ]
        return SourceKey(
            school: random.pick(schools) ?? .example,
            kind: random.pick(PersonKind.allCases) ?? .staff,
            id: .random(&random)
        )
    }
}

extension Term {
    fileprivate static func random(_ random: inout SeededGenerator) -> Term {
        let days = [nil, Day(year: 1, month: 1, day: 1), Day(year: 9999, month: 12, day: 31)]
        return Term(start: random.pick(days) ?? nil, end: random.pick(days) ?? nil)
    }
}

extension ClassMembership {
    fileprivate static func random(_ random: inout SeededGenerator) -> ClassMembership {
        let key = ClassKey(
            school: SourceKey.random(&random).school,
            academicYear: random.oneIn(2) ? nil : .random(&random),
            id: .random(&random)
        )
        let group = TeachingClass(
            key: key,
            name: .random(&random),
            description: random.oneIn(2) ? nil : .random(&random),
            subject: random.oneIn(2) ? nil : .random(&random)
        )
        return ClassMembership(
            teachingClass: group,
            role: random.pick(ClassRole.allCases) ?? .teacher
        )
    }
}
